"""Why a browser did not print."""


class ChromiumError(Exception):
    """Base of what can go wrong; the message is for the log."""


class ChromiumMissing(ChromiumError):
    """No browser; `looked_for` are the places that were tried."""

    def __init__(self, looked_for):
        super().__init__(f"no browser: {', '.join(looked_for)}")
        self.looked_for = looked_for


class ChromiumBusy(ChromiumError):
    """As many browsers as allowed were at work for all of `seconds`."""

    def __init__(self, processes, seconds):
        super().__init__(f"{processes} browsers at work for {seconds} s")
        self.processes = processes
        self.seconds = seconds


class ChromiumTimeout(ChromiumError):
    """A document was not ready after `seconds`."""

    def __init__(self, seconds):
        super().__init__(f"not ready after {seconds} s")
        self.seconds = seconds


class ChromiumCrash(ChromiumError):
    """The browser ended, or hung up; `output` are the last lines that it wrote."""

    def __init__(self, message, output=""):
        super().__init__(message)
        self.output = output


class ChromiumRefusal(ChromiumError):
    """The browser runs and says no to a command."""
