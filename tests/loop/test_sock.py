"""Sock operations: nothing is lost, nobody waits in vain, and they are coroutines in every respect."""

import asyncio
import socket
import sys
import time
from collections.abc import Iterator

import pytest

from .support import PATIENCE, soon_or_never, tcp_pair, turn, whorl_only


@pytest.fixture(params=["unix", "tcp"])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two connected, non-blocking sockets."""
    one, other = socket.socketpair() if request.param == "unix" else tcp_pair()
    one.setblocking(False)
    other.setblocking(False)
    with one, other:
        yield one, other


Pair = tuple[socket.socket, socket.socket]


def test_nothing_is_received_at_once(loop: asyncio.AbstractEventLoop, pair: Pair) -> None:
    assert soon_or_never(loop, loop.sock_recv(pair[0], 0)) == b""
    assert soon_or_never(loop, loop.sock_recv_into(pair[0], bytearray())) == 0
    pair[1].send(b"something")
    assert soon_or_never(loop, loop.sock_recv(pair[0], 100)) == b"something"
    assert soon_or_never(loop, loop.sock_recv(pair[0], 0)) == b""


@whorl_only
def test_an_operation_has_one_awaiter(loop: asyncio.AbstractEventLoop, pair: Pair) -> None:
    operation = loop.sock_recv(pair[0], 100)
    first = loop.create_task(operation)
    turn(loop)
    second = loop.create_task(operation)
    turn(loop)
    with pytest.raises(RuntimeError, match="await"):
        second.result()
    pair[1].send(b"for the first")
    assert soon_or_never(loop, first) == b"for the first"
    with pytest.raises(RuntimeError, match="cannot reuse"):
        soon_or_never(loop, operation)


def test_a_cancelled_reader_takes_nothing_with_it(loop: asyncio.AbstractEventLoop, pair: Pair) -> None:
    for number in range(20):
        reader = loop.create_task(loop.sock_recv(pair[0], 100))
        turn(loop)
        pair[1].send(b"%d" % number)
        if number % 2:
            turn(loop)  # the event is there, the reader's step is queued
        reader.cancel()
        turn(loop)
        turn(loop)
        got = b"" if reader.cancelled() else reader.result()
        assert got or soon_or_never(loop, loop.sock_recv(pair[0], 100)) == b"%d" % number


def test_two_readers_of_one_socket_share_what_comes(loop: asyncio.AbstractEventLoop, pair: Pair) -> None:
    readers = [loop.create_task(loop.sock_recv(pair[0], 1)) for _ in range(2)]
    turn(loop)
    pair[1].send(b"a")
    turn(loop)
    turn(loop)
    pair[1].send(b"b")
    if "whorl" not in type(loop).__module__:  # asyncio: the second takes the first one's place
        for reader in readers:
            reader.cancel()
        return
    assert sorted(soon_or_never(loop, asyncio.gather(*readers))) == [b"a", b"b"]


def test_an_operation_can_be_gathered_waited_for_and_timed_out(loop: asyncio.AbstractEventLoop, pair: Pair) -> None:
    one, other = pair

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(loop.sock_recv(one, 100), 0.001)
        got, sent = await asyncio.gather(loop.sock_recv(one, 100), loop.sock_sendall(other, b"together"))
        assert (got, sent) == (b"together", None)
        task = asyncio.create_task(loop.sock_recv(one, 100))
        await asyncio.sleep(0)
        assert "sock_recv" in repr(task)
        assert asyncio.iscoroutine(task.get_coro())
        assert task.get_stack() is not None
        other.send(b"to a task")
        assert await asyncio.wait_for(task, PATIENCE) == b"to a task"

    soon_or_never(loop, main())


def forget(_operation: object) -> None:
    pass


def test_an_operation_that_nobody_awaits_says_so(loop: asyncio.AbstractEventLoop, pair: Pair) -> None:
    with pytest.warns(RuntimeWarning, match="sock_recv|Recv"):
        forget(loop.sock_recv(pair[0], 100))


@whorl_only
def test_urgent_data_does_not_hide_what_comes_behind_it(loop: asyncio.AbstractEventLoop) -> None:
    ours, theirs = tcp_pair()
    ours.setblocking(False)
    with ours, theirs:
        for number in range(10):
            theirs.send(b"before%d," % number)
            theirs.send(b"!", socket.MSG_OOB)
            theirs.send(b"behind%d;" % number)
            got = b""
            deadline = time.monotonic() + PATIENCE
            while not got.endswith(b"behind%d;" % number):
                assert time.monotonic() < deadline
                got += soon_or_never(loop, loop.sock_recv(ours, 100))


def test_a_forgotten_socket_closes_itself(loop: asyncio.AbstractEventLoop) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.send(b"something")
    assert soon_or_never(loop, loop.sock_recv(ours, 100)) == b"something"
    table = [ours]
    del ours
    with pytest.warns(ResourceWarning, match="unclosed"):
        forget(table.pop())
    with theirs:
        assert theirs.recv(100) == b""


def test_results_arrive_while_a_debugger_looks_on(loop: asyncio.AbstractEventLoop, pair: Pair) -> None:
    def nothing(*_: object) -> None:
        pass

    async def main() -> bytes:
        pair[1].send(b"something")
        before = sys.gettrace()
        sys.settrace(nothing)
        try:
            got = await loop.sock_recv(pair[0], 100)
            await loop.sock_sendall(pair[0], b"else")
            return got
        finally:
            sys.settrace(before)

    assert soon_or_never(loop, main()) == b"something"


@whorl_only
def test_an_operation_is_driven_from_python_too(loop: asyncio.AbstractEventLoop, pair: Pair) -> None:
    operation = loop.sock_recv(pair[0], 100)
    assert asyncio.isfuture(operation.send(None))
    operation.close()
    pair[1].send(b"something")
    turn(loop)  # the loop hears of it
    with pytest.raises(StopIteration) as end:
        loop.sock_recv(pair[0], 100).send(None)
    assert end.value.value == b"something"
    pair[1].send(b"else")
    turn(loop)
    with pytest.raises(StopIteration) as end:
        next(loop.sock_recv(pair[0], 100).__await__())
    assert end.value.value == b"else"
