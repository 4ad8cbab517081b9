# cython: annotation_typing=False
# Algorithm module: plain Python, compiled with handle.pxd.
"""A handle: one callback with its arguments and its context, waiting for its turn.

The scheduler makes handles and runs them by their fields; ``_run`` is the same in Python, for code that holds a
handle of its own. The names with an underscore are those of ``asyncio.Handle``: debuggers and libraries read them.
"""

import asyncio
import contextvars
from typing import TYPE_CHECKING, Any

import cython

from whorl._core.context import context_with
from whorl._core.faces import face
from whorl.compat import format_callback_source

_FACE = face("Handle", asyncio.Handle)


# Handles and timers come and go: as many as a busy turn needs are kept for the next (160 KiB at most), which saves the
# allocator's work, and the garbage collector's, who counts allocations. (One that has run and that nobody else has goes
# to its scheduler whole, see `Scheduler.keep`.)
@cython.freelist(1024)
@cython.cclass
class Handle:
    """What ``call_soon`` returns: a promise to run a callback once, which can be taken back."""

    if TYPE_CHECKING:
        _callback: Any
        _args: tuple[Any, ...] | None
        context: Any
        _loop: Any
        _cancelled: bool
        _source_traceback: Any
        _repr: str | None

    def __init__(self, callback: Any, args: Any, loop: Any, context: contextvars.Context | None = None) -> None:
        self._callback = callback
        self._args = tuple(args)
        self.context = contextvars.copy_context() if context is None else context
        self._loop = loop
        self._cancelled = False
        self._source_traceback = None
        self._repr = None

    def cancel(self) -> None:
        """Take the callback back; it will not run. A second call does nothing."""
        if not self._cancelled:
            self.let_go()

    def let_go(self) -> int:
        self._cancelled = True
        if self._source_traceback is not None:
            # Made in debug mode: what it was is worth knowing in a log. The references are not worth keeping.
            self._repr = repr(self)
        # Held until the handle is in order again: what dies with them may look at it.
        callback, self._callback = self._callback, None
        args, self._args = self._args, None
        del callback, args
        return 0

    def cancelled(self) -> bool:
        """Return True when the handle was cancelled."""
        return self._cancelled

    def get_context(self) -> contextvars.Context:
        """Return the context that the callback runs in."""
        if type(self.context) is not contextvars.Context:
            self.context = context_with(self.context)  # the scheduler kept its variables only
        return self.context

    @property
    def _context(self) -> contextvars.Context:
        return self.get_context()

    def _run(self) -> None:
        try:
            self.get_context().run(self._callback, *(self._args or ()))
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._report(exc)

    def _report(self, exc: BaseException) -> None:
        """Give a callback's exception to the loop's exception handler, in the words of asyncio."""
        source = format_callback_source(self._callback, self._args, self._loop.get_debug())
        context = {"message": f"Exception in callback {source}", "exception": exc, "handle": self}
        if self._source_traceback:
            context["source_traceback"] = self._source_traceback
        self._loop.call_exception_handler(context)

    @property  # type: ignore[misc]  # what isinstance() is to see
    def __class__(self) -> type:
        return _FACE

    def _repr_info(self) -> list[str]:
        info = [self.__class__.__name__]
        if self._cancelled:
            info.append("cancelled")
        if self._callback is not None:
            debug = self._loop is not None and self._loop.get_debug()
            info.append(format_callback_source(self._callback, self._args, debug))
        if self._source_traceback:
            *_, frame = self._source_traceback
            info.append(f"created at {frame[0]}:{frame[1]}")
        return info

    def __repr__(self) -> str:
        return self._repr or f"<{' '.join(self._repr_info())}>"
