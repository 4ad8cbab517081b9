"""Wrong arguments: scheduling callbacks, running and closing a loop, and its settings."""

import asyncio
import functools
import math
from typing import Any

from .outcome import Bench, Case


def debug(case: Case) -> Case:
    """Make a case in debug mode."""

    def in_debug(bench: Bench) -> object:
        bench.loop.set_debug(True)
        return case(bench)

    return in_debug


def cancelled(handle: Any) -> str:
    """Cancel a handle that a wrong call has returned nevertheless: what counts is that it was accepted."""
    handle.cancel()
    return "a handle"


def ran(bench: Bench, delay: object) -> object:
    """Schedule with a delay and run for a moment: the outcome tells whether it ran."""
    bench.loop.call_later(delay, bench.call, "ran")
    return bench.run(lambda: asyncio.sleep(0.01))


def ran_at(bench: Bench, when: object) -> object:
    bench.loop.call_at(when, bench.call, "ran")
    return bench.run(lambda: asyncio.sleep(0.01))


async def async_callback() -> None:
    """A coroutine function, given where a plain function is due."""


class CallableCoroutine:
    async def __call__(self) -> None:
        pass


def no_coroutine() -> None:
    pass


def run_and_nest(bench: Bench) -> object:
    def nested() -> object:
        coroutine = bench.coroutine()
        try:
            return bench.loop.run_until_complete(coroutine)
        finally:
            coroutine.close()

    return bench.inside(nested)


def run_another_inside(bench: Bench) -> object:
    other: Any = bench.keep(type(bench.loop)())
    coroutine = bench.coroutine()
    try:
        return bench.inside(lambda: other.run_until_complete(coroutine))
    finally:
        coroutine.close()


def run_in_second_thread(bench: Bench) -> object:
    return bench.from_thread(bench.loop.run_forever)


def close_while_running(bench: Bench) -> object:
    return bench.inside(bench.loop.close)


def close_twice(bench: Bench) -> object:
    bench.loop.close()
    return bench.loop.close()


def stop_before_run(bench: Bench) -> object:
    bench.loop.stop()
    return bench.loop.run_forever()


def stopped_before_done(bench: Bench) -> object:
    bench.loop.call_soon(bench.loop.stop)
    future = bench.loop.create_future()
    return bench.loop.run_until_complete(future)


def future_of_another_loop(bench: Bench) -> object:
    other: Any = bench.keep(type(bench.loop)())
    return bench.run(other.create_future)


def unclosed_coroutine(bench: Bench, use: str) -> object:
    """Give a coroutine object where a function is due."""
    coroutine = bench.coroutine()
    try:
        return cancelled(getattr(bench.loop, use)(coroutine))
    finally:
        coroutine.close()


