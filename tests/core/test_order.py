"""Order on the real loop: random programs run on whorl and on asyncio, callback for callback the same, turn by turn.

A program is a forest of callbacks: each, when it runs, schedules its children, cancels one of those made so far, or
fails. Times are past, and so far from each other that both loops see the same however slow the machine is, or far in
the future. What asyncio leaves open, the order of timers of exactly the same time, is held against whorl's own promise.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import whorl

from .turning import new_loop, turn

FAR = 1_000_000  # seconds


class Node(NamedTuple):
    """A callback: how it is scheduled, and what it does when it runs."""

    how: str
    delay: int  # of a timer, in thousands of seconds; that of call_at counts from long ago
    cancels: int  # the handle that it cancels, among those made so far; negative for none
    fails: bool
    children: "list[Node]"


def nodes(children: "st.SearchStrategy[list[Node]]") -> st.SearchStrategy[Node]:
    return st.builds(
        Node,
        how=st.sampled_from(["call_soon", "call_soon", "call_soon_threadsafe", "call_later", "call_at", "add_reader"]),
        delay=st.integers(-3, 1),
        cancels=st.integers(-5, 15),
        fails=st.sampled_from([False] * 9 + [True]),
        children=children,
    )


trees = st.recursive(nodes(st.just([])), lambda deeper: nodes(st.lists(deeper, max_size=5)), max_leaves=30)


class Reader:
    """A descriptor that is readable from the start; it has a handle's ``cancel``."""

    def __init__(self, loop: asyncio.AbstractEventLoop, callback: Callable[[Node, str], None], *args: object) -> None:
        self.loop = loop
        self.ours, theirs = socket.socketpair()
        theirs.close()
        loop.add_reader(self.ours, self.run, callback, *args)

    def run(self, callback: Callable[..., None], *args: object) -> None:
        self.cancel()
        callback(*args)

    def cancel(self) -> None:
        if self.ours.fileno() >= 0:
            self.loop.remove_reader(self.ours)
            self.ours.close()


class Run:
    """One program on one loop; the log has the turn, and whose callback ran or whose failure was reported."""

    def __init__(self, loop: asyncio.AbstractEventLoop, program: list[Node]) -> None:
        self.loop = loop
        self.turn = 0
        self.log: list[tuple[int, str]] = []
        self.handles: list[asyncio.Handle | Reader] = []
        loop.set_exception_handler(lambda _loop, context: self.log.append((self.turn, str(context["exception"]))))
        for number, node in enumerate(program):
            self.schedule(node, str(number))

    def schedule(self, node: Node, name: str) -> None:
        loop, callback = self.loop, self.callback
        # Every call_at has a time of its own, before that of any call_later, which come one after the other.
        when = node.delay * 1000 - FAR - len(self.handles)
        methods: dict[str, Callable[[], asyncio.Handle | Reader]] = {
            "call_soon": lambda: loop.call_soon(callback, node, name),
            "call_soon_threadsafe": lambda: loop.call_soon_threadsafe(callback, node, name),
            "call_later": lambda: loop.call_later(node.delay * 1000, callback, node, name),
            "call_at": lambda: loop.call_at(when, callback, node, name),
            "add_reader": lambda: Reader(loop, callback, node, name),
        }
        self.handles.append(methods[node.how]())

    def callback(self, node: Node, name: str) -> None:
        self.log.append((self.turn, name))
        for number, child in enumerate(node.children):
            self.schedule(child, f"{name}.{number}")
        if 0 <= node.cancels < len(self.handles):
            self.handles[node.cancels].cancel()
        if node.fails:
            raise LookupError(f"{name} failed")

    def finish(self) -> list[tuple[int, str]]:
        """Turn until a turn runs nothing: whatever is not in the far future runs in the turn after it was set."""
        while self.turn == 0 or self.turn in dict(self.log):
            self.turn += 1
            turn(self.loop)
        for handle in self.handles:
            handle.cancel()
        return self.log


def log_of(loop: asyncio.AbstractEventLoop, program: list[Node], debug: bool) -> list[tuple[int, str]]:
    with closing(loop):
        loop.set_debug(debug)
        return Run(loop, program).finish()


@pytest.mark.parametrize("debug", [False, True])
@given(program=st.lists(trees, max_size=10))
def test_the_order_is_asyncios(debug: bool, program: list[Node]) -> None:
    assert log_of(whorl.EventLoop(), program, debug) == log_of(asyncio.SelectorEventLoop(), program, debug)


@given(whens=st.lists(st.integers(-3, 0), max_size=150), cancelled=st.sets(st.integers(0, 150)))
def test_timers_of_the_same_time_run_in_the_order_in_which_they_were_set(whens: list[int], cancelled: set[int]) -> None:
    with new_loop() as loop:
        ran: list[int] = []
        timers = [loop.call_at(when, ran.append, number) for number, when in enumerate(whens)]
        for number in cancelled & set(range(len(whens))):
            timers[number].cancel()
        turn(loop)
        left = [number for number in range(len(whens)) if number not in cancelled]
        assert ran == sorted(left, key=whens.__getitem__)


@given(st.lists(st.sampled_from([0.0, -0.0, -1, -1e308, float("-inf"), 5e-324, 1e-12]), max_size=50))
def test_delays_of_nothing_run_in_the_next_turn(delays: list[float]) -> None:
    with new_loop() as loop:
        ran: list[float] = []
        for delay in delays:
            loop.call_later(delay, ran.append, delay)
        assert ran == []
        turn(loop)
        assert sorted(ran) == sorted(delays)


def test_timers_wait_for_their_time_and_keep_their_order() -> None:
    seen: list[tuple[int, bool]] = []

    async def main(loop: asyncio.AbstractEventLoop) -> None:
        """Set timers a millisecond apart, backwards; each notes whether it came too early."""
        done, start = loop.create_future(), loop.time()

        def note(number: int) -> None:
            seen.append((number, loop.time() < start + number / 1000 - 1e-6))

        loop.call_at(start + 0.021, done.set_result, None)
        for number in range(20, 0, -1):
            loop.call_at(start + number / 1000, note, number)
        await done

    with new_loop() as loop:
        loop.run_until_complete(main(loop))
    assert seen == [(number, False) for number in range(1, 21)]
