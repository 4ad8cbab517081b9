"""Tasks, futures, asynchronous generators and contexts: asyncio's own, driven by this loop."""

import _asyncio
import asyncio
import contextvars
import gc
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from typing import Any, cast

import pytest

from .support import Recorder, connect_pair, soon_or_never, turn, turn_until, until, whorl_only

eager = pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


async def answer() -> int:
    return 42


def test_tasks_and_futures_are_those_of_asyncio_in_c(loop: asyncio.AbstractEventLoop) -> None:
    task = loop.create_task(answer())
    assert type(task) is asyncio.Task is _asyncio.Task
    future = loop.create_future()
    assert type(future) is asyncio.Future is _asyncio.Future
    assert future.get_loop() is loop
    assert soon_or_never(loop, task) == 42


def test_a_task_has_the_name_and_the_context_that_were_asked_for(loop: asyncio.AbstractEventLoop) -> None:
    async def name_and_variable() -> tuple[str, str]:
        task = asyncio.current_task()
        assert task is not None
        return task.get_name(), variable.get()

    context = contextvars.Context()
    context.run(variable.set, "given")
    assert soon_or_never(loop, loop.create_task(name_and_variable(), name="Sue", context=context)) == ("Sue", "given")


@whorl_only
def test_a_task_factory_gets_the_keywords_that_the_loop_does_not_know(loop: asyncio.AbstractEventLoop) -> None:
    seen: list[dict[str, Any]] = []

    def factory(
        loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **keywords: Any
    ) -> asyncio.Future[Any]:
        seen.append(keywords)
        return asyncio.Task(coro, loop=loop)

    loop.set_task_factory(cast(Any, factory))
    create_task: Any = loop.create_task
    context = contextvars.copy_context()
    task = create_task(answer(), flavour="sweet", context=context)
    loop.set_task_factory(None)
    assert seen == [{"flavour": "sweet", "context": context}]
    assert soon_or_never(loop, task) == 42


@whorl_only
def test_a_keyword_that_nobody_knows_is_an_error(loop: asyncio.AbstractEventLoop) -> None:
    create_task: Any = loop.create_task
    coroutine = answer()
    with pytest.raises(TypeError, match=r"flavour|argument"):
        create_task(coroutine, flavour="sour")
    coroutine.close()


@eager
@whorl_only
def test_eager_start_is_passed_on_to_the_task(loop: asyncio.AbstractEventLoop) -> None:
    async def start() -> bool:
        create_task: Any = loop.create_task
        task = create_task(answer(), eager_start=True)
        return bool(task.done() and task.result() == 42)

    assert soon_or_never(loop, start())


@eager
def test_the_eager_task_factory_runs_the_first_step_at_once(loop: asyncio.AbstractEventLoop) -> None:
    steps: list[str] = []

    async def work() -> None:
        steps.append("first")
        await asyncio.sleep(0)
        steps.append("second")

    async def start() -> None:
        task = loop.create_task(work(), name="worker")
        steps.append("created")
        assert task.get_name() == "worker"
        assert loop.create_task(answer()).done()
        await task

    # Not in 3.11, for which this is checked.
    loop.set_task_factory(vars(asyncio)["eager_task_factory"])
    soon_or_never(loop, start())
    loop.set_task_factory(None)
    assert steps == ["first", "created", "second"]


async def count(ends: list[str], name: str) -> AsyncGenerator[int, None]:
    try:
        for number in range(10):
            yield number
    finally:
        await asyncio.sleep(0)
        ends.append(name)


def test_asynchronous_generators_are_shut_down(loop: asyncio.AbstractEventLoop) -> None:
    ends: list[str] = []
    generators = [count(ends, name) for name in "abc"]

    async def begin(generator: AsyncIterator[int]) -> int:
        return await anext(generator)

    for generator in generators:
        assert soon_or_never(loop, begin(generator)) == 0
    loop.run_until_complete(loop.shutdown_asyncgens())
    assert sorted(ends) == ["a", "b", "c"]


def test_an_asynchronous_generator_that_is_forgotten_comes_to_its_end(loop: asyncio.AbstractEventLoop) -> None:
    ends: list[str] = []

    async def begin_and_forget() -> None:
        async for _ in count(ends, "forgotten"):
            break
        gc.collect()
        await until(lambda: ends)

    soon_or_never(loop, begin_and_forget())
    assert ends == ["forgotten"]


def test_a_callback_runs_in_the_context_of_its_caller_or_the_one_given(loop: asyncio.AbstractEventLoop) -> None:
    seen: list[str] = []

    def look() -> None:
        seen.append(variable.get())
        variable.set("changed by a callback")

    def schedule() -> None:
        variable.set("of the caller")
        loop.call_soon(look)
        loop.call_later(0, look)
        loop.call_soon_threadsafe(look)
        given = contextvars.Context()
        loop.call_soon(look, context=given)
        loop.call_soon(look, context=given)

    contextvars.copy_context().run(schedule)
    turn_until(loop, lambda: len(seen) == 5)
    assert sorted(seen) == ["changed by a callback", "of the caller", "of the caller", "of the caller", "unset"]
    assert variable.get() == "unset"


def test_a_task_keeps_a_context_of_its_own(loop: asyncio.AbstractEventLoop) -> None:
    async def change(value: str) -> str:
        variable.set(value)
        await asyncio.sleep(0)
        return variable.get()

    async def start() -> list[str]:
        variable.set("outside")
        found = await asyncio.gather(*(change(str(number)) for number in range(5)))
        return [*found, variable.get()]

    assert soon_or_never(loop, start()) == ["0", "1", "2", "3", "4", "outside"]


def test_a_protocol_hears_of_everything_in_the_context_of_the_connection(loop: asyncio.AbstractEventLoop) -> None:
    seen: list[str] = []

    class Peer(Recorder):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            seen.append(variable.get())

        def data_received(self, data: bytes) -> None:
            seen.append(variable.get())

        def eof_received(self) -> bool | None:
            seen.append(variable.get())
            return super().eof_received()

        def connection_lost(self, exc: Exception | None) -> None:
            seen.append(variable.get())

    async def connect() -> Any:
        variable.set("of the connection")
        return await connect_pair(Peer())

    _, peer = soon_or_never(loop, loop.create_task(connect()))
    with peer:
        peer.send(b"x")
        turn_until(loop, lambda: len(seen) == 2)
    turn_until(loop, lambda: len(seen) == 4)
    turn(loop)
    assert seen == ["of the connection"] * 4
