"""map: the same call for many items, each a task, some of them at a time.

An item is taken only while somebody asks for a result, fewer than ``limit`` calls run, and fewer than twice as many
have a result that was not yielded: so a slow call that is first in line does not stop the others at once, and what they
return takes bounded memory. Each task that ends rings a bell; the generator then looks at what is first in line, which
is the oldest call if results come in order, and otherwise the one that ended first.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar, cast

from whorl.offload.target import To, caller
from whorl.system import processors

_T = TypeVar("_T")
_Item = TypeVar("_Item")

_END: Any = object()


def mapped(
    fn: Callable[[_Item], _T],
    items: Iterable[_Item] | AsyncIterable[_Item],
    limit: int | None,
    ordered: bool,
    to: To,
) -> AsyncGenerator[_T, None]:
    """Check what ``offload.map`` was given, and return its generator."""
    call = caller(fn, to, bounded=limit is None)
    if limit is None:
        limit = processors() if to == "process" else min(32, processors() + 4)  # as ThreadPoolExecutor has it
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise TypeError(f"limit is a number of calls, or None; got {limit!r}")
    if limit < 1:
        raise ValueError(f"limit must be 1 or more, as nothing would ever be called; got {limit!r}")

    async def call_with(item: _Item) -> _T:
        return await call(fn, (item,), {})

    return _results(call_with, _puller(items), limit, ordered)


def _puller(items: Iterable[_Item] | AsyncIterable[_Item]) -> Callable[[], Coroutine[Any, Any, _Item]]:
    """Return what gives the next item, and ``_END`` when there is none."""
    if isinstance(items, AsyncIterable):
        source = aiter(items)

        async def pull() -> _Item:
            return await anext(source, _END)
    else:
        iterator = iter(items)

        async def pull() -> _Item:
            return next(iterator, _END)

    return pull


async def _results(
    call: Callable[[_Item], Coroutine[Any, Any, _T]],
    pull: Callable[[], Coroutine[Any, Any, _Item]],
    limit: int,
    ordered: bool,
) -> AsyncGenerator[_T, None]:
    line: deque[asyncio.Task[_T]] = deque()  # what is to be yielded, in this order
    calls: set[asyncio.Task[_T]] = set()  # of which the result was not yielded yet
    running = 0
    pulling: asyncio.Task[_Item] | None = None
    exhausted = False
    bell = asyncio.Event()

    def ended(task: asyncio.Task[_T]) -> None:
        nonlocal running
        running -= 1
        if not ordered:
            line.append(task)
        bell.set()

    try:
        while True:
            if pulling is None and not exhausted and running < limit and len(calls) < 2 * limit:
                pulling = asyncio.create_task(pull())
                pulling.add_done_callback(lambda _: bell.set())
            if pulling is not None and pulling.done():
                pulled, pulling = pulling, None
                failed = pulled.cancelled() or pulled.exception() is not None
                exhausted = failed or pulled.result() is _END
                if exhausted and not failed:
                    continue
                # Items that could not be had fail like a call, at their place.
                task = cast("asyncio.Task[_T]", pulled) if failed else asyncio.create_task(call(pulled.result()))
                calls.add(task)
                if ordered:
                    line.append(task)
                running += 1
                task.add_done_callback(ended)
                del pulled, task
            elif line and line[0].done():
                calls.discard(line[0])
                yield line.popleft().result()
            elif exhausted and not calls:
                return
            else:
                bell.clear()
                await bell.wait()
    finally:
        await _end([*calls, pulling] if pulling is not None else [*calls])
        calls.clear()  # an exception knows this frame, and would keep itself alive
        line.clear()


async def _end(tasks: "Sequence[asyncio.Task[Any]]") -> None:
    """Cancel tasks and wait for them; being cancelled here is another request to them."""
    cancelled = False
    for task in tasks:
        task.cancel()
    while unfinished := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(unfinished)
        except asyncio.CancelledError:
            cancelled = True
            for task in unfinished:
                task.cancel()
    for task in tasks:
        if not task.cancelled():
            task.exception()  # one failure came out, and says enough: asyncio need not report the others
    if cancelled:
        raise asyncio.CancelledError
