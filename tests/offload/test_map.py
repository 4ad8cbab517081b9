"""map: order, how many at once, what is taken when, and what becomes of the rest at the end."""

import asyncio
import contextlib
import itertools
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any

import pytest

import whorl

from .conftest import Run
from .support import until


class Gate:
    """A call that goes on when the test opens the gate for its item; notes who is inside."""

    def __init__(self) -> None:
        self.inside: set[int] = set()
        self.most = 0
        self.open: set[int] = set()
        self.cancelled: set[int] = set()
        self._lock = threading.Lock()

    def __call__(self, item: int) -> int:
        with self._lock:
            self.inside.add(item)
            self.most = max(self.most, len(self.inside))
        try:
            while item not in self.open:
                whorl.sleep(0.002)
        except whorl.Cancelled:
            self.cancelled.add(item)
            raise
        finally:
            with self._lock:
                self.inside.discard(item)
        return item


def _counted(taken: list[int], end: int | None = None) -> Iterator[int]:
    for item in itertools.count() if end is None else range(end):
        taken.append(item)
        yield item


async def _later(items: Iterator[int]) -> AsyncIterator[int]:
    for item in items:
        await asyncio.sleep(0)
        yield item


async def _collect(results: AsyncGenerator[Any, None]) -> list[Any]:
    return [result async for result in results]


# -- results --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("limit", [None, 1, 3, 1000])
def test_every_item_has_its_result(run: Run, ordered: bool, limit: int | None) -> None:
    for items in (range(50), _later(iter(range(50)))):
        results = run(_collect(whorl.offload.map(str, items, limit=limit, ordered=ordered)))
        assert sorted(results, key=int) == [str(item) for item in range(50)]
        assert not ordered or results == sorted(results, key=int)


def test_no_items_no_results(run: Run) -> None:
    assert run(_collect(whorl.offload.map(str, []))) == []


def test_in_order_a_slow_call_holds_up_the_others_though_not_at_once(run: Run) -> None:
    async def main() -> None:
        gate, taken = Gate(), list[int]()
        results = whorl.offload.map(gate, _counted(taken), limit=3)
        first = asyncio.ensure_future(anext(results))
        await until(lambda: gate.inside == {0, 1, 2})
        gate.open.update({1, 2})
        await until(lambda: gate.inside == {0, 3, 4})  # so many are kept running
        gate.open.update(range(3, 100))
        await until(lambda: gate.inside == {0} and len(taken) == 6)
        await asyncio.sleep(0.02)
        assert not first.done()
        assert taken == list(range(6))  # but what waits for the slow one is bounded
        gate.open.add(0)
        assert [await first] + [await anext(results) for _ in range(9)] == list(range(10))
        assert gate.most == 3
        await results.aclose()

    run(main())


def test_as_completed_a_slow_call_holds_up_nobody(run: Run) -> None:
    async def main() -> None:
        gate = Gate()
        gate.open = set(range(1, 6))
        results = whorl.offload.map(gate, range(6), limit=2, ordered=False)
        assert [await anext(results) for _ in range(5)] == [1, 2, 3, 4, 5]
        gate.open.add(0)
        assert await _collect(results) == [0]

    run(main())


def test_as_completed_is_the_order_of_the_ends(run: Run) -> None:
    async def main() -> None:
        gate = Gate()
        results = whorl.offload.map(gate, range(3), limit=3, ordered=False)
        first = asyncio.ensure_future(anext(results))
        await until(lambda: len(gate.inside) == 3)
        gate.open.add(1)
        assert await first == 1
        gate.open.add(2)
        await until(lambda: gate.inside == {0})
        await asyncio.sleep(0.01)
        gate.open.add(0)
        assert await _collect(results) == [2, 0]

    run(main())


# -- how many -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ordered", [True, False])
def test_at_most_so_many_at_once(run: Run, ordered: bool) -> None:
    async def main() -> None:
        gate = Gate()
        task = asyncio.create_task(_collect(whorl.offload.map(gate, range(100), limit=4, ordered=ordered)))
        await until(lambda: len(gate.inside) == 4)
        gate.open.update(range(100))
        assert sorted(await task) == list(range(100))
        assert gate.most == 4

    run(main())


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("asynchronous", [True, False])
def test_endless_items_are_taken_as_needed(run: Run, ordered: bool, asynchronous: bool) -> None:
    async def main() -> None:
        taken: list[int] = []
        source = _later(_counted(taken)) if asynchronous else _counted(taken)
        results = whorl.offload.map(str, source, limit=3, ordered=ordered)
        await asyncio.sleep(0.01)
        assert taken == []  # nobody has asked yet
        for number in range(1, 20):
            await anext(results)
            await asyncio.sleep(0.002)  # a slow consumer: nothing is taken meanwhile
            assert number <= len(taken) <= number + 6
        await results.aclose()

    run(main())


def test_a_slow_source_does_not_hold_up_results(run: Run) -> None:
    async def main() -> None:
        more = asyncio.Event()

        async def source() -> AsyncIterator[int]:
            yield 1
            await more.wait()
            yield 2

        results = whorl.offload.map(str, source(), limit=4)
        assert await anext(results) == "1"
        more.set()
        assert await _collect(results) == ["2"]

    run(main())


