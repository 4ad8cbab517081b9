"""Calls in threads: a thread for each call in flight, and a request to stop that its checkpoints deliver."""

import contextvars
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from whorl.cancellation import Cancellation, cancellable
from whorl.offload.naming import name_of
from whorl.offload.outcome import outcome
from whorl.worker import run_in_thread

_T = TypeVar("_T")


async def call_in_thread(fn: Callable[..., _T], args: tuple[Any, ...], kw: dict[str, Any]) -> _T:
    """Call a function in a thread of its own, with the context variables of this task."""
    cancellation = Cancellation()
    call = functools.partial(_call_cancellable, cancellation, fn, args, kw)
    return await outcome(start(call, contextvars.copy_context()), cancellation, fn)


async def call_in_executor(executor: Executor, fn: Callable[..., _T], args: tuple[Any, ...], kw: dict[str, Any]) -> _T:
    """Call a function in an executor, under the executor's own rules and limits."""
    if not isinstance(executor, ThreadPoolExecutor):
        return await outcome(executor.submit(fn, *args, **kw), None)
    cancellation = Cancellation()
    run = contextvars.copy_context().run
    return await outcome(executor.submit(run, _call_cancellable, cancellation, fn, args, kw), cancellation, fn)


def start(call: Callable[[], _T], context: contextvars.Context) -> "Future[_T]":
    """Start a call in one of whorl's threads; the future gets what comes of it."""
    future: Future[_T] = Future()
    future.set_running_or_notify_cancel()  # there is no queue to take it back from
    run_in_thread(functools.partial(_settle, future, call), context)
    return future


def _settle(future: "Future[_T]", call: Callable[[], _T]) -> None:
    try:
        value = call()
    except BaseException as error:
        future.set_exception(error)
        del future  # the error knows this frame, and would keep itself alive
    else:
        future.set_result(value)


def _call_cancellable(
    cancellation: Cancellation, fn: Callable[..., _T], args: tuple[Any, ...], kw: dict[str, Any]
) -> _T:
    with cancellable(cancellation):
        value = fn(*args, **kw)
    if isinstance(value, Coroutine):
        value.close()
        raise TypeError(f"{name_of(fn)} returned a coroutine, and blocks nothing: just await it")
    return value
