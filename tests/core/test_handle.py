"""Handles: a handle of whorl, of either build, does and says what asyncio's handle does and says in the same state."""

import asyncio
import contextvars
import functools
import itertools
import operator
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl._core import handle as compiled_handle
from whorl._core import timers as compiled_timers

from .plain import handle as plain_handle
from .plain import timers as plain_timers

HANDLES = [compiled_handle.Handle, plain_handle.Handle]
TIMERS = [compiled_timers.TimerHandle, plain_timers.TimerHandle]
builds = pytest.mark.parametrize("build", [0, 1], ids=["compiled", "plain"])

VARIABLE = contextvars.ContextVar[int]("VARIABLE")


class Caller:
    def method(self, *_args: object) -> None: ...

    def __call__(self, *_args: object) -> None: ...

    def __repr__(self) -> str:
        return "<Caller>"


def fail(*_args: object, **_kept: object) -> None:
    raise LookupError("mine")


def succeed(*_args: object) -> None: ...


CALLER = Caller()
CALLBACKS: list[Callable[..., object]] = [
    succeed,
    fail,
    CALLER,
    CALLER.method,
    functools.partial(succeed, 1),
    functools.partial(fail, kept=2),
    functools.partial(functools.partial(succeed, "inner"), "outer"),
    lambda *_args: None,
    len,
    dict,
]
ARGUMENTS: list[tuple[object, ...]] = [(), (1,), ("a" * 300,), ([1, {2: 3}], None)]


class World:
    """A handle and the loop that it belongs to, with the last complaint that the loop was told of."""

    def __init__(self, make: Callable[..., Any], callback: object, args: tuple[object, ...]) -> None:
        self.loop = asyncio.SelectorEventLoop()
        self.loop.set_exception_handler(lambda _loop, context: setattr(self, "told", context))
        self.told: dict[str, Any] = {}
        self.handle = make(callback, args, self.loop, contextvars.copy_context())

    def debug(self) -> None:
        """Set debug mode as the scheduler has it: a handle that is made in it knows where it was made."""
        self.loop.set_debug(True)
        self.handle._source_traceback = asyncio.format_helpers.extract_stack()

    def run(self) -> None:
        if not self.handle.cancelled():
            self.handle._run()

    def state(self) -> dict[str, Any]:
        """All that can be seen; the handles themselves are left out, as each is its own."""
        handle, told = self.handle, dict(self.told)
        assert told.pop("handle", handle) is handle
        return {
            "repr": repr(handle),
            "cancelled": handle.cancelled(),
            "fields": (handle._callback, handle._args, handle._source_traceback),
            "told": told | {"exception": repr(told.get("exception"))},
        }


STEPS: dict[str, Callable[[World], object]] = {
    "debug": World.debug,
    "no debug": lambda world: world.loop.set_debug(False),
    "run": World.run,
    "cancel": lambda world: world.handle.cancel(),
}


def compare(
    ours: Callable[..., Any], theirs: Callable[..., Any], callback: object, args: Any, steps: list[str]
) -> None:
    worlds = World(ours, callback, args), World(theirs, callback, args)
    try:
        for step in steps:
            for world in worlds:
                STEPS[step](world)
            assert worlds[0].state() == worlds[1].state(), step
    finally:
        for world in worlds:
            world.loop.close()


programs = st.builds(
    lambda mode, steps: [mode, *steps],
    st.sampled_from(["debug", "no debug"]),
    st.lists(st.sampled_from(["run", "cancel"]), max_size=5),
)


@builds
@given(callback=st.sampled_from(CALLBACKS), args=st.sampled_from(ARGUMENTS), steps=programs)
def test_a_handle_is_like_asyncios(build: int, callback: object, args: tuple[object, ...], steps: list[str]) -> None:
    compare(HANDLES[build], asyncio.Handle, callback, args, steps)


@builds
@given(callback=st.sampled_from(CALLBACKS), args=st.sampled_from(ARGUMENTS), steps=programs)
def test_a_timer_is_like_asyncios(build: int, callback: object, args: tuple[object, ...], steps: list[str]) -> None:
    compare(functools.partial(TIMERS[build], 12.5), functools.partial(asyncio.TimerHandle, 12.5), callback, args, steps)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.SelectorEventLoop()
    yield loop
    loop.close()


@builds
def test_isinstance(build: int, loop: asyncio.AbstractEventLoop) -> None:
    handle, timer = HANDLES[build](succeed, (), loop), TIMERS[build](1.0, succeed, (), loop)
    assert isinstance(handle, asyncio.Handle)
    assert not isinstance(handle, asyncio.TimerHandle)
    assert isinstance(timer, asyncio.TimerHandle)
    assert isinstance(timer, asyncio.Handle)
    assert timer.when() == 1.0


@builds
def test_the_context_is_the_given_one_or_a_copy_of_the_current_one(build: int, loop: asyncio.AbstractEventLoop) -> None:
    seen: list[int] = []
    for given_context, expected in ((contextvars.copy_context(), 1), (None, 2)):
        if given_context is not None:
            given_context.run(VARIABLE.set, 1)
        token = VARIABLE.set(2)
        handle = HANDLES[build](lambda: seen.append(VARIABLE.get()), (), loop, given_context)
        VARIABLE.reset(token)
        handle._run()
        assert seen.pop() == expected
        assert handle.get_context()[VARIABLE] == expected
        assert given_context in (None, handle.get_context())


@builds
def test_cancelling_lets_go_of_what_would_have_run(build: int, loop: asyncio.AbstractEventLoop) -> None:
    caller = Caller()
    reference = weakref.ref(caller)
    handle = HANDLES[build](caller.method, (caller,), loop)
    handle.cancel()
    del caller
    assert reference() is None
    assert weakref.ref(handle)() is handle


@builds
@pytest.mark.parametrize("exit", [SystemExit, KeyboardInterrupt])
def test_exits_pass(build: int, exit: type[BaseException], loop: asyncio.AbstractEventLoop) -> None:
    def leave() -> None:
        raise exit

    with pytest.raises(exit):
        HANDLES[build](leave, (), loop)._run()


OPERATORS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


@builds
def test_timers_compare_like_asyncios(build: int, loop: asyncio.AbstractEventLoop) -> None:
    ours, theirs = [
        [make(when, callback, args, loop) for when in (1.0, 2.0) for callback in (succeed, fail) for args in ((), (1,))]
        for make in (TIMERS[build], asyncio.TimerHandle)
    ]
    for timers in (ours, theirs):
        timers[-1].cancel()
    for i, j in itertools.product(range(len(ours)), repeat=2):
        expected = [compare(theirs[i], theirs[j]) for compare in OPERATORS]
        assert [compare(ours[i], ours[j]) for compare in OPERATORS] == expected
        assert [compare(ours[i], theirs[j]) for compare in OPERATORS] == expected
        assert [compare(theirs[i], ours[j]) for compare in OPERATORS] == expected
        assert (hash(ours[i]) == hash(theirs[j])) is (ours[i].when() == theirs[j].when())


@builds
@pytest.mark.parametrize("compare", OPERATORS[:4])
def test_timers_have_no_order_with_anything_else(
    build: int, compare: Callable[[object, object], bool], loop: asyncio.AbstractEventLoop
) -> None:
    timer = TIMERS[build](1.0, succeed, (), loop)
    assert timer != 1.0
    assert timer != HANDLES[build](succeed, (), loop)
    with pytest.raises(TypeError, match="not supported between instances of"):
        compare(timer, 1.0)
