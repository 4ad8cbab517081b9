"""Two exceptions have moved in the tree since 3.6; handlers of old programs catch what they caught then, and say so.

asyncio's ``CancelledError`` was an ``Exception`` until 3.8, and its ``TimeoutError`` is an ``OSError`` since 3.11.
The type of a handler is looked at when an exception arrives there, so it can depend on which one it is.
"""

import asyncio
import builtins
import sys
from typing import Any

# Only handlers that name one of these can tell the difference.
_OS_ERRORS = ("OSError", "IOError", "EnvironmentError", "error")
BROAD = frozenset(("Exception", *_OS_ERRORS))

_told: set[str] = set()
quiet = False
"""Set by ``whorl run --quiet``."""


def caught(kinds: Any, where: str) -> Any:
    """Return what a handler for ``kinds`` would have caught in Python 3.6, given the exception that is there now."""
    error = sys.exception()
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    if isinstance(error, asyncio.CancelledError) and Exception in wanted:
        tell(
            "CancelledError",
            f"{where}: `except Exception` caught a CancelledError here, as it did in its time; since Python 3.8 it "
            "would not: write `except (Exception, asyncio.CancelledError)` when you move this code",
        )
        return (*wanted, asyncio.CancelledError)
    if type(error) is TimeoutError and not error.args and OSError in wanted and TimeoutError not in wanted:
        tell(
            "TimeoutError",
            f"{where}: `except OSError` let an asyncio.TimeoutError pass here, as it did in its time; since Python "
            "3.11 it is an OSError: catch it first when you move this code",
        )
        return tuple(
            kind for kind in wanted if not issubclass(TimeoutError, kind) or kind in (Exception, BaseException)
        )
    return kinds


def tell(topic: str, text: str) -> None:
    """Say something on stderr, once for each topic."""
    if quiet or topic in _told:
        return
    _told.add(topic)
    text = f"whorl: {text}"
    stream = sys.stderr
    if stream is None:
        return
    # Imported here: a program's own modules may have that name until its folder is known.
    import os

    dim = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    builtins.print(f"\x1b[2m{text}\x1b[0m" if dim else text, file=stream)
