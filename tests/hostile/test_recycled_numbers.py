"""A descriptor is closed behind the loop's back and its number goes to another file of the same loop.

Events and data of the new file reach the new user, all of them; the old user never reads, writes or closes it.
"""

import asyncio
import contextlib
import os
import socket

import pytest

from .descriptors import inode, place
from .pairs import Calls, Pairs, drain, fill
from .stage import Party
from .turning import turns, until

Loop = asyncio.AbstractEventLoop


# -- add_reader and add_writer ---


def test_reader_of_a_closed_socket_then_reader_of_its_successor(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        old, _ = pairs.pair()
        old_calls = Calls(old)
        loop.add_reader(old, old_calls)
        await turns()
        new, far = pairs.recycle(old)
        new_calls = Calls(new)
        loop.add_reader(new, new_calls)
        await turns()
        far.send(b"new")
        await until(lambda: new_calls.received == b"new", "the new reader's data")
        far.send(b"more")
        await until(lambda: new_calls.received == b"newmore", "the new reader's further data")
        assert old_calls.count == 0
        assert loop.remove_reader(new)
        assert not loop.remove_reader(new)

    loop.run_until_complete(main())


def test_reader_of_a_closed_socket_is_not_called_for_its_successors_writer(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        old, _ = pairs.pair()
        old_calls = Calls(old)
        loop.add_reader(old, old_calls)
        await turns()
        new, far = pairs.recycle(old)
        written: list[int] = []
        loop.add_writer(new, lambda: written.append(1))
        far.send(b"for nobody yet")
        await until(lambda: bool(written), "the writer's call")
        await turns()
        assert old_calls.count == 0
        assert loop.remove_writer(new)
        assert new.recv(100) == b"for nobody yet"
        loop.remove_reader(new)

    loop.run_until_complete(main())


def test_writer_of_a_closed_socket_then_writer_of_its_successor(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        old, _ = pairs.pair()
        fill(old)
        calls: list[str] = []
        loop.add_writer(old, calls.append, "old")
        await turns()
        new, far = pairs.recycle(old)
        filled = fill(new)
        loop.add_writer(new, calls.append, "new")
        await turns()
        assert calls == []
        drain(far, filled)
        await until(lambda: "new" in calls, "the new writer's call")
        assert "old" not in calls
        loop.remove_writer(new)

    loop.run_until_complete(main())


def test_number_closed_with_os_close_then_reader_of_its_successor(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        reading, writing = os.pipe()
        calls: list[str] = []
        loop.add_reader(reading, calls.append, "old")
        await turns()
        os.close(reading)
        os.close(writing)
        new, far = pairs.pair(reading)
        new_calls = Calls(new)
        loop.add_reader(new, new_calls)
        await turns()
        far.send(b"new")
        await until(lambda: new_calls.received == b"new", "the new reader's data")
        assert calls == []
        loop.remove_reader(new)

    loop.run_until_complete(main())


def test_number_recycled_within_one_batch_of_events(loop: Loop, pairs: Pairs) -> None:
    """Two sockets are ready in the same turn; whichever is called first replaces the other."""

    async def main() -> None:
        socks = [pairs.pair() for _ in range(2)]
        calls: list[str] = []

        def first(me: int) -> None:
            calls.append("first")
            loop.remove_reader(socks[me][0])
            new, _ = pairs.recycle(socks[1 - me][0])
            loop.add_reader(new, calls.append, "new")

        for index, (near, far) in enumerate(socks):
            loop.add_reader(near, first, index)
            far.send(b"ready")
        await turns()
        assert calls == ["first"]  # neither the second of the old ones, nor the new one, which has no data
        for near, _ in socks:
            with contextlib.suppress(ValueError):
                loop.remove_reader(near)

    loop.run_until_complete(main())


# -- sock operations ---


@pytest.mark.parametrize("cancel", ["never", "before", "after"])
def test_sock_recv_of_a_closed_socket_then_of_its_successor(cancel: str, loop: Loop, pairs: Pairs) -> None:
    """The old operation is cancelled never, or before or after the new one begins."""

    async def main() -> None:
        old, _ = pairs.pair()
        old_task = asyncio.ensure_future(loop.sock_recv(old, 100))
        await turns()
        new, far = pairs.recycle(old)
        if cancel == "before":
            old_task.cancel()
            await turns()
        new_task = asyncio.ensure_future(loop.sock_recv(new, 100))
        await turns()
        if cancel == "after":
            old_task.cancel()
            await turns()
        far.send(b"new")
        await until(new_task.done, "the new operation's data")
        assert new_task.result() == b"new"
        await end(old_task)

    loop.run_until_complete(main())


async def end(task: "asyncio.Future[bytes]") -> None:
    """End an operation on a socket that was closed: it may have failed, or wait for ever, but got nothing."""
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled() or isinstance(task.exception(), OSError)


def test_sock_recv_of_a_closed_socket_then_reader_of_its_successor(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        old, _ = pairs.pair()
        old_task = asyncio.ensure_future(loop.sock_recv(old, 100))
        await turns()
        new, far = pairs.recycle(old)
        calls = Calls(new)
        loop.add_reader(new, calls)
        await turns()
        far.send(b"new")
        await until(lambda: calls.received == b"new", "the new reader's data")
        old_task.cancel()
        await turns()
        far.send(b"more")
        await until(lambda: calls.received == b"newmore", "the data after the old operation was cancelled")
        await end(old_task)
        loop.remove_reader(new)

    loop.run_until_complete(main())


def test_sock_sendall_of_a_closed_socket_then_of_its_successor(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        old, _ = pairs.pair()
        old_task = asyncio.ensure_future(loop.sock_sendall(old, b"o" * (1 << 22)))
        await turns()
        new, far = pairs.recycle(old)
        filled = fill(new)
        new_task = asyncio.ensure_future(loop.sock_sendall(new, b"new"))
        await turns()
        drain(far, filled)
        await until(new_task.done, "the end of the new operation")
        new_task.result()
        assert far.recv(100) == b"new"
        old_task.cancel()
        await asyncio.wait({old_task})
        assert old_task.cancelled() or isinstance(old_task.exception(), OSError)

    loop.run_until_complete(main())


def test_sock_accept_of_a_closed_listener_then_of_its_successor(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        old = socket.create_server(("127.0.0.1", 0))
        old.setblocking(False)
        old_task = asyncio.ensure_future(loop.sock_accept(old))
        await turns()
        number = old.fileno()
        old.close()
        new = socket.create_server(("127.0.0.1", 0))
        if new.fileno() != number:
            new = place(new, number)
        new.setblocking(False)
        new_task = asyncio.ensure_future(loop.sock_accept(new))
        await turns()
        with socket.create_connection(new.getsockname()):
            await until(new_task.done, "the connection at the new listener")
            new_task.result()[0].close()
        new.close()
        old_task.cancel()
        await asyncio.wait({old_task})
        assert old_task.cancelled() or isinstance(old_task.exception(), OSError)

    loop.run_until_complete(main())


# -- transports ---


def test_reader_of_a_closed_socket_then_transport_of_its_successor(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        old, _ = pairs.pair()
        old_calls = Calls(old)
        loop.add_reader(old, old_calls)
        await turns()
        new, far = pairs.recycle(old)
        party = Party()
        transport, _ = await loop.create_connection(lambda: party, sock=new)
        await turns()
        far.send(b"new")
        await until(lambda: bytes(party.received) == b"new", "the transport's data")
        assert old_calls.count == 0
        transport.close()
        await until(lambda: "lost" in party.events, "the end of the transport")

    loop.run_until_complete(main())


@pytest.mark.parametrize("successor", ["reader", "operation", "transport"])
def test_transport_whose_socket_was_closed_leaves_its_successor_alone(successor: str, loop: Loop, pairs: Pairs) -> None:
    """The loop may refuse the number as long as the old transport has not ended; it must not mix them up."""

    async def main() -> None:
        old, _ = pairs.pair()
        old_party, new_party = Party(), Party()
        transport, _ = await loop.create_connection(lambda: old_party, sock=old)
        await turns()
        new, far = pairs.recycle(old)
        number = inode(new.fileno())
        got = bytearray()
        waiting: asyncio.Future[bytes] | None = None
        try:
            if successor == "reader":
                loop.add_reader(new, lambda: got.extend(new.recv(100)))
            elif successor == "operation":
                waiting = asyncio.ensure_future(loop.sock_recv(new, 100))
                await turns()
            else:
                await loop.create_connection(lambda: new_party, sock=new)
        except RuntimeError as error:
            if "used by transport" not in str(error):
                raise
        far.send(b"new")
        await turns()
        assert not old_party.received
        transport.write(b"to whom?")
        await turns()
        with pytest.raises(BlockingIOError):
            far.recv(100)
        transport.abort()
        await until(lambda: "lost" in old_party.events, "the end of the old transport")
        await turns()
        assert inode(new.fileno()) == number
        assert not old_party.received
        if waiting is not None:
            waiting.cancel()
            await asyncio.wait({waiting})
        if new_party.transport is not None:
            assert isinstance(new_party.transport, asyncio.Transport)
            new_party.transport.abort()
            await turns()
        else:
            loop.remove_reader(new)

    loop.run_until_complete(main())


def test_server_whose_socket_was_closed_leaves_its_successor_alone(loop: Loop) -> None:
    async def main() -> None:
        old_parties: list[Party] = []
        new_parties: list[Party] = []

        def party(parties: list[Party]) -> Party:
            parties.append(Party())
            return parties[-1]

        old = socket.create_server(("127.0.0.1", 0))
        old_server = await loop.create_server(lambda: party(old_parties), sock=old)
        await turns()
        number = old.fileno()
        old.close()
        new = socket.create_server(("127.0.0.1", 0))
        if new.fileno() != number:
            new = place(new, number)
        new_server = await loop.create_server(lambda: party(new_parties), sock=new)
        with socket.create_connection(new.getsockname()):
            await until(lambda: bool(new_parties), "the connection at the new server")
            assert not old_parties
        with contextlib.suppress(OSError, ValueError):  # as in asyncio: its socket has no number any more
            old_server.close()
        await turns()
        with socket.create_connection(new.getsockname()):
            await until(lambda: len(new_parties) == 2, "the connection after the old server was closed")
        for one in new_parties:
            one.leave()
        new_server.close()
        await turns()

    loop.run_until_complete(main())
