"""What has become of a commit, told to everybody who is in it."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from .base import Append

_logger = logging.getLogger(__name__)


def tell(appends: Iterable[Append]) -> None:
    """Call everybody's ``done``. Who fails at it, because his line is gone, must not take the
    acknowledgements from all others of the same commit."""
    for append in appends:
        if append.done is not None:
            try:
                append.done(append)
            except Exception:
                _logger.exception("an answer could not be given")
