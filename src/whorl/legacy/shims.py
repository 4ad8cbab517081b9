"""The functions and classes of asyncio that differ from those of 3.4-3.6, as old programs knew them.

Each takes the ``loop=`` that today's refuses, and generators where today's wants coroutines. ``NAMES`` is what
:mod:`whorl.legacy.proxies` lays over the module that an old program sees.
"""

import asyncio
import asyncio.subprocess
import functools
import selectors
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from whorl.legacy import loop as loops
from whorl.legacy.coroutines import Driven, calling_back, coroutine, current_loop, driven, ensure_future, iscoroutine
from whorl.legacy.faces import Face, stands_for
from whorl.legacy.locks import BoundedSemaphore, Condition, Lock, Semaphore


def _without_loop(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` for callers who still say which loop; the running one is meant in any case."""

    @functools.wraps(function)
    def call(*args: Any, loop: Any = None, **options: Any) -> Any:
        return function(*args, **options)

    return call


def _futures(awaitables: Iterable[Any], loop: Any) -> list[Any]:
    known: dict[Any, Any] = {}  # what is given twice is one future
    awaitables = list(awaitables)
    for awaitable in awaitables:
        if awaitable not in known:
            known[awaitable] = ensure_future(awaitable, loop=loop)
    return [known[awaitable] for awaitable in awaitables]


def gather(*awaitables: Any, loop: Any = None, return_exceptions: bool = False) -> Any:
    if not awaitables:
        future = (loop or current_loop()).create_future()
        future.set_result([])
        return future
    loop = loop or next((each.get_loop() for each in awaitables if asyncio.isfuture(each)), None)
    return asyncio.gather(*_futures(awaitables, loop), return_exceptions=return_exceptions)


def shield(arg: Any, *, loop: Any = None) -> Any:
    return asyncio.shield(ensure_future(arg, loop=loop))


def as_completed(fs: Iterable[Any], *, loop: Any = None, timeout: float | None = None) -> Iterator[Any]:
    yield from asyncio.as_completed(_futures(fs, loop), timeout=timeout)


async def wait(fs: Any, *, loop: Any = None, return_when: str = "ALL_COMPLETED", **limit: float | None) -> Any:
    if asyncio.isfuture(fs) or asyncio.iscoroutine(fs):
        raise TypeError(f"expect a list of futures, not {type(fs).__name__}")
    return await asyncio.wait(_futures(fs, loop), return_when=return_when, **limit)


async def wait_for(fut: Any, timeout: float | None, *, loop: Any = None) -> Any:  # noqa: ASYNC109
    return await asyncio.wait_for(ensure_future(fut, loop=loop), timeout)


def run(main: Any, *, debug: bool | None = None) -> Any:
    return asyncio.run(driven(main), debug=debug)


def run_coroutine_threadsafe(coro: Any, loop: Any) -> Any:
    return asyncio.run_coroutine_threadsafe(driven(coro), loop)


def start_server(client_connected_cb: Callable[..., Any], *args: Any, loop: Any = None, **options: Any) -> Any:
    return asyncio.start_server(calling_back(client_connected_cb), *args, **options)


def start_unix_server(client_connected_cb: Callable[..., Any], *args: Any, loop: Any = None, **options: Any) -> Any:
    return asyncio.start_unix_server(calling_back(client_connected_cb), *args, **options)


def set_event_loop_policy(policy: Any) -> None:
    # Programs of then asked for uvloop because it was fast. Its loop takes no generators, so whorl's stands in.
    uvloops = type(policy).__module__.partition(".")[0] == "uvloop"
    asyncio.set_event_loop_policy(loops.RevivedPolicy() if uvloops else policy)


@stands_for(asyncio.Task)
class Task(asyncio.Task[Any], metaclass=Face):
    """``asyncio.Task``, which takes a generator, and knows all tasks and the current one."""

    def __init__(self, coro: Any, *, loop: Any = None, **options: Any) -> None:
        loop = loop or current_loop()
        super().__init__(driven(coro), loop=loop, **options)
        if isinstance(loop, loops.Revived):
            loop.every_task().add(self)

    @classmethod
    def all_tasks(cls, loop: Any = None) -> set[Any]:
        loop = loop or current_loop()
        return set(loop.every_task()) if isinstance(loop, loops.Revived) else asyncio.all_tasks(loop)

    @classmethod
    def current_task(cls, loop: Any = None) -> Any:
        return asyncio.current_task(loop or current_loop())


@stands_for(asyncio.Event)
class Event(asyncio.Event, metaclass=Face):
    def __init__(self, *, loop: Any = None) -> None:
        super().__init__()


@stands_for(asyncio.Queue)
class Queue(asyncio.Queue[Any], metaclass=Face):
    def __init__(self, maxsize: int = 0, *, loop: Any = None) -> None:
        super().__init__(maxsize)


@stands_for(asyncio.PriorityQueue)
class PriorityQueue(Queue, asyncio.PriorityQueue[Any]):
    pass


@stands_for(asyncio.LifoQueue)
class LifoQueue(Queue, asyncio.LifoQueue[Any]):
    pass


@stands_for(asyncio.StreamReaderProtocol)
class StreamReaderProtocol(asyncio.StreamReaderProtocol, metaclass=Face):
    def __init__(self, stream_reader: Any, client_connected_cb: Any = None, loop: Any = None) -> None:
        connected = client_connected_cb and calling_back(client_connected_cb)
        super().__init__(stream_reader, connected, loop or current_loop())


NAMES: dict[str, Any] = {
    "async": ensure_future,
    "coroutine": coroutine,
    "ensure_future": ensure_future,
    "iscoroutine": iscoroutine,
    "Task": Task,
    "JoinableQueue": Queue,
    "SelectorEventLoop": loops.SelectorEventLoop,
    "DefaultEventLoopPolicy": loops.RevivedPolicy,
    "CoroWrapper": Driven,
    "selectors": selectors,
    **{
        shim.__name__: shim
        for shim in (
            *(
                gather,
                shield,
                as_completed,
                wait,
                wait_for,
                run,
                run_coroutine_threadsafe,
                start_server,
                start_unix_server,
                set_event_loop_policy,
            ),
            *(Lock, Condition, Semaphore, BoundedSemaphore, Event, Queue, PriorityQueue, LifoQueue),
            StreamReaderProtocol,
        )
    },
    **{
        function.__name__: _without_loop(function)
        for function in (
            asyncio.sleep,
            asyncio.open_connection,
            asyncio.open_unix_connection,
            asyncio.create_subprocess_exec,
            asyncio.create_subprocess_shell,
        )
    },
}