# -- failures and early ends ----------------------------------------------------------------------------------------


def test_a_failure_comes_out_in_its_place_and_ends_the_rest(run: Run) -> None:
    async def main() -> None:
        gate = Gate()
        gate.open = {0, 2}

        def call(item: int) -> int:
            return 1 // 0 if gate(item) == 1 else item

        results = whorl.offload.map(call, itertools.count(), limit=4)
        assert await anext(results) == 0
        second = asyncio.ensure_future(anext(results))
        await until(lambda: gate.inside == {1, 3, 4, 5})
        gate.open.add(1)
        with pytest.raises(ZeroDivisionError):
            await second
        assert gate.inside == set()
        assert gate.cancelled == {3, 4, 5}
        with pytest.raises(StopAsyncIteration):
            await anext(results)

    run(main())


def test_as_completed_a_failure_comes_out_when_it_happens(run: Run) -> None:
    async def main() -> None:
        gate = Gate()

        def call(item: int) -> int:
            return gate(item) if item == 0 else 1 // 0

        with pytest.raises(ZeroDivisionError):
            await _collect(whorl.offload.map(call, range(2), ordered=False))
        assert gate.inside == set()

    run(main())


@pytest.mark.parametrize("asynchronous", [True, False])
def test_items_that_cannot_be_had_fail_in_their_place(run: Run, asynchronous: bool) -> None:
    def items() -> Iterator[int]:
        yield from (1, 2)
        raise LookupError("no more")

    async def main() -> None:
        results = whorl.offload.map(str, _later(items()) if asynchronous else items(), limit=5)
        assert [await anext(results), await anext(results)] == ["1", "2"]
        with pytest.raises(LookupError, match="no more"):
            await anext(results)

    run(main())


@pytest.mark.parametrize("ordered", [True, False])
def test_leaving_the_loop_early_cancels_the_rest(run: Run, ordered: bool) -> None:
    async def main() -> None:
        gate = Gate()
        gate.open = {0}
        async with contextlib.aclosing(whorl.offload.map(gate, itertools.count(), limit=3, ordered=ordered)) as results:
            async for result in results:
                assert result == 0
                await until(lambda: gate.inside == {1, 2})
                break
        assert gate.inside == set()
        assert gate.cancelled == {1, 2}
        async for _ in whorl.offload.map(gate, [0, 5, 6], limit=3):
            break
        await until(lambda: not gate.inside)  # without aclosing: soon

    run(main())


def test_cancelling_the_consumer_cancels_the_rest_and_waits(run: Run) -> None:
    async def main() -> None:
        gate = Gate()
        task = asyncio.create_task(_collect(whorl.offload.map(gate, itertools.count(), limit=3)))
        await until(lambda: len(gate.inside) == 3)
        task.cancel()
        with pytest.raises(whorl.Cancelled):
            await task
        assert gate.inside == set()
        assert gate.cancelled == {0, 1, 2}

    run(main())


def test_cancelling_again_while_the_rest_ends_is_another_request(run: Run) -> None:
    begun, again = threading.Event(), threading.Event()

    def call(_item: int) -> None:
        begun.set()
        try:
            whorl.sleep(1000)
        except whorl.Cancelled:
            again.set()
            whorl.sleep(1000)

    async def main() -> None:
        task = asyncio.create_task(_collect(whorl.offload.map(call, [1])))
        for at in (begun, again):
            await until(at.is_set)
            assert not task.done()
            task.cancel()
        with pytest.raises(whorl.Cancelled):
            await task

    run(main())


def test_a_source_that_waits_is_cancelled_too(run: Run) -> None:
    async def main() -> None:
        closed = []

        async def source() -> AsyncIterator[int]:
            try:
                yield 1
                await asyncio.sleep(1000)
            finally:
                closed.append(True)

        results = whorl.offload.map(str, source(), limit=2)
        assert await anext(results) == "1"
        waits = asyncio.ensure_future(anext(results))
        await asyncio.sleep(0.01)
        waits.cancel()
        with pytest.raises(whorl.Cancelled):
            await waits
        assert closed == [True]

    run(main())


def test_memory_is_bounded_when_the_consumer_is_slow(run: Run) -> None:
    async def main() -> None:
        alive = 0
        lock = threading.Lock()
        most = 0

        class Big:
            def __init__(self) -> None:
                nonlocal alive, most
                with lock:
                    alive += 1
                    most = max(most, alive)

            def __del__(self) -> None:
                nonlocal alive
                with lock:
                    alive -= 1

        number = 0
        async for _big in whorl.offload.map(lambda _: Big(), itertools.count(), limit=5, ordered=False):
            number += 1
            if number % 50 == 0:
                time.sleep(0.01)  # noqa: ASYNC251  # the loop is as slow as the consumer
            if number == 500:
                break
        assert most <= 12

    run(main())


@pytest.mark.parametrize("ordered", [True, False])
def test_processes_with_a_limit_of_its_own(run: Run, ordered: bool) -> None:
    results = run(_collect(whorl.offload.map(abs, range(0, -20, -1), limit=3, ordered=ordered, to="process")))
    assert sorted(results) == list(range(20))