CASES: dict[str, Case] = {
    # Delays
    "call_later with a negative delay": lambda b: ran(b, -1),
    "call_later with a huge negative delay": lambda b: ran(b, -1e300),
    "call_later with minus infinity": lambda b: ran(b, -math.inf),
    "call_later with infinity": lambda b: cancelled(b.loop.call_later(math.inf, b.call)),
    "call_later with None": lambda b: b.loop.call_later(None, b.call),
    "call_later with a string": lambda b: b.loop.call_later("1", b.call),
    "call_later with nothing": lambda b: b.loop.call_later(),
    "call_later without callback": lambda b: b.loop.call_later(1),
    "call_later with a complex number": lambda b: b.loop.call_later(1j, b.call),
    "call_at in the past": lambda b: ran_at(b, 0),
    "call_at before the beginning": lambda b: ran_at(b, -5),
    "call_at with None": lambda b: b.loop.call_at(None, b.call),
    "call_at with a string": lambda b: b.loop.call_at("1", b.call),
    # Callbacks
    "call_soon with nothing": lambda b: b.loop.call_soon(),
    "call_soon with None": lambda b: cancelled(b.loop.call_soon(None)),
    "call_soon with None, run": lambda b: (b.loop.call_soon(None), b.run(lambda: asyncio.sleep(0)))[1],
    "call_soon with a number, run": lambda b: (b.loop.call_soon(42), b.run(lambda: asyncio.sleep(0)))[1],
    "call_soon with too many arguments, run": lambda b: (
        b.loop.call_soon(no_coroutine, 1, 2),
        b.run(lambda: asyncio.sleep(0)),
    )[1],
    "call_soon with an unknown keyword": lambda b: b.loop.call_soon(b.call, wrong=1),
    "call_soon with a callback by keyword": lambda b: cancelled(b.loop.call_soon(callback=b.call)),
    "call_soon with a wrong context, run": lambda b: (
        b.loop.call_soon(b.call, context="no context"),
        b.run(lambda: asyncio.sleep(0)),
    )[1],
    "call_later with a wrong context, run": lambda b: (
        b.loop.call_later(0, b.call, context=42),
        b.run(lambda: asyncio.sleep(0.001)),
    )[1],
    "call_soon_threadsafe with None": lambda b: cancelled(b.loop.call_soon_threadsafe(None)),
    "call_soon_threadsafe with nothing": lambda b: b.loop.call_soon_threadsafe(),
    "call_soon with a coroutine function": lambda b: cancelled(b.loop.call_soon(async_callback)),
    **{
        f"{name} with {what}, in debug mode": debug(
            lambda b, name=name, thing=thing, first=first: cancelled(getattr(b.loop, name)(*first, thing))  # type: ignore[misc]
        )
        for name, first in [
            ("call_soon", ()),
            ("call_soon_threadsafe", ()),
            ("call_later", (60,)),
            ("call_at", (1e12,)),
        ]
        for what, thing in [
            ("None", None),
            ("a number", 42),
            ("a coroutine function", async_callback),
            ("a partial of a coroutine function", functools.partial(async_callback)),
            ("an object with a coroutine __call__", CallableCoroutine()),
        ]
    },
    "call_soon with a coroutine, in debug mode": debug(lambda b: unclosed_coroutine(b, "call_soon")),
    "call_soon_threadsafe with a coroutine, in debug mode": debug(
        lambda b: unclosed_coroutine(b, "call_soon_threadsafe")
    ),
    # Threads
    "call_soon from another thread, in debug mode": debug(lambda b: b.from_thread(lambda: b.loop.call_soon(b.call))),
    "call_later from another thread, in debug mode": debug(
        lambda b: b.from_thread(lambda: b.loop.call_later(0, b.call))
    ),
    "call_at from another thread, in debug mode": debug(lambda b: b.from_thread(lambda: b.loop.call_at(0, b.call))),
    "a future's callback from another thread, in debug mode": debug(
        lambda b: b.from_thread(lambda: done_future(b).add_done_callback(b.call))
    ),
    # Running
    "run_until_complete of None": lambda b: b.loop.run_until_complete(None),
    "run_until_complete of a number": lambda b: b.loop.run_until_complete(42),
    "run_until_complete of a function": lambda b: b.loop.run_until_complete(async_callback),
    "run_until_complete of nothing": lambda b: b.loop.run_until_complete(),
    "run_until_complete of another loop's future": lambda b: b.loop.run_until_complete(
        b.keep(type(b.loop)()).create_future()
    ),
    "awaiting another loop's future": future_of_another_loop,
    "run_until_complete inside the loop": run_and_nest,
    "run_forever inside the loop": lambda b: b.inside(b.loop.run_forever),
    "running another loop inside the loop": run_another_inside,
    "run_forever in a second thread": run_in_second_thread,
    "run_until_complete stopped before it is done": stopped_before_done,
    "close while running": close_while_running,
    "loop closed twice": close_twice,
    "stop before run_forever": stop_before_run,
    "asyncio.run inside the loop": lambda b: b.inside(lambda: run_inside(b)),
    # Tasks and settings
    "create_task of a number": lambda b: b.loop.create_task(42),
    "create_task of None": lambda b: b.loop.create_task(None),
    "create_task of a function": lambda b: b.loop.create_task(async_callback),
    "create_task with an unknown keyword": lambda b: with_coroutine(
        b, lambda coroutine: b.loop.create_task(coroutine, wrong=1)
    ),
    "set_task_factory with a number": lambda b: b.loop.set_task_factory(42),
    "set_task_factory with a string": lambda b: b.loop.set_task_factory("factory"),
    "a task factory that returns None": lambda b: with_task_factory(b, lambda loop, coroutine, **rest: None),
    "a task factory that raises": lambda b: with_task_factory(b, lambda *args, **rest: 1 / 0),
    "set_exception_handler with a number": lambda b: b.loop.set_exception_handler(42),
    "set_exception_handler with a string": lambda b: b.loop.set_exception_handler("handler"),
    "call_exception_handler without a message": lambda b: b.loop.call_exception_handler({}),
    "call_exception_handler with None": lambda b: b.loop.call_exception_handler(None),
    "an exception handler that raises": lambda b: with_handler(b, lambda loop, context: 1 / 0),
    "set_debug with a string": lambda b: (b.loop.set_debug("yes"), type(b.loop.get_debug()).__name__)[1],
    "slow_callback_duration of None": lambda b: setattr(b.loop, "slow_callback_duration", None),
    "shutdown_default_executor with a negative timeout": lambda b: b.run(lambda: b.loop.shutdown_default_executor(-1)),
    "run_in_executor of None": lambda b: b.run(lambda: b.loop.run_in_executor(None, None)),
    "run_in_executor of a number, in debug mode": debug(lambda b: b.run(lambda: b.loop.run_in_executor(None, 42))),
    "run_in_executor of a coroutine function, in debug mode": debug(
        lambda b: b.run(lambda: b.loop.run_in_executor(None, async_callback))
    ),
    "run_in_executor of a coroutine, in debug mode": debug(
        lambda b: with_coroutine(b, lambda coroutine: b.run(lambda: b.loop.run_in_executor(None, coroutine)))
    ),
    "run_in_executor with a wrong executor": lambda b: b.run(lambda: b.loop.run_in_executor("no executor", b.call)),
    "run_in_executor with nothing": lambda b: b.run(lambda: b.loop.run_in_executor()),
    "run_in_executor after its shutdown": lambda b: (
        b.run(b.loop.shutdown_default_executor),
        b.run(lambda: b.loop.run_in_executor(None, b.call)),
    )[1],
    "set_default_executor with a number": lambda b: b.loop.set_default_executor(42),
    "set_default_executor with None": lambda b: b.loop.set_default_executor(None),
}


def done_future(bench: Bench) -> Any:
    future = bench.loop.create_future()
    future._loop = bench.loop
    future.set_result(None)
    return future


def run_inside(bench: Bench) -> object:
    coroutine = bench.coroutine()
    try:
        return asyncio.run(coroutine)
    finally:
        coroutine.close()


def with_coroutine(bench: Bench, use: Any) -> object:
    coroutine = bench.coroutine()
    try:
        return use(coroutine)
    finally:
        coroutine.close()


def with_task_factory(bench: Bench, factory: Any) -> object:
    bench.loop.set_task_factory(factory)
    try:
        return with_coroutine(bench, bench.loop.create_task)
    finally:
        bench.loop.set_task_factory(None)


def with_handler(bench: Bench, handler: Any) -> object:
    bench.loop.set_exception_handler(handler)
    bench.loop.call_exception_handler({"message": "a message"})
    return bench.loop.set_exception_handler(None)
