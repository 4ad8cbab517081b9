"""``call_soon``: however it is called, and in whichever context the callback runs."""

import asyncio
import contextvars
import gc
import inspect
import weakref
from typing import Any
from unittest import mock

import pytest

from loop.support import new_loop, turn, whorl_only

VARIABLE = contextvars.ContextVar("VARIABLE", default="none")

CALLS = {
    "method": lambda loop, *args, **kw: loop.call_soon(*args, **kw),
    "attribute": lambda loop, *args, **kw: getattr(loop, "call_soon")(*args, **kw),  # noqa: B009
    "class": lambda loop, *args, **kw: type(loop).call_soon(loop, *args, **kw),
    "super": lambda loop, *args, **kw: super(type(loop), loop).call_soon(*args, **kw),
}


@pytest.fixture(params=CALLS)
def call(request: pytest.FixtureRequest) -> Any:
    return CALLS[request.param]


def test_arguments_and_order(loop: asyncio.AbstractEventLoop, call: Any) -> None:
    seen: list[Any] = []
    call(loop, seen.append, 1)
    call(loop, lambda *args: seen.append(args), 2, 3)
    call(loop, callback=lambda: seen.append(4))
    call(loop, seen.append, 5, context=None)
    assert not seen
    turn(loop)
    assert seen == [1, (2, 3), 4, 5]


def test_a_context_by_keyword(loop: asyncio.AbstractEventLoop, call: Any) -> None:
    context = contextvars.Context()
    context.run(VARIABLE.set, "given")
    seen: list[Any] = []
    for _ in range(2):
        name = "".join(["con", "text"])  # another string than the last time
        call(loop, lambda: seen.append(VARIABLE.get()), **{name: context})
    turn(loop)
    assert seen == ["given", "given"]


@pytest.mark.parametrize(
    ("args", "kw"),
    [
        ((), {}),
        ((print,), {"contxt": None}),
        ((print,), {"callback": print}),
        ((print,), {"context": contextvars.Context(), "other": 1}),
        ((), {"context": None}),
    ],
)
def test_calls_that_cannot_be_meant(loop: asyncio.AbstractEventLoop, call: Any, args: Any, kw: Any) -> None:
    with pytest.raises(TypeError):
        call(loop, *args, **kw)


@whorl_only
def test_a_context_that_is_none(loop: asyncio.AbstractEventLoop, call: Any) -> None:
    """asyncio notices when the callback is to run."""
    with pytest.raises(TypeError, match=r"a contextvars\.Context was expected, got {}"):
        call(loop, print, context={})


def test_without_a_loop() -> None:
    loop = new_loop()
    loop.close()
    kind = type(loop)
    for args in ((), (print,), (object(), print)):
        with pytest.raises((TypeError, AttributeError)):
            kind.call_soon(*args)


def test_one_of_a_loop_s_own(loop: asyncio.AbstractEventLoop) -> None:
    """What is put into a loop is what tasks call, and what is there again when it is taken out."""
    steps = []
    ours = loop.call_soon

    def counted(callback: Any, *args: Any, context: Any = None) -> Any:
        steps.append(callback)
        return ours(callback, *args, context=context)

    async def main() -> None:
        await asyncio.sleep(0)

    with mock.patch.object(loop, "call_soon", counted):
        loop.run_until_complete(main())
    assert len(steps) >= 2
    before = len(steps)
    loop.run_until_complete(main())
    assert len(steps) == before


def test_one_of_a_subclass_and_one_put_into_the_class(loop: asyncio.AbstractEventLoop) -> None:
    kind = type(loop)
    steps = []

    class Counting(kind):  # type: ignore[misc, valid-type]
        def call_soon(self, callback: Any, *args: Any, context: Any = None) -> Any:
            steps.append(callback)
            return super().call_soon(callback, *args, context=context)

    async def main() -> None:
        await asyncio.sleep(0)

    counting = Counting()
    counting.run_until_complete(main())
    counting.close()
    assert len(steps) >= 2

    steps.clear()
    plain = kind.call_soon

    def counted(self: Any, callback: Any, *args: Any, context: Any = None) -> Any:
        steps.append(callback)
        return plain(self, callback, *args, context=context)

    with mock.patch.object(kind, "call_soon", counted):
        loop.run_until_complete(main())
    assert len(steps) >= 2


def test_its_stand_in_can_be_called(loop: asyncio.AbstractEventLoop) -> None:
    mock.create_autospec(type(loop)).call_soon(loop, print)
    mock.create_autospec(type(loop), instance=True).call_soon(print)
    with mock.patch.object(type(loop), "call_soon", autospec=True) as stand_in:
        loop.call_soon(print)
    assert stand_in.call_count == 1


