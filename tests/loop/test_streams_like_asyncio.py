"""Reading from a stream: the same program comes to the same end on asyncio's own loop and on the loop under test.

A program is a list of moves of both sides. The peer is a plain socket in the same thread, so each move has happened
when the loop turns; a number of turns says how far the loop gets before the next move.
"""

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from .support import new_loop, tcp_pair, turn, warm_up

# Turns after which nothing more comes of a move.
SETTLED = 8

Move = tuple[Any, ...]
Outcome = tuple[Any, ...]


def describe(task: "asyncio.Task[Any]") -> Outcome:
    """What became of a read: its result, its exception with all that it tells, or that it waits."""
    if not task.done():
        return ("waits",)
    if task.cancelled():
        return ("cancelled",)
    error = task.exception()
    if error is None:
        return ("result", type(task.result()), task.result())
    details = [getattr(error, name, None) for name in ("partial", "expected", "consumed", "errno")]
    chain = (repr(error.__cause__), repr(error.__context__), error.__suppress_context__)
    return ("error", type(error), error.args, details, chain)


class Play:
    """One program on one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int, *, tcp: bool) -> None:
        self.loop = loop
        self.tasks: list[asyncio.Task[Any]] = []
        self.seen: list[Any] = []
        ours, self.peer = tcp_pair() if tcp else socket.socketpair()
        self.reader, self.writer = loop.run_until_complete(asyncio.open_connection(sock=ours, limit=limit))
        loop.run_until_complete(warm_up(self.reader, self.peer))

    def settle(self, turns: int = SETTLED) -> None:
        for _ in range(turns):
            turn(self.loop)

    def play(self, moves: Sequence[Move]) -> list[Any]:
        for name, *arguments, turns in moves:
            if name in ("send", "feed", "eof", "reset", "fail"):
                self.settle()  # or else bytes join others that a task on its way would have received without them
            getattr(self, name)(*arguments)
            self.settle(turns)
            # The end that a task waits for is received in its own step: it is known a turn later than on asyncio.
            ended = turns == SETTLED and self.reader.at_eof()
            self.seen.append((name, ended, [describe(task) for task in self.tasks]))
        return self.end()

    def end(self) -> list[Any]:
        """Read what is left, and end in good order."""
        self.settle()
        self.seen.append([describe(task) for task in self.tasks])
        self.cancel(len(self.tasks))
        self.settle()
        self.seen.append([describe(task) for task in self.tasks])
        self.eof()
        rest = self.loop.create_task(self.reader.read())
        self.settle()
        self.seen += [describe(rest), self.reader.at_eof(), bytes(self.reader._buffer)]  # type: ignore[attr-defined]
        rest.cancel()
        self.writer.close()
        self.settle()
        after = [self.loop.create_task(read) for read in (self.reader.read(1), self.reader.readline())]
        drained = self.loop.create_task(self.writer.drain())
        self.settle()
        self.seen += [describe(task) for task in (*after, drained)]
        self.peer.close()
        return self.seen

    # -- moves --------------------------------------------------------------------------------------------------

    def read(self, name: str, *arguments: Any) -> None:
        self.tasks.append(self.loop.create_task(getattr(self.reader, name)(*arguments)))

    def read_inside(self, name: str, *arguments: Any) -> None:
        async def read() -> Any:
            return await getattr(self.reader, name)(*arguments)

        self.tasks.append(self.loop.create_task(read()))

    def read_at_once(self, name: str, *arguments: Any) -> None:
        async def read() -> Any:
            return await asyncio.wait_for(getattr(self.reader, name)(*arguments), 0)

        self.tasks.append(self.loop.create_task(read()))

    def lines(self) -> None:
        async def read() -> list[bytes]:
            return [line async for line in self.reader]

        self.tasks.append(self.loop.create_task(read()))

    def cancel(self, most: int = 1) -> None:
        for task in [task for task in self.tasks if not task.done()][:most]:
            task.cancel()

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.peer.send(data)

    def feed(self, data: bytes) -> None:
        with contextlib.suppress(AssertionError):  # after the end
            self.reader.feed_data(data)

    def eof(self) -> None:
        with contextlib.suppress(OSError):
            self.peer.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        if self.peer.fileno() >= 0 and self.peer.family == socket.AF_INET:
            self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.peer.close()

    def fail(self) -> None:
        self.reader.set_exception(ZeroDivisionError("on purpose"))


def outcome(make: Callable[[], asyncio.AbstractEventLoop], limit: int, moves: Sequence[Move], tcp: bool) -> list[Any]:
    """Play a program on a new loop; returns all that was seen, and what the loop's exception handler was told."""
    reports: list[Any] = []
    loop = make()
    loop.set_exception_handler(
        lambda _loop, context: reports.append((context["message"], repr(context.get("exception"))))
    )
    try:
        return [*Play(loop, limit, tcp=tcp).play(moves), reports]
    finally:
        loop.close()


