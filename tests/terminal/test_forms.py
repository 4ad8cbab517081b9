"""The right form, and what is said about the wrong one; arguments that can't be right."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import whorl


def test_with_where_a_loop_runs() -> None:
    stream = io.StringIO()

    async def main() -> None:
        with (
            pytest.raises(whorl.WrongForm, match=r"write `async with whorl.spinner\(…\)`"),
            whorl.spinner(stream=stream),
        ):
            pass

    asyncio.run(main())
    assert stream.getvalue() == ""


def test_async_with_where_none_runs() -> None:
    stream = io.StringIO()
    entering = whorl.spinner(stream=stream).__aenter__()
    with pytest.raises(whorl.WrongForm, match=r"in plain code write `with whorl.spinner\(…\)`"):
        entering.send(None)
    assert stream.getvalue() == ""


def test_a_decorated_plain_function_where_a_loop_runs() -> None:
    called = []
    stream = io.StringIO()

    @whorl.spinner("x", stream=stream)
    def work() -> None:
        called.append(1)

    async def main() -> None:
        with pytest.raises(whorl.WrongForm, match="async def"):
            work()

    asyncio.run(main())
    assert called == []
    assert stream.getvalue() == ""
    work()
    assert called == [1]


def test_decorated_methods_and_objects() -> None:
    stream = io.StringIO()

    class Work:
        @whorl.spinner("method", stream=stream)
        def method(self, x: int) -> int:
            return x

        async def __call__(self) -> int:
            return 3

    assert Work().method(2) == 2
    assert asyncio.run(whorl.spinner("object", stream=stream)(Work())()) == 3
    assert stream.getvalue() == "method\n✓ method\nobject\n✓ object\n"


def test_what_can_not_be_decorated() -> None:
    def generator() -> Iterator[int]:
        yield 1

    async def asynchronous() -> AsyncIterator[int]:
        yield 1

    for function in (generator, asynchronous):
        with pytest.raises(TypeError, match="can't decorate a generator"):
            whorl.spinner()(function)
    wrong: Any = 3
    with pytest.raises(TypeError, match="decorates functions, got int"):
        whorl.spinner()(wrong)
    with pytest.raises(TypeError, match=r"written `@whorl.spinner\(\)`"):

        @whorl.spinner
        def work() -> None: ...


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"elapsed": 1}, "elapsed must be True or False, got int"),
        ({"stream": "out"}, "must have a method `write`, got str"),
    ],
)
def test_other_types(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        whorl.spinner("x", **arguments)


def test_ending_what_has_not_started() -> None:
    turns = whorl.spinner("x")
    with pytest.raises(RuntimeError, match="has not started"):
        turns.ok()
    assert repr(turns) == "<whorl.Spinner 'x' not started>"


def test_one_line_at_a_time_and_as_often_as_you_like() -> None:
    stream = io.StringIO()
    turns = whorl.spinner("x", stream=stream)
    turns.text = "y"
    for _ in range(2):
        with turns as same:
            assert same is turns
            assert repr(turns) == "<whorl.Spinner 'y' turning>"
            with pytest.raises(RuntimeError, match="is in use"), turns:
                pass
            turns.ok("done")
            assert turns.text == "done"
    assert stream.getvalue() == "y\n✓ done\n" * 2
    assert repr(turns) == "<whorl.Spinner 'done' ok>"