def test_it_says_what_it_takes(loop: asyncio.AbstractEventLoop) -> None:
    for function in (loop.call_soon, type(loop).call_soon):
        assert list(inspect.signature(function).parameters)[-3:] == ["callback", "args", "context"]
        assert function.__doc__
    assert loop.call_soon == loop.call_soon
    assert loop.call_soon.__self__ is loop  # type: ignore[attr-defined]
    assert loop.call_soon.__name__ == type(loop).call_soon.__name__ == "call_soon"


@pytest.mark.filterwarnings("ignore:unclosed event loop:ResourceWarning")
def test_a_loop_goes_when_nobody_has_it() -> None:
    for closed in (True, False):
        loop = new_loop()
        loop.call_soon(print)
        getattr(loop, "call_soon")  # noqa: B009  # the attribute, not a call
        if closed:
            loop.close()
            getattr(loop, "call_soon")  # noqa: B009
        gone = weakref.ref(loop)
        del loop
        gc.collect()
        assert gone() is None


def test_a_loop_that_has_run_and_is_closed_is_in_no_circle() -> None:
    async def main() -> None:
        await asyncio.create_task(asyncio.sleep(0))

    loop = new_loop()
    loop.run_until_complete(main())
    loop.close()
    loop.create_future()  # a closed one still makes them
    gone = weakref.ref(loop)
    gc.disable()
    try:
        del loop
        assert gone() is None
    finally:
        gc.enable()


@whorl_only
def test_one_turn_from_within_a_callback(loop: asyncio.AbstractEventLoop) -> None:
    """Some programs turn the loop in a callback of its own; asyncio's loses count of its callbacks then."""
    seen: list[str] = []

    def outer() -> None:
        loop.call_soon(seen.append, "third")
        loop._run_once()  # type: ignore[attr-defined]
        seen.append("outer")
        loop.stop()

    loop.call_soon(outer)
    loop.call_soon(seen.append, "second")
    loop.run_forever()
    assert seen == ["second", "third", "outer"]


def test_closed(call: Any) -> None:
    loop = new_loop()
    loop.close()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        call(loop, print)


# -- contexts ---------------------------------------------------------------------------------------------------------


def test_each_callback_has_a_context_of_its_own(loop: asyncio.AbstractEventLoop) -> None:
    seen = []

    def callback(name: str) -> None:
        seen.append(VARIABLE.get())
        VARIABLE.set(name)

    def schedule() -> None:
        VARIABLE.set("scheduled")
        for name in ("a", "b"):
            loop.call_soon(callback, name)
            loop.call_later(0, callback, name)
            loop.call_soon_threadsafe(callback, name)
        VARIABLE.set("later")
        loop.call_later(0.01, loop.stop)

    contextvars.Context().run(schedule)
    loop.run_forever()
    assert seen == ["scheduled"] * 6
    assert VARIABLE.get() == "none"


def test_the_context_that_a_handle_tells_of(loop: asyncio.AbstractEventLoop) -> None:
    """Before, within and after the callback it is the same one, and nobody else's."""
    handles: dict[str, Any] = {}
    within = []

    def callback(name: str) -> None:
        VARIABLE.set(name)
        if name != "unasked":
            within.append((name, handles[name]._context))

    handles["early"] = loop.call_soon(callback, "early")
    early = handles["early"]._context
    for name in ("within", "unasked", "other"):
        handles[name] = loop.call_soon(callback, name)
    turn(loop)
    assert handles["early"]._context is early
    for name, context in within:
        assert handles[name]._context is context
        assert context[VARIABLE] == name
    assert handles["unasked"]._context[VARIABLE] == "unasked"
    assert len({id(handle._context) for handle in handles.values()}) == 4


@whorl_only
def test_a_context_that_is_referred_to_weakly_is_not_used_again(loop: asyncio.AbstractEventLoop) -> None:
    references = []
    handles: list[Any] = []
    for _ in range(2):
        handles.append(loop.call_soon(lambda: references.append(weakref.ref(handles[len(references)]._context))))
        turn(loop)
    assert references[0]() is not references[1]()
    assert references[0]() is handles[0]._context


def test_what_a_reader_sets_is_there_the_next_time(loop: asyncio.AbstractEventLoop) -> None:
    import socket

    ours, theirs = socket.socketpair()
    seen = []

    def readable() -> None:
        seen.append(VARIABLE.get())
        VARIABLE.set(f"set {len(seen)}")
        ours.recv(1)

    with ours, theirs:
        loop.add_reader(ours, readable)
        for _ in range(3):
            theirs.send(b"x")
            turn(loop)
            turn(loop)
        loop.remove_reader(ours)
    assert seen == ["none", "set 1", "set 2"]