separators: list[Any] = [b"\n", b"ab", b"aab", b"abab\n", b"", bytearray(b"ab"), "no bytes", None]
if sys.version_info >= (3, 13):
    separators += [(b"ab", b"b\n"), (b"",), ()]

few = st.integers(0, 3) | st.just(SETTLED)
data = st.text("ab\n", min_size=1, max_size=12).map(str.encode)
careful = st.tuples(st.just("read"), st.sampled_from([1, 2, 5, 100])) | st.tuples(
    st.just("readexactly"), st.sampled_from([1, 3, 8])
)
methods = (
    careful
    | st.tuples(st.just("read"), st.sampled_from([-1, 0, True, 2**70]))
    | st.just(("read",))
    | st.tuples(st.just("readexactly"), st.sampled_from([-1, 0, 20]))
    | st.just(("readline",))
    | st.tuples(st.just("readuntil"), st.sampled_from(separators))
)
ways = st.sampled_from(["read", "read", "read_inside", "read_at_once"])
sends = st.tuples(st.just("send"), data, few)
cancels = st.tuples(st.just("cancel"), few)


def reads(which: st.SearchStrategy[Any]) -> st.SearchStrategy[Move]:
    return st.tuples(ways, which, few).map(lambda parts: (parts[0], *parts[1], parts[2]))


programs = st.lists(
    reads(methods)
    | reads(methods)
    | sends
    | sends
    | cancels
    | st.tuples(st.sampled_from(["eof", "lines", "fail"]), few)
    | st.tuples(st.just("feed"), data, st.just(SETTLED))
    | st.tuples(st.just("reset"), st.just(SETTLED)),  # before that, the loop may have heard of it or not
    max_size=14,
)


@given(st.sampled_from([1, 2, 4, 8, 64]), programs, st.booleans())
def test_every_program_comes_to_the_end_that_it_has_on_asyncio(limit: int, moves: list[Move], tcp: bool) -> None:
    assert outcome(new_loop, limit, moves, tcp) == outcome(asyncio.SelectorEventLoop, limit, moves, tcp)


@given(st.sampled_from([1, 4, 64]), st.lists(reads(careful) | sends | sends | cancels, max_size=14), st.booleans())
def test_wherever_a_read_is_cancelled_no_byte_is_lost(limit: int, moves: list[Move], tcp: bool) -> None:
    loop = new_loop()
    play = Play(loop, limit, tcp=tcp)
    for name, *arguments, turns in moves:
        if not name.startswith("read") or all(task.done() for task in play.tasks):
            getattr(play, name)(*arguments)
        play.settle(turns)
    play.cancel()
    play.settle()
    play.eof()
    rest = loop.run_until_complete(play.reader.read())
    received = [task.result() for task in play.tasks if not task.cancelled() and task.exception() is None]
    play.writer.close()
    play.settle()
    play.peer.close()
    loop.close()
    assert b"".join(received) + rest == b"".join(data for name, data, *_ in moves if name == "send")
