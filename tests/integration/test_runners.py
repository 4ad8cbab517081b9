"""The doors to the loop: ``whorl.run``, and the ``loop_factory`` of asyncio's own runners."""

import asyncio
import contextvars
import os
import signal
import sys
import threading

import pytest

import whorl


async def home_of_the_loop() -> str:
    await asyncio.sleep(0)
    return type(asyncio.get_running_loop()).__module__


def test_run() -> None:
    assert whorl.run(home_of_the_loop()).startswith("whorl.")


@pytest.mark.parametrize("debug", [True, False])
def test_run_with_debug(debug: bool) -> None:
    async def main() -> bool:
        return asyncio.get_running_loop().get_debug()

    assert whorl.run(main(), debug=debug) is debug


def test_new_event_loop_makes_an_event_loop_of_whorl() -> None:
    loop = whorl.new_event_loop()
    try:
        assert isinstance(loop, whorl.EventLoop)
        assert loop.run_until_complete(home_of_the_loop()).startswith("whorl.")
    finally:
        loop.close()


@pytest.mark.parametrize("factory", [whorl.new_event_loop, whorl.EventLoop], ids=["function", "class"])
def test_runner(factory: type[asyncio.AbstractEventLoop]) -> None:
    variable: contextvars.ContextVar[int] = contextvars.ContextVar("variable", default=0)

    async def count() -> int:
        variable.set(variable.get() + 1)
        return variable.get()

    with asyncio.Runner(loop_factory=factory) as runner:
        assert runner.run(home_of_the_loop()).startswith("whorl.")
        assert [runner.run(count()) for _ in range(3)] == [1, 2, 3]
        loop = runner.get_loop()
    assert loop.is_closed()


def test_runner_cleans_up() -> None:
    ended: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    async def endless() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("task")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        tasks.append(loop.create_task(endless()))
        await loop.run_in_executor(None, ended.append, "executor")

    before = threading.active_count()
    with asyncio.Runner(loop_factory=whorl.new_event_loop) as runner:
        runner.run(main())
    assert ended == ["executor", "task"]
    assert threading.active_count() == before


def test_runner_turns_an_interrupt_into_a_cancellation() -> None:
    cancelled: list[bool] = []

    async def main() -> None:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with asyncio.Runner(loop_factory=whorl.new_event_loop) as runner, pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert cancelled == [True]


if sys.version_info >= (3, 12):

    def test_asyncio_run() -> None:
        assert asyncio.run(home_of_the_loop(), loop_factory=whorl.new_event_loop).startswith("whorl.")
