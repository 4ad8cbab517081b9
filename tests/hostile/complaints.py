"""What Python or the loop complains about while nobody awaits: warnings, unraisable errors, the handler."""

import asyncio
import sys
import threading
import warnings
from types import TracebackType
from typing import Any


class Complaints:
    """Collects complaints as long as the context is entered; ``heard`` names them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heard: list[str] = []
        self._warnings: warnings.catch_warnings[Any] = warnings.catch_warnings(record=True)
        self._recorded: list[warnings.WarningMessage] = []
        self._hooks = (sys.unraisablehook, threading.excepthook)

    def __enter__(self) -> "Complaints":
        recorded = self._warnings.__enter__()
        assert recorded is not None
        self._recorded = recorded
        warnings.simplefilter("always")
        sys.unraisablehook = lambda seen: self._heard.append(f"unraisable: {seen.exc_value!r}")
        threading.excepthook = lambda seen: self._heard.append(f"in a thread: {seen.exc_value!r}")
        self._loop.set_exception_handler(self._from_loop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.set_exception_handler(None)
        sys.unraisablehook, threading.excepthook = self._hooks
        self._warnings.__exit__(kind, error, trace)

    def heard(self) -> list[str]:
        """Return the complaints so far, as text."""
        said = [f"{seen.category.__name__}: {seen.message}" for seen in self._recorded]
        return said + self._heard

    def _from_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._heard.append(f"the loop reports: {context.get('message')}: {context.get('exception')!r}")
