"""``StreamReader`` and ``StreamWriter`` on whorl's transports: what a comparison with asyncio does not show."""

import asyncio
import contextlib
import inspect
import io
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from unittest import mock

import pytest

from .support import Recorder, soon_or_never, turn, turn_until, until, warm_up, whorl_only

Loop = asyncio.AbstractEventLoop
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


async def streams(limit: float = 1 << 16) -> tuple[asyncio.StreamReader, Any, socket.socket]:
    """Return a reader, a writer and the plain socket at their other end."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours, limit=limit)  # type: ignore[arg-type]
    await warm_up(reader, theirs)
    return reader, writer, theirs


async def end(writer: Any, peer: socket.socket) -> None:
    peer.close()
    writer.close()
    await writer.wait_closed()


async def with_server(serve: Serve, talk: Callable[[asyncio.StreamReader, Any], Awaitable[Any]]) -> Any:
    """Talk to a stream server, and return what comes of that."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        return await talk(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()


def compiled(reader: asyncio.StreamReader) -> bool:
    return "read" in reader.__dict__


@whorl_only
def test_a_read_may_be_driven_by_hand_once(loop: Loop) -> None:
    reader, writer, peer = soon_or_never(loop, streams())
    read: Any = reader.read(10)
    future = read.send(None)
    with pytest.raises(RuntimeError, match="coroutine is being awaited already"):
        read.send(None)
    peer.send(b"hello")
    turn_until(loop, future.done)
    with pytest.raises(StopIteration) as result:
        read.send(None)
    assert result.value.value == b"hello"
    with pytest.raises(RuntimeError, match="cannot reuse already awaited coroutine"):
        read.send(None)
    with pytest.raises(RuntimeError, match="cannot reuse already awaited coroutine"):
        read.throw(ValueError("late"))
    soon_or_never(loop, end(writer, peer))


@whorl_only
@pytest.mark.parametrize("how", ["closed", "dropped"])
@pytest.mark.parametrize("woken", [False, True])
def test_a_read_that_is_given_up_makes_room_for_the_next_one(loop: Loop, how: str, woken: bool) -> None:
    reader, writer, peer = soon_or_never(loop, streams())
    read: Any = reader.readexactly(5)
    future = read.send(None)
    peer.send(b"hello")
    if woken:
        turn_until(loop, future.done)
    if how == "closed":
        read.close()
    del read
    assert soon_or_never(loop, reader.read(10)) == b"hello"
    soon_or_never(loop, end(writer, peer))


def test_a_read_or_drain_that_is_never_awaited_is_warned_of(loop: Loop) -> None:
    async def talk(reader: asyncio.StreamReader, writer: Any) -> None:
        for call in (lambda: reader.read(1), reader.readline, reader.read, writer.drain):
            with pytest.warns(RuntimeWarning, match="was never awaited"):
                call()
        writer.close()

    soon_or_never(loop, with_server(talk, lambda reader, _writer: reader.read()))


def test_a_task_that_waits_in_a_read_can_be_looked_at(loop: Loop) -> None:
    reader, writer, peer = soon_or_never(loop, streams())
    read = reader.read(10)
    assert inspect.isawaitable(read)
    assert asyncio.iscoroutine(read)
    task = loop.create_task(read)
    turn(loop)
    stack = io.StringIO()
    task.print_stack(file=stack)
    assert len(task.get_stack()) <= 1
    assert "StreamReader.read" in repr(task)
    assert "StreamReader.read" in stack.getvalue()
    task.cancel()
    turn_until(loop, task.done)
    soon_or_never(loop, end(writer, peer))


@pytest.mark.parametrize("limit", [float("inf"), float("nan"), 1e6, 2**62, 2**80])
def test_a_limit_may_be_larger_than_any_line(loop: Loop, limit: float) -> None:
    reader, writer, peer = soon_or_never(loop, streams(limit))
    peer.send(b"line\nmore")
    assert soon_or_never(loop, reader.readline()) == b"line\n"
    assert soon_or_never(loop, reader.read(10)) == b"more"
    soon_or_never(loop, end(writer, peer))


