"""Wrong arguments: what is said, before anything is started; and the names by which offload can be had."""

import asyncio
import functools
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterator
from typing import Any

import pytest

import whorl

from .conftest import Run


async def _coroutine(item: int = 0) -> int:
    return item


async def _generator(item: int = 0) -> AsyncGenerator[int, None]:
    yield item


def _numbers(item: int = 0) -> Iterator[int]:
    yield item


class _Callable:
    async def __call__(self) -> None:
        pass


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (3, r"needs a function to call, got 3; write offload\(fn, x\) for fn\(x\)"),
        (None, "needs a function to call, got None"),
        (_coroutine, r"test_arguments\._coroutine is a coroutine function and blocks nothing: just await it"),
        (functools.partial(_coroutine, 1), r"_coroutine is a coroutine function and blocks nothing: just await it"),
        (_Callable(), r"_Callable .* is a coroutine function and blocks nothing: just await it"),
        (_Callable().__call__, r"_Callable.__call__ is a coroutine function"),
        (_generator, r"_generator is an asynchronous generator function: iterate it with `async for`"),
        (_numbers, r"calling .*_numbers only makes a generator, and nothing would run"),
        (whorl.offload, "is a coroutine function and blocks nothing: just await it"),
    ],
)
def test_what_is_no_function_to_offload(fn: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        _ = whorl.offload(fn)
    with pytest.raises(TypeError, match=message):
        whorl.offload.map(fn, [1])


@pytest.mark.parametrize(("to", "error"), [("moon", ValueError), (None, TypeError), (3, TypeError)])
def test_where_nothing_can_go(to: Any, error: type[Exception]) -> None:
    choices = r'takes "thread", "process", a concurrent.futures.Executor, or a dask.distributed.Client'
    with pytest.raises(error, match=f"offloaded to {to!r}.*{choices}"):
        _ = whorl.offload(len, "x", to=to)
    with pytest.raises(error, match=choices):
        whorl.offload.map(len, "x", to=to)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_lets_nothing_through(limit: int) -> None:
    with pytest.raises(ValueError, match=f"limit must be 1 or more, .*; got {limit}"):
        whorl.offload.map(len, "x", limit=limit)


@pytest.mark.parametrize("limit", [1.5, True, "3"])
def test_a_limit_that_is_no_number_of_calls(limit: Any) -> None:
    with pytest.raises(TypeError, match="a number of calls"):
        whorl.offload.map(len, [], limit=limit)


def test_a_function_that_returns_a_coroutine(run: Run) -> None:
    def returns_one() -> Coroutine[Any, Any, int]:
        return _coroutine()

    async def main() -> None:
        with pytest.raises(TypeError, match="returned a coroutine, and blocks nothing"):
            _ = await whorl.offload(returns_one)

    run(main())


def test_a_function_that_returns_a_generator(run: Run) -> None:
    async def main() -> Iterator[int]:
        return await whorl.offload(lambda: iter(_numbers(3)))

    assert list(run(main())) == [3]


def test_items_that_are_none() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        whorl.offload.map(len, 3)  # type: ignore[arg-type]


def test_a_class_or_a_method_or_a_partial_or_a_builtin_can_be_called(run: Run) -> None:
    async def main() -> list[Any]:
        calls: list[Any] = [int, "7".zfill, functools.partial(int, base=2), abs]
        return [await whorl.offload(call, given) for call, given in zip(calls, ["7", 3, "11", -7], strict=True)]

    assert run(main()) == [7, "007", 3, 7]


def test_a_wrong_call_is_pythons_own_error(run: Run) -> None:
    with pytest.raises(TypeError, match="abs"):
        run(whorl.offload(abs))  # type: ignore[call-overload]


def test_nothing_runs_before_it_is_awaited() -> None:
    before = threading.active_count()
    coroutine = whorl.offload(len, "x")
    assert threading.active_count() == before
    coroutine.close()


def test_asyncio_run_takes_it() -> None:
    assert asyncio.run(whorl.offload(len, "xy")) == 2


@pytest.mark.parametrize(
    "first",
    ["whorl.offload", "import whorl.offload", "from whorl.offload import offload", "import whorl.offload.target"],
)
def test_it_can_be_called_however_it_was_imported(first: str) -> None:
    code = f"""if True:
        import asyncio, whorl
        {first}
        assert whorl.offload is whorl.offload.offload
        async def main():
            print(await whorl.offload(len, "xy"), [length async for length in whorl.offload.map(len, ["xyz"])])
        asyncio.run(main())
    """
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["2", "[3]"]
