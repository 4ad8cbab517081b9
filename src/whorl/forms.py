"""Which form fits here: ``with`` in plain code, ``async with`` in a coroutine.

What whorl offers in both forms refuses the wrong one before anything has begun, and names the right one.
"""

import asyncio
import functools
import inspect
from typing import Any

from whorl.errors import WrongForm


def loop_runs_here() -> bool:
    """Return whether an event loop runs in this thread."""
    return _running_loop() is not None


def runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    """Return whether this loop runs in this thread."""
    return _running_loop() is loop


def is_coroutine_function(function: Any) -> bool:
    """Return whether a call gives a coroutine: a coroutine function, a partial of one, an object with an async call."""
    return asyncio.iscoroutinefunction(function) or asyncio.iscoroutinefunction(_called(function))


def is_generator_function(function: Any) -> bool:
    """Return whether calling only gives a generator, of either kind, and runs nothing."""
    called = _called(function)
    return inspect.isgeneratorfunction(called) or inspect.isasyncgenfunction(called)


def _called(function: Any) -> Any:
    """Return the function that a call runs."""
    while isinstance(function, functools.partial):
        function = function.func
    if isinstance(function, type) or inspect.isroutine(function):
        return function
    return getattr(type(function), "__call__", function)  # noqa: B004  # of the type, as a call looks it up


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def need_plain_code(used: str, right: str) -> None:
    """Refuse a sync form where a loop runs.

    Parameters:
        used: what was written, such as ``with whorl.spinner(…)``.
        right: what to write in a coroutine.

    Raises:
        WrongForm: an event loop runs in this thread.
    """
    if loop_runs_here():
        raise WrongForm(f"an event loop runs in this thread, and `{used}` would block it; write `{right}`")


def need_coroutine(used: str, right: str) -> None:
    """Refuse an async form where no loop runs.

    Parameters:
        used: what was written, such as ``async with whorl.spinner(…)``.
        right: what to write in plain code.

    Raises:
        WrongForm: no asyncio event loop runs in this thread.
    """
    if not loop_runs_here():
        raise WrongForm(
            f"no asyncio event loop runs in this thread, and `{used}` needs one; in plain code write `{right}`"
        )
