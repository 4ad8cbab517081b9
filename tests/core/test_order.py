"""Order on the real loop: random programs run on whorl and on asyncio, callback for callback the same, turn by turn.

A program is a forest of callbacks: each, when it runs, schedules its children, cancels one of those made so far, or
fails. It runs on a clock that moves on by one with every turn, and on the real one, where times are past, and so far
from each other that both loops see the same however slow the machine is, or too far in the future to come. What asyncio
leaves open, the order of timers of exactly the same time, is held against whorl's own promise.
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

LONGEST = 5  # turns that a timer waits for
AGES = 1_000_000  # seconds


class AsynciosOnClock(asyncio.SelectorEventLoop):
    """asyncio's loop with a clock that is moved by hand; nothing waits for real."""

    now = 0.0

    def time(self) -> float:
        return self.now


class WhorlsOnClock(whorl.EventLoop):
    """The same for whorl's."""

    now = 0.0

    def time(self) -> float:
        return self.now


class Node(NamedTuple):
    """A callback: how it is scheduled, and what it does when it runs."""

    how: str
    delay: int  # of a timer
    cancels: int  # the handle that it cancels, among those made so far; negative for none
    fails: bool
    children: "list[Node]"


def nodes(children: "st.SearchStrategy[list[Node]]") -> st.SearchStrategy[Node]:
    return st.builds(
        Node,
        how=st.sampled_from(["call_soon", "call_soon", "call_soon_threadsafe", "call_later", "call_at", "add_reader"]),
        delay=st.integers(-3, LONGEST),
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
        # Every timer has a time of its own: asyncio promises no order for equal ones.
        if isinstance(loop, AsynciosOnClock | WhorlsOnClock):
            delay = node.delay + len(self.handles) / 1000
            when = loop.now + delay
        else:
            delay = node.delay * 1000.0  # the real clock moves on from call to call
            when = delay - AGES - len(self.handles)  # before all those
        methods: dict[str, Callable[[], asyncio.Handle | Reader]] = {
            "call_soon": lambda: loop.call_soon(callback, node, name),
            "call_soon_threadsafe": lambda: loop.call_soon_threadsafe(callback, node, name),
            "call_later": lambda: loop.call_later(delay, callback, node, name),
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
        """Turn until nothing is left that could still run: it would have in this many turns."""
        while self.turn - max(dict(self.log), default=0) <= LONGEST + 1:
            self.turn += 1
            if isinstance(self.loop, AsynciosOnClock | WhorlsOnClock):
                self.loop.now += 1
            turn(self.loop)
        for handle in self.handles:
            handle.cancel()
        return self.log


def log_of(loop: asyncio.AbstractEventLoop, program: list[Node], debug: bool) -> list[tuple[int, str]]:
    with closing(loop):
        loop.set_debug(debug)
        return Run(loop, program).finish()


@pytest.mark.parametrize("debug", [False, True], ids=["plain mode", "debug mode"])
@pytest.mark.parametrize(
    "loops",
    [(whorl.EventLoop, asyncio.SelectorEventLoop), (WhorlsOnClock, AsynciosOnClock)],
    ids=["real clock", "moved clock"],
)
@given(program=st.lists(trees, max_size=10))
def test_the_order_is_asyncios(
    loops: list[Callable[[], asyncio.AbstractEventLoop]], debug: bool, program: list[Node]
) -> None:
    ours, theirs = (log_of(loop(), program, debug) for loop in loops)
    assert ours == theirs


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