def test_the_limit_is_that_of_the_moment(loop: Loop) -> None:
    reader, writer, peer = soon_or_never(loop, streams(10))
    reader._limit = 100
    peer.send(bytes(50) + b"\n")
    assert soon_or_never(loop, reader.readline()) == bytes(50) + b"\n"
    reader._limit = 10
    peer.send(bytes(50) + b"\n")
    with pytest.raises(ValueError, match="chunk is longer than limit"):
        soon_or_never(loop, reader.readline())
    soon_or_never(loop, end(writer, peer))


def test_what_nobody_reads_waits_in_the_kernel(loop: Loop) -> None:
    limit, once = 1000, 256 * 1024
    reader, writer, peer = soon_or_never(loop, streams(limit))
    peer.setblocking(False)
    sent = 0

    # Bytes come with each turn; first nobody takes any, then a little.
    for size in [0] * 300 + [1] * 300:
        with contextlib.suppress(BlockingIOError):
            sent += peer.send(bytes(5000))
        turn(loop)
        if size:
            soon_or_never(loop, reader.readexactly(size))
            sent -= size
        assert len(reader._buffer) <= 2 * limit + once
    assert not writer.transport.is_reading()
    # More than the limit is asked for: the pause must end.
    assert len(soon_or_never(loop, reader.readexactly(sent))) == sent
    soon_or_never(loop, end(writer, peer))


async def streams_of_server() -> tuple[asyncio.StreamReader, Any, socket.socket]:
    """Return what a server's callback gets, and the plain socket of its client."""
    met: asyncio.Future[tuple[asyncio.StreamReader, Any]] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda *both: met.set_result(both), "127.0.0.1", 0)
    peer = socket.create_connection(server.sockets[0].getsockname())
    reader, writer = await met
    server.close()
    return reader, writer, peer


@pytest.mark.parametrize("connect", [streams, streams_of_server])
def test_drain_waits_for_a_peer_that_does_not_read_and_fails_when_the_connection_is_lost(
    loop: Loop, connect: Any
) -> None:
    reader, writer, peer = soon_or_never(loop, connect())
    peer.setblocking(False)
    drain = loop.create_task(writer.drain())
    turn(loop)
    assert drain.done()
    while drain.done():
        writer.write(bytes(1 << 16))
        drain = loop.create_task(writer.drain())
        turn(loop)
    assert writer.transport.get_write_buffer_size() > 1 << 16

    def read_and_look() -> bool:
        with contextlib.suppress(BlockingIOError):
            peer.recv(1 << 20)
        return drain.done()

    turn_until(loop, read_and_look)
    assert drain.result() is None
    writer.transport.abort()
    for _ in range(2):
        with pytest.raises(ConnectionResetError, match="Connection lost"):
            soon_or_never(loop, writer.drain())
    assert soon_or_never(loop, reader.read()) == b""
    soon_or_never(loop, end(writer, peer))


def test_reads_go_on_across_a_change_of_protocol_and_back(loop: Loop) -> None:
    async def main() -> None:
        reader, writer, peer = await streams()
        other, protocol, read = Recorder(), writer.transport.get_protocol(), reader.read
        task = asyncio.ensure_future(reader.readexactly(6))
        peer.send(b"one")
        await until(lambda: reader._buffer)  # type: ignore[attr-defined]
        writer.transport.set_protocol(other)
        assert not compiled(reader)
        peer.send(b"not for the reader")
        await until(lambda: other.data)
        writer.transport.set_protocol(protocol)
        peer.send(b"two")
        assert await task == b"onetwo"
        for method in (read, reader.read, lambda size: asyncio.StreamReader.read(reader, size)):
            peer.send(b"more")
            assert await method(10) == b"more"
        await writer.drain()
        await end(writer, peer)
        assert not compiled(reader)

    soon_or_never(loop, main())


