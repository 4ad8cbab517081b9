"""The write buffer, in both builds, against plain bytes: nothing lost, doubled, reordered or kept for too long.

The compiled buffer is inside a stream transport, so it is driven from there: the transport writes into a socket pair
whose kernel buffer is small, and what the peer has not got and the kernel does not hold must be in the buffer.
"""

import asyncio
import fcntl
import itertools
import socket
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from . import plain
from .turning import new_loop, turn

# No period that fits any size used here: two pieces that swap places do not look the same.
PATTERN = b"".join(struct.pack(">I", number * 2654435761 % 2**32) for number in range(2**18))

# Many small pieces, more than one sendmsg takes, or one of a size up to several times that of the kernel's buffer.
pieces = st.one_of(
    st.lists(st.integers(1, 50), max_size=20),
    st.integers(1, 400).map(lambda count: [1] * count),
    st.integers(1, 60_000).map(lambda size: [size]),
)
steps: st.SearchStrategy[tuple[str, list[int]]] = st.one_of(
    st.tuples(st.just("append"), pieces),
    st.tuples(st.just("take"), pieces),
    st.tuples(st.just("clear"), st.builds(list[int])),
)


@given(st.lists(steps, max_size=20))
def test_the_plain_buffer_is_a_run_of_bytes(program: list[tuple[str, list[int]]]) -> None:
    buffer, model, made = plain.buffers.WriteBuffer(), b"", 0
    for step, sizes in program:
        for size in sizes:
            if step == "append":
                piece = PATTERN[made : made + size]
                made += size
                buffer.append(piece)
                model += piece
            elif model:
                taken = min(size, len(model))
                buffer.consume(taken)
                model = model[taken:]
            assert len(buffer) == len(model)
        if step == "clear":
            buffer.clear()
            model = b""
        assert bytes(buffer) == model


class Pair:
    """A transport of whorl and its peer, a bare socket; whatever is written goes by the pattern."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        ours, self.peer = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # the kernel makes its least of it, a few pages
        ours.setblocking(False)
        self.peer.setblocking(False)
        opening = loop.create_connection(asyncio.Protocol, sock=ours)
        self.transport: asyncio.Transport = loop.run_until_complete(opening)[0]
        self.written = self.received = 0

    def close(self) -> None:
        self.transport.abort()
        turn(self.loop)
        self.peer.close()

    def pieces(self, sizes: list[int]) -> list[bytes]:
        ends = list(itertools.accumulate(sizes, initial=self.written))
        self.written = ends[-1]
        return [PATTERN[start:end] for start, end in itertools.pairwise(ends)]

    def receive(self, most: int) -> None:
        while most > 0:
            try:
                data = self.peer.recv(most)
            except BlockingIOError:
                return
            assert data == PATTERN[self.received : self.received + len(data)]
            self.received += len(data)
            most -= len(data)

    def in_kernel(self) -> int:
        return int.from_bytes(fcntl.ioctl(self.peer, termios.FIONREAD, bytes(4)), sys.byteorder)

    def check(self) -> None:
        assert self.received + self.in_kernel() + self.transport.get_write_buffer_size() == self.written


@contextmanager
def new_pair() -> Iterator[Pair]:
    with new_loop() as loop:
        pair = Pair(loop)
        try:
            yield pair
        finally:
            pair.close()


corked = st.booleans()


@given(
    program=st.lists(
        st.one_of(
            st.tuples(st.just("write"), pieces, corked),
            st.tuples(st.just("writelines"), pieces, corked),
            st.tuples(st.just("receive"), pieces, st.just(False)),
        ),
        max_size=12,
    )
)
def test_a_transport_loses_nothing(program: list[tuple[str, list[int], bool]]) -> None:
    with new_pair() as pair:
        for step, sizes, in_callback in program:
            if step == "receive":
                pair.receive(sum(sizes))
                turn(pair.loop)
                pair.check()
                continue
            data = pair.pieces(sizes)
            calls = [(pair.transport.writelines, data)] if step == "writelines" else []
            calls += [(pair.transport.write, piece) for piece in data if not calls]  # type: ignore[misc]
            for call, argument in calls:
                if in_callback:
                    pair.loop.call_soon(call, argument)
                else:
                    call(argument)
            turn(pair.loop)
            pair.check()
        while pair.received < pair.written:
            before = pair.received
            pair.receive(2**20)
            assert pair.received > before
            turn(pair.loop)
            pair.check()
        assert pair.transport.get_write_buffer_size() == 0


def shared(chunks: list[bytes]) -> list[bool]:
    """Which chunks somebody holds beside this list."""
    lonely = [bytes(bytearray(b"lonely"))]
    return [sys.getrefcount(chunks[number]) > sys.getrefcount(lonely[0]) for number in range(len(chunks))]


def test_the_compiled_buffer_lets_go_of_sent_chunks() -> None:
    with new_pair() as pair:
        chunks = pair.pieces([100_000] * 10)
        assert not any(shared(chunks))
        pair.transport.writelines(chunks)
        while pair.received < pair.written:
            pair.receive(30_000)
            turn(pair.loop)
            sent = pair.received + pair.in_kernel()
            assert shared(chunks) == [100_000 * (number + 1) > sent for number in range(10)]


def test_the_compiled_buffer_lets_go_of_chunks_that_will_not_be_sent() -> None:
    with new_pair() as pair:
        chunks = pair.pieces([100_000])
        pair.transport.writelines(chunks)
        assert shared(chunks) == [True]
        pair.transport.abort()
        assert shared(chunks) == [False]
        assert pair.transport.get_write_buffer_size() == 0


def test_the_plain_buffer_lets_go_of_sent_chunks() -> None:
    buffer = plain.buffers.WriteBuffer()
    chunks = [PATTERN[start : start + 10] for start in range(0, 1000, 10)]
    assert not any(shared(chunks))
    for number in range(100):
        buffer.append(chunks[number])
    for sent in range(1, 1001):
        buffer.consume(1)
        assert shared(chunks) == [10 * (number + 1) > sent for number in range(100)]


class CountingList(list[bytes]):
    """A list that counts the places it touches, those that a deletion moves included."""

    touched = 0

    def append(self, item: bytes) -> None:
        self.touched += 1
        super().append(item)

    def clear(self) -> None:
        self.touched += len(self)
        super().clear()

    def __getitem__(self, index: Any) -> Any:
        self.touched += 1
        return super().__getitem__(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.touched += 1
        super().__setitem__(index, value)

    def __delitem__(self, index: Any) -> None:
        self.touched += len(self)
        super().__delitem__(index)


@pytest.mark.parametrize("behind", [1, 63, 64, 200, 5000])
def test_many_small_chunks_cost_linear_time_and_no_room(behind: int) -> None:
    """A reader that is ``behind`` chunks late, all the time; then one that takes what is left."""
    buffer, count = plain.buffers.WriteBuffer(), 20_000
    chunks = buffer.chunks = CountingList()
    for number in range(count):
        buffer.append(b"ab")
        if number >= behind:
            buffer.consume(2)
        assert len(chunks) <= 2 * behind + 65
    while len(buffer):
        buffer.consume(1)
    assert count < chunks.touched < 10 * count
