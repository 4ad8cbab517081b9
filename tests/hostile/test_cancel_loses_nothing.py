"""A cancelled operation takes nothing with it: what it has not returned is still there for the next one.

The hard moment is after the wake-up and before the step: the kernel has reported, the task has not run yet.
"""

import asyncio
import contextlib
import socket
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from .descriptors import lift_socket
from .probe import Probe
from .stage import Party
from .turning import turns, until

Loop = asyncio.AbstractEventLoop
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    near, far = socket.socketpair()
    far = lift_socket(far)
    near.setblocking(False)
    yield near, far
    near.close()
    far.close()


async def cancelled_on_wake(operation: Coroutine[Any, Any, object]) -> None:
    """Run an operation and cancel it when what it waits for is done, before it can go on."""

    def waits(probe: Probe, waited_for: object) -> None:
        assert isinstance(waited_for, asyncio.Future)
        waited_for.add_done_callback(lambda _: task.cancel())

    task = asyncio.get_running_loop().create_task(Probe(operation, lambda: None, waits))
    await asyncio.wait({task})
    assert task.cancelled()


async def cancelled_late(operation: Coroutine[Any, Any, object]) -> None:
    """Run an operation and cancel it while it waits."""
    task = asyncio.get_running_loop().create_task(operation)
    await turns()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


def test_sock_recv(loop: Loop, pair: Pair) -> None:
    near, far = pair

    async def main() -> None:
        loop.call_later(0.002, far.send, b"hello")
        await cancelled_on_wake(loop.sock_recv(near, 100))
        assert await asyncio.wait_for(loop.sock_recv(near, 100), 2) == b"hello"

    loop.run_until_complete(main())


def test_sock_recv_into(loop: Loop, pair: Pair) -> None:
    near, far = pair
    buffer = bytearray(100)

    async def main() -> None:
        loop.call_later(0.002, far.send, b"hello")
        await cancelled_on_wake(loop.sock_recv_into(near, buffer))
        assert await asyncio.wait_for(loop.sock_recv_into(near, buffer), 2) == 5

    loop.run_until_complete(main())
    assert buffer[:5] == b"hello"


def test_the_end_of_the_stream(loop: Loop, pair: Pair) -> None:
    near, far = pair

    async def main() -> None:
        loop.call_later(0.002, far.shutdown, socket.SHUT_WR)
        await cancelled_on_wake(loop.sock_recv(near, 100))
        assert await asyncio.wait_for(loop.sock_recv(near, 100), 2) == b""
        assert await asyncio.wait_for(loop.sock_recv(near, 100), 2) == b""

    loop.run_until_complete(main())


def test_sock_recvfrom(loop: Loop) -> None:
    async def main() -> None:
        with socket.socket(type=socket.SOCK_DGRAM) as near, socket.socket(type=socket.SOCK_DGRAM) as far:
            near.bind(("127.0.0.1", 0))
            near.setblocking(False)
            loop.call_later(0.002, far.sendto, b"hello", near.getsockname())
            await cancelled_on_wake(loop.sock_recvfrom(near, 100))
            data, _ = await asyncio.wait_for(loop.sock_recvfrom(near, 100), 2)
            assert data == b"hello"

    loop.run_until_complete(main())


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # a loop that drops the connection leaves it unclosed
def test_sock_accept(loop: Loop) -> None:
    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
            server.setblocking(False)
            client.setblocking(False)
            loop.call_later(0.002, client.connect_ex, server.getsockname())
            await cancelled_on_wake(loop.sock_accept(server))
            conn, _ = await asyncio.wait_for(loop.sock_accept(server), 2)
            client.send(b"hello")
            assert await asyncio.wait_for(loop.sock_recv(conn, 100), 2) == b"hello"
            conn.close()

    loop.run_until_complete(main())


def test_a_sock_recv_that_waited_before_leaves_no_trace(loop: Loop, pair: Pair) -> None:
    """Cancelled while it waits; then the data comes, and the next two operations share it."""
    near, far = pair

    async def main() -> None:
        for _ in range(3):
            await cancelled_late(loop.sock_recv(near, 100))
        far.send(b"hello")
        assert await asyncio.wait_for(loop.sock_recv(near, 2), 2) == b"he"
        assert await asyncio.wait_for(loop.sock_recv(near, 100), 2) == b"llo"

    loop.run_until_complete(main())


def test_sock_sendall_sends_a_prefix_and_nothing_twice(loop: Loop, pair: Pair) -> None:
    near, far = pair
    data = bytes(range(256)) * (1 << 12)
    received = bytearray()

    def drain() -> None:
        try:
            while part := far.recv(1 << 16):
                received.extend(part)
        except BlockingIOError:
            pass

    async def main() -> None:
        sending = asyncio.ensure_future(cancelled_on_wake(loop.sock_sendall(near, data)))
        await turns()
        await until(sending.done, "the cancellation", drain)
        await turns(tick=drain)
        assert 0 < len(received) <= len(data)
        assert received == data[: len(received)]
        received.clear()
        await asyncio.wait_for(loop.sock_sendall(near, b"next"), 2)
        await turns(tick=drain)
        assert received == b"next"

    loop.run_until_complete(main())


@pytest.mark.parametrize("method", ["readline", "read", "readexactly", "readuntil"])
def test_stream_reader(method: str, loop: Loop, pair: Pair) -> None:
    near, far = pair
    arguments = {"read": (100,), "readexactly": (6,)}.get(method, ())

    async def main() -> None:
        reader, writer = await asyncio.open_connection(sock=near)
        read = getattr(reader, method)
        loop.call_later(0.002, far.send, b"hello\n")
        await cancelled_on_wake(read(*arguments))
        assert await asyncio.wait_for(read(*arguments), 2) == b"hello\n"
        writer.close()
        await writer.wait_closed()

    loop.run_until_complete(main())


@pytest.mark.parametrize("waiting_for", ["what was written before", "room for the file"])
def test_transport_after_a_cancelled_sendfile(waiting_for: str, loop: Loop, pair: Pair, tmp_path: Path) -> None:
    """It reads and writes as before, wherever the sendfile was."""
    near, far = pair
    path = tmp_path / "file"
    path.write_bytes(bytes(1 << 22))

    def drain() -> None:
        with contextlib.suppress(BlockingIOError):
            while far.recv(1 << 16):
                pass

    async def main() -> None:
        party = Party()
        transport, _ = await loop.create_connection(lambda: party, sock=near)
        if waiting_for == "what was written before":
            transport.write(bytes(1 << 22))
        with path.open("rb") as file:
            await cancelled_late(loop.sendfile(transport, file))
        assert not transport.is_closing()
        transport.write(b"after")
        far.send(b"hello")
        await until(lambda: party.received == b"hello", "data after the sendfile", drain)
        await until(lambda: transport.get_write_buffer_size() == 0, "the end of writing", drain)
        transport.abort()
        await turns()

    loop.run_until_complete(main())