def test_a_protocol_may_be_replaced_before_it_greets(loop: Loop) -> None:
    async def main() -> None:
        met: list[Any] = []
        ours, peer = socket.socketpair()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader, lambda *both: met.extend(both))
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        for each in (protocol, asyncio.Protocol(), protocol):
            transport.set_protocol(each)
        protocol.connection_made(transport)
        assert met[0] is reader
        peer.send(b"hello")
        assert await reader.read(10) == b"hello"
        await end(met[1], peer)

    soon_or_never(loop, main())


def test_a_drain_of_the_programs_own_stays(loop: Loop) -> None:
    async def talk() -> tuple[int, str]:
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        with mock.patch.object(writer, "drain", mock.AsyncMock()) as drain:
            for _ in range(4):
                theirs.send(b"x")
                await reader.read(1)
                await writer.drain()
        recorder = Recorder()
        writer.transport.set_protocol(recorder)  # takes compiled methods away again
        theirs.send(b"to the new protocol")
        await until(lambda: recorder.data)
        count = drain.await_count
        writer.close()
        theirs.close()
        return count, bytes(recorder.data).decode()

    assert soon_or_never(loop, talk()) == (4, "to the new protocol")


def test_a_method_that_a_program_puts_into_the_class_stays(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def mine(reader: asyncio.StreamReader) -> bytes:
        return b"mine"

    async def talk() -> list[bytes]:
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        got = []
        for _ in range(4):
            theirs.send(b"x\n")
            got.append(await reader.readline())
            await asyncio.sleep(0)
        await end(writer, theirs)
        return got

    monkeypatch.setattr(asyncio.StreamReader, "readline", mine)
    assert soon_or_never(loop, talk()) == [b"mine"] * 4


async def busy_streams() -> tuple[Any, socket.socket]:
    """Return a server's writer whose connection has had messages, and the socket at its other end."""
    writers: asyncio.Queue[Any] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: Any) -> None:
        for _ in range(3):
            writer.write(await reader.read(10))
            await writer.drain()
        writers.put_nowait(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    peer = socket.create_connection(server.sockets[0].getsockname())
    peer.setblocking(False)
    loop = asyncio.get_running_loop()
    for _ in range(3):
        await loop.sock_sendall(peer, b"x")
        assert await loop.sock_recv(peer, 10) == b"x"
    server.close()
    return await writers.get(), peer


async def fail_beside(other: Any) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(other)
        raise ValueError


def test_drain_in_unusual_ways(loop: Loop) -> None:
    async def main() -> None:
        writer, peer = await busy_streams()
        with peer:
            assert list(await asyncio.gather(writer.drain(), writer.drain())) == [None, None]
            assert [await one for one in asyncio.as_completed([writer.drain(), writer.drain()])] == [None, None]
            task = asyncio.create_task(writer.drain())
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(writer.drain(), 0)
            with pytest.raises(ExceptionGroup) as group:
                await fail_beside(writer.drain())
            assert [type(error) for error in group.value.exceptions] == [ValueError]
            once = writer.drain()
            await once
            with pytest.raises(RuntimeError, match="cannot reuse already awaited coroutine"):
                await once
            later = writer.drain()
            writer.write(bytes(10_000_000))
            waiting = asyncio.ensure_future(later)
            await asyncio.sleep(0.01)
            assert not waiting.done(), "it is judged when it is awaited"
            left = 10_000_000
            while left:
                left -= len(await asyncio.get_running_loop().sock_recv(peer, 1 << 20))
            await waiting
            waiting = asyncio.ensure_future(writer.drain())
            writer.write(bytes(10_000_000))
            await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            later = writer.drain()
            writer.transport.abort()
            await asyncio.sleep(0.01)
            with pytest.raises(ConnectionResetError):
                await later

    soon_or_never(loop, main())
