def hoot_id(path):
    """The id that hoot gives to a suite: a 32-bit hash of its path."""
    number = 0
    for char in path:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


def run_unit_tests(case, module):
    """Run the hoot tests of a module in the browser of an `HttpCase`; the first that fails is the
    case's failure."""
    case.browser_js(
        f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={hoot_id('@' + module)}",
        "",
        "",
        login="admin",
        timeout=180,
        success_signal="[HOOT] Test suite succeeded",
        error_checker=lambda message: "[HOOT]" not in message,
    )