@pytest.mark.parametrize("ending", [None, ValueError, KeyboardInterrupt])
def test_contexts_after_an_exception(loop: asyncio.AbstractEventLoop, ending: Any) -> None:
    loop.set_exception_handler(lambda _loop, _context: None)

    def callback() -> None:
        VARIABLE.set("inside")
        if ending:
            raise ending

    loop.call_soon(callback)
    if ending is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            turn(loop)
    else:
        turn(loop)
    seen = []
    loop.call_soon(lambda: seen.append(VARIABLE.get()))
    turn(loop)
    assert seen == ["none"]
    assert VARIABLE.get() == "none"


def test_what_variables_held_goes_with_the_callback(loop: asyncio.AbstractEventLoop) -> None:
    class Value:
        pass

    variable: contextvars.ContextVar[Value] = contextvars.ContextVar("variable")

    def schedule() -> weakref.ref[Value]:
        value = Value()
        variable.set(value)
        loop.call_soon(lambda: None)
        return weakref.ref(value)

    gone = contextvars.Context().run(schedule)
    assert gone() is not None
    turn(loop)
    turn(loop)
    gc.collect()
    assert gone() is None


# -- handles, which are used again ------------------------------------------------------------------------------------


def test_a_handle_that_somebody_has_stays_what_it_was(loop: asyncio.AbstractEventLoop) -> None:
    seen: list[int] = []
    kept = [loop.call_soon(seen.append, number) for number in range(3)]
    turn(loop)
    later = [loop.call_soon(seen.append, number) for number in range(10, 13)]
    for handle in kept:
        handle.cancel()  # too late for itself, and nobody else's affair
    assert not {id(handle) for handle in kept} & {id(handle) for handle in later}
    assert not any(handle.cancelled() for handle in later)
    turn(loop)
    assert seen == [0, 1, 2, 10, 11, 12]


def test_a_handle_used_again_is_as_new(loop: asyncio.AbstractEventLoop) -> None:
    """Also one that cancelled itself, one that was made in debug mode, and one that is referred to weakly."""
    handles: list[Any] = []

    def cancel() -> None:
        handles.pop().cancel()

    for debug in (False, True, False):
        loop.set_debug(debug)
        handles.append(loop.call_soon(cancel))
        reference = weakref.ref(loop.call_soon(int))
        loop.set_debug(False)
        turn(loop)
        seen: list[str] = []
        fresh = [loop.call_soon(seen.append, name) for name in "abcd"]
        assert not any(handle.cancelled() for handle in fresh)
        assert all("append" in repr(handle) and "created at" not in repr(handle) for handle in fresh)
        del fresh
        turn(loop)
        assert seen == ["a", "b", "c", "d"]
        assert reference() is None


def test_who_finds_a_spare_handle_holds_nobody_up(loop: asyncio.AbstractEventLoop) -> None:
    """The garbage collector knows those that wait for their next callback."""
    for _ in range(5):
        loop.call_soon(int)
    turn(loop)
    found = [thing for thing in gc.get_objects() if isinstance(thing, asyncio.Handle)]
    for handle in found[::2]:
        handle.cancel()
    seen: list[int] = []
    for number in range(8):
        loop.call_soon(seen.append, number)
    for handle in found:
        handle.cancel()
    del found, handle
    for number in range(8, 16):
        loop.call_soon(seen.append, number)
    turn(loop)
    assert seen == list(range(16))


def test_arguments_go_when_the_callback_has_run(loop: asyncio.AbstractEventLoop) -> None:
    """What dies with them may schedule callbacks of its own."""
    seen: list[str] = []

    class Argument:
        def __del__(self) -> None:
            seen.append("gone")
            for name in ("first", "second"):
                loop.call_soon(seen.append, name)

    loop.call_soon(lambda _: seen.append("called"), Argument())
    loop.call_soon(seen.append, "next")
    turn(loop)
    assert seen == ["called", "gone", "next"]
    turn(loop)
    assert seen == ["called", "gone", "next", "first", "second"]


def test_more_handles_than_are_kept(loop: asyncio.AbstractEventLoop) -> None:
    for _ in range(2):
        seen: list[int] = []
        for number in range(3000):
            loop.call_soon(seen.append, number)
        turn(loop)
        assert seen == list(range(3000))
