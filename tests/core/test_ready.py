"""The ready queue, in both builds, against a deque: the same order whatever is pushed, popped and cleared."""

import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

import whorl

from . import plain
from .turning import ending_the_turn, new_loop, run_one


class Queue(Protocol):
    def push(self, value: int) -> object: ...
    def pop(self) -> int: ...
    def clear(self) -> None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[int]: ...


class LoopQueue:
    """The compiled queue: a loop pushes to it with ``call_soon`` and pops from it when it turns."""

    def __init__(self, loop: whorl.EventLoop) -> None:
        self.loop = loop
        self.queue = loop.ready
        self.popped: list[int] = []
        self.callback = ending_the_turn(self.popped.append)

    def push(self, value: int) -> None:
        self.loop.call_soon(self.callback, value)

    def pop(self) -> int:
        run_one(self.loop)
        return self.popped.pop()

    def clear(self) -> None:
        self.queue.clear()

    def __len__(self) -> int:
        return len(self.queue)

    def __iter__(self) -> Iterator[int]:
        return (handle._args[0] for handle in self.queue)


@contextmanager
def compiled_queue() -> Iterator[Queue]:
    with new_loop() as loop:
        yield LoopQueue(loop)


@contextmanager
def plain_queue() -> Iterator[Queue]:
    yield plain.ready.ReadyQueue()


Build = Callable[[], AbstractContextManager[Queue]]
builds = pytest.mark.parametrize("build", [compiled_queue, plain_queue])

# A ring has 64 places at first: these grow it twice and more, at any place of its head.
steps = st.one_of(
    st.tuples(st.just("push"), st.integers(0, 90)),
    st.tuples(st.just("pop"), st.integers(0, 90)),
    st.tuples(st.just("clear"), st.just(1)),
)


@builds
@given(program=st.lists(steps, max_size=25))
def test_first_in_first_out(build: Build, program: list[tuple[str, int]]) -> None:
    model: deque[int] = deque()
    pushed = 0
    with build() as queue:
        for step, times in program:
            if step == "clear":
                queue.clear()
                model.clear()
            elif step == "push":
                for pushed in range(pushed + 1, pushed + times + 1):
                    queue.push(pushed)
                    model.append(pushed)
            else:
                for _ in range(min(times, len(model))):
                    assert queue.pop() == model.popleft()
            assert list(queue) == list(model)
            assert len(queue) == len(model)


class Thing:
    def run(self) -> None: ...


@pytest.mark.parametrize("end", ["pop", "clear"])
def test_the_plain_queue_keeps_nothing_alive(end: str) -> None:
    queue, things = plain.ready.ReadyQueue(), [Thing() for _ in range(200)]
    references = [weakref.ref(thing) for thing in things]
    while things:
        queue.push(things.pop(0))
    assert all(reference() is not None for reference in references)
    if end == "clear":
        queue.clear()
    for reference in references:
        if end == "pop":
            assert queue.pop() is reference()
        assert reference() is None


@pytest.mark.parametrize("end", ["run", "clear", "close"])
def test_the_compiled_queue_keeps_nothing_alive(end: str) -> None:
    with new_loop() as loop:
        things = [Thing() for _ in range(200)]
        references = [weakref.ref(thing) for thing in things]
        while things:
            loop.call_soon(things.pop().run)
        assert all(reference() is not None for reference in references)
        {"run": loop._run_once, "clear": loop.ready.clear, "close": loop.close}[end]()
        assert len(loop.ready) == 0
        assert [reference() for reference in references] == [None] * 200


@builds
def test_iteration_shows_what_was_there_when_it_began(build: Build) -> None:
    with build() as queue:
        for value in range(100):
            queue.push(value)
        values = iter(queue)
        queue.clear()
        queue.push(-1)
        assert list(values) == list(range(100))
