"""What a template of map tiles must look like, without a database."""

import re
from urllib.parse import urlsplit

PLACEHOLDERS = ("{x}", "{y}", "{z}")

_RANGE = re.compile(r"\{\w-\w\}")


def problem_of(template):
    """What is wrong with the template, or None.

    :param template: ``https://tiles.example.org/{z}/{x}/{y}.png``, or a path of this server;
        ``{s}``, ``{a-c}`` or ``{1-4}`` stands for servers that share the work
    :return: None, "scheme" or "placeholders"
    """
    parts = urlsplit(_RANGE.sub("a", template).replace("{s}", "a"))
    local = not parts.scheme and not parts.netloc and template.startswith("/")
    if not local and (parts.scheme not in ("http", "https") or not parts.netloc):
        return "scheme"
    if any(placeholder not in template for placeholder in PLACEHOLDERS):
        return "placeholders"
    return None
