"""One headless Chromium: started, told to print pages, ended."""

import base64
import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections import deque

from .errors import ChromiumCrash, ChromiumMissing
from .pipe import Deadline, Pipe

VARIABLE = "CHROMIUM"
FLAGS_VARIABLE = "CHROMIUM_FLAGS"
OPTION = "chromium"
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)
# What a browser may see of Odoo's environment: no passwords of databases or keys.
ENVIRONMENT = (
    "PATH",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "LD_LIBRARY_PATH",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
)
FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    # The /dev/shm of a container has 64 MB.
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-features=Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider",
    "--password-store=basic",
    "--use-mock-keychain",
    "--mute-audio",
    "--hide-scrollbars",
    # Whatever is not answered here is not to be found.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=direct://",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)  # fmt: skip
OUTPUT_LINES = 15
CLOSING = 2  # seconds that a browser has to end by itself
LAUNCHER = os.path.join(os.path.dirname(__file__), "launch.py")
# Everything is there that will be: fonts, and images that wait for being looked at.
READY = """(async () => {
    const images = [...document.images];
    for (const image of images) { image.loading = "eager"; }
    await Promise.all(images.map((image) => image.complete || new Promise((done) => {
        image.onload = image.onerror = done;
    })));
    await document.fonts.ready;
})()"""


def find_browser(configured=None):
    """The path of the browser's program.

    :param configured: what `odoo.conf` names, if anything; then the variable CHROMIUM
    :raises ChromiumMissing:
    """
    for origin, name in ((OPTION, configured), (VARIABLE, os.environ.get(VARIABLE))):
        if name:
            if found := shutil.which(name):
                return found
            raise ChromiumMissing([f"{origin} = {name}"])
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise ChromiumMissing([f"{name} (PATH)" for name in NAMES])


class Browser:
    """A running Chromium with one page; use it in a `with` statement.

    :param program: path of the browser
    :param profile: an empty folder; everything that it writes is there
    :param answer: called with a URL, returns `(mimetype, bytes)` or None; every request of a page
        is answered by it, none leaves this process
    :param deadline: for the start
    """

    def __init__(self, program, profile, answer, deadline):
        self._program, self._profile = program, profile
        self._answer = answer
        self._deadline = deadline
        self._process = self._pipe = self._session = None
        self._loaded = False

    def __enter__(self):
        self._start()
        try:
            with self._explained():
                self._open_page(self._deadline)
        except BaseException:
            self._end(at_once=True)
            raise
        return self

    def __exit__(self, exc_type, *_rest):
        self._end(at_once=exc_type is not None)

    def print(self, url, options, deadline, delay=0):
        """The page at `url` as PDF.

        :param options: parameters of DevTools' `Page.printToPDF`
        :param delay: seconds to wait for scripts after everything is loaded
        :raises ChromiumTimeout, ChromiumCrash, ChromiumRefusal:
        """
        self._deadline = deadline
        with self._explained():
            self._loaded = False
            self._call(deadline, "Page.navigate", url=url)
            while not self._loaded:
                self._pipe.pump(deadline, self._on_event)
            self._call(deadline, "Runtime.evaluate", expression=READY, awaitPromise=True)
            if delay:
                pause = f"new Promise((done) => setTimeout(done, {int(delay * 1000)}))"
                self._call(deadline, "Runtime.evaluate", expression=pause, awaitPromise=True)
            reply = self._call(
                deadline,
                "Page.printToPDF",
                printBackground=True,
                displayHeaderFooter=False,
                generateTaggedPDF=False,
                transferMode="ReturnAsStream",
                **options,
            )
            return self._read_stream(deadline, reply["stream"])

    def _start(self):
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        flags = [*FLAGS, *shlex.split(os.environ.get(FLAGS_VARIABLE, ""))]
        if os.geteuid() == 0:
            # Chromium's sandbox refuses to work for root.
            flags.append("--no-sandbox")
        flags.append(f"--user-data-dir={self._profile}")
        launch = [sys.executable, "-I", "-S", LAUNCHER, str(theirs_in), str(theirs_out)]
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        environment |= {
            name: self._profile for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
        }
        try:
            with open(self._output_path, "wb") as output:
                self._process = subprocess.Popen(
                    [*launch, self._program, *flags, "about:blank"],
                    pass_fds=(theirs_in, theirs_out),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=environment,
                    cwd=self._profile,
                    start_new_session=True,
                )  # fmt: skip
        except BaseException:
            os.close(ours_in)
            os.close(ours_out)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._pipe = Pipe(ours_in, ours_out)

    def _open_page(self, deadline):
        target = self._pipe.call(deadline, "Target.createTarget", url="about:blank")["targetId"]
        attached = self._pipe.call(deadline, "Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self._call(deadline, "Page.enable")
        self._call(deadline, "Fetch.enable", patterns=[{"urlPattern": "*"}])
        # Odoo's reports are written for the screen's rules.
        self._call(deadline, "Emulation.setEmulatedMedia", media="screen")

    def _call(self, deadline, method, **params):
        return self._pipe.call(deadline, method, self._session, self._on_event, **params)

    def _on_event(self, method, params):
        if method == "Fetch.requestPaused":
            self._on_request(params["requestId"], params["request"]["url"])
        elif method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Page.javascriptDialogOpening":
            self._tell("Page.handleJavaScriptDialog", accept=False)
        elif method in ("Inspector.targetCrashed", "Target.targetCrashed"):
            raise ChromiumCrash("the page crashed")

    def _on_request(self, request_id, url):
        found = self._answer(url)
        if found is None:
            self._tell("Fetch.failRequest", requestId=request_id, errorReason="BlockedByClient")
            return
        mimetype, content = found
        headers = {
            "Content-Type": mimetype,
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "no-store",
        }
        self._tell(
            "Fetch.fulfillRequest",
            requestId=request_id,
            responseCode=200,
            responseHeaders=[{"name": name, "value": value} for name, value in headers.items()],
            body=base64.b64encode(content).decode(),
        )

    def _tell(self, method, **params):
        self._pipe.tell(self._deadline, method, self._session, **params)

    def _read_stream(self, deadline, handle):
        parts = []
        while True:
            reply = self._call(deadline, "IO.read", handle=handle, size=1 << 20)
            data = reply["data"]
            parts.append(base64.b64decode(data) if reply.get("base64Encoded") else data.encode())
            if reply["eof"]:
                break
        self._call(deadline, "IO.close", handle=handle)
        return b"".join(parts)

    @property
    def _output_path(self):
        return os.path.join(self._profile, "output.log")

    @contextlib.contextmanager
    def _explained(self):
        """A crash says what the browser said last."""
        try:
            yield
        except ChromiumCrash as crash:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
            with open(self._output_path, encoding="utf-8", errors="replace") as output:
                lines = "".join(deque(output, OUTPUT_LINES))
            message = f"{crash} (exit status {self._process.poll()})"
            raise ChromiumCrash(message, lines.strip()) from crash

    def _end(self, at_once):
        if not at_once:
            with contextlib.suppress(Exception):
                self._pipe.tell(Deadline(CLOSING), "Browser.close")
                self._process.wait(CLOSING)
        # The leader may be gone and its children still be there: they share its group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._pipe.close()
