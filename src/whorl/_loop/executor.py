"""Executors: calls in threads. The default executor is whorl's own ``Pool``, made when it is first needed.

An executor that the program has set or hands over gets the call the way asyncio gives it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from whorl import compat


def run_in_executor(self: Any, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
    """Call a function in a thread; the future gets its result. ``None`` stands for the default executor."""
    if executor is not None:
        return compat.run_in_executor(self, executor, func, *args)
    self._check_closed()
    if self._debug:
        self._check_callback(func, "run_in_executor")
    self._check_default_executor()
    pool = self._default_executor
    if pool is None:
        # Here, as it loads the standard library's thread pool, which many a program never needs.
        from whorl._loop.pool import Pool

        pool = self._default_executor = Pool(self)
    call: Callable[..., asyncio.Future[Any]] | None = getattr(pool, "call_for_loop", None)
    if call is None:  # not whorl's
        return compat.run_in_executor(self, None, func, *args)
    return call(func, args)


def forget_threads(loop: Any) -> None:
    """Let a loop start anew in a forked child, where the threads of its pool are gone."""
    if hasattr(loop._default_executor, "call_for_loop"):
        loop._default_executor = None
