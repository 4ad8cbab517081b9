"""Connecting: to addresses written out, which need no look-up, and to all others."""

import asyncio
import contextlib
import functools
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from .support import Recorder, new_loop, open_descriptors, soon_or_never, turn, until, whorl_only

HOSTS = ["127.0.0.1", "::1", "localhost"]


def listener(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"no {host} here")


@pytest.mark.parametrize("host", HOSTS)
def test_both_ends_agree_on_their_names(loop: asyncio.AbstractEventLoop, host: str) -> None:
    with listener(host) as server:
        transport, protocol = soon_or_never(loop, loop.create_connection(Recorder, host, server.getsockname()[1]))
        theirs, address = server.accept()
        with theirs:
            assert isinstance(protocol, Recorder)
            assert transport.get_extra_info("sockname") == address
            assert transport.get_extra_info("peername") == theirs.getsockname()
            assert transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            transport.abort()
            turn(loop)
            turn(loop)
            assert theirs.recv(1) == b""


@pytest.mark.parametrize("host", HOSTS)
def test_nobody_there(loop: asyncio.AbstractEventLoop, host: str) -> None:
    with listener(host) as server:
        address = server.getsockname()
    before = open_descriptors()
    with pytest.raises(ConnectionRefusedError) as refusal:
        soon_or_never(loop, loop.create_connection(Recorder, host, address[1]))
    if host != "localhost":  # whose addresses may be several
        assert str(refusal.value) == f"[Errno 111] Connect call failed {address}"
    assert open_descriptors() == before


def test_no_such_port(loop: asyncio.AbstractEventLoop) -> None:
    before = open_descriptors()
    with pytest.raises(OverflowError, match="0-65535"):
        soon_or_never(loop, loop.create_connection(Recorder, "127.0.0.1", 65536))
    with socket.socket() as sock:
        sock.setblocking(False)
        with pytest.raises(OverflowError, match="0-65535"):
            soon_or_never(loop, loop.sock_connect(sock, ("127.0.0.1", 65536)))
    assert open_descriptors() == before


@whorl_only
def test_a_protocol_that_cannot_be_made_leaves_nothing_open(loop: asyncio.AbstractEventLoop) -> None:
    def factory() -> Any:
        raise LookupError("no protocol today")

    with listener("127.0.0.1") as server:
        before = open_descriptors()
        with pytest.raises(LookupError):
            soon_or_never(loop, loop.create_connection(factory, *server.getsockname()))
        assert open_descriptors() == before


@pytest.mark.parametrize("host", HOSTS)
def test_sock_connect_finds_its_way(loop: asyncio.AbstractEventLoop, host: str) -> None:
    with listener(host) as server, socket.socket(server.family) as sock:
        sock.setblocking(False)
        soon_or_never(loop, loop.sock_connect(sock, (host, server.getsockname()[1])))
        assert sock.getpeername() == server.getsockname()


def test_sock_connect_to_another_family(loop: asyncio.AbstractEventLoop) -> None:
    with socket.socket(socket.AF_INET) as sock:
        sock.setblocking(False)
        with pytest.raises(socket.gaierror):
            soon_or_never(loop, loop.sock_connect(sock, ("::1", 1)))


def test_a_second_connect_waits_for_the_first(loop: asyncio.AbstractEventLoop) -> None:
    async def connect() -> None:
        with socket.socket() as server, contextlib.ExitStack() as stack:
            server.bind(("127.0.0.1", 0))
            server.listen(0)
            full = [stack.enter_context(socket.socket()) for _ in range(4)]
            for one in full:
                one.setblocking(False)
                one.connect_ex(server.getsockname())
            late = stack.enter_context(socket.socket())
            late.setblocking(False)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(loop.sock_connect(late, server.getsockname()), 0.05)
            again = asyncio.ensure_future(loop.sock_connect(late, server.getsockname()))
            server.setblocking(False)
            while not again.done():
                stack.enter_context((await loop.sock_accept(server))[0])
            await again

    soon_or_never(loop, connect())


def test_a_guard_against_connecting_is_asked(loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Guarded(Exception):
        pass

    def connect(sock: socket.socket, address: Any) -> None:
        raise Guarded

    monkeypatch.setattr(socket.socket, "connect", connect)
    with listener("127.0.0.1") as server:
        with pytest.raises(Guarded):
            soon_or_never(loop, loop.create_connection(Recorder, *server.getsockname()))
        with socket.socket() as sock:
            sock.setblocking(False)
            with pytest.raises(Guarded):
                soon_or_never(loop, loop.sock_connect(sock, server.getsockname()))


@whorl_only
def test_a_factory_that_makes_no_protocol(loop: asyncio.AbstractEventLoop) -> None:
    before = open_descriptors()
    with listener("127.0.0.1") as server, pytest.raises(AttributeError, match="connection_made"):
        soon_or_never(loop, loop.create_connection(lambda: None, *server.getsockname()))
    turn(loop)
    assert open_descriptors() == before


# -- a connection that takes its time, and one that is there at once -------------------------------------------------

Slow = tuple[socket.socket, list[socket.socket]]


@pytest.fixture
def slow() -> Iterator[Slow]:
    """A server that answers nobody before it has accepted somebody: the queue of its listener holds one."""
    with socket.socket() as server, contextlib.ExitStack() as stack:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        full = [stack.enter_context(socket.socket())]
        for one in full:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield server, full


async def accept(loop: asyncio.AbstractEventLoop, slow: Slow) -> socket.socket:
    """Accept the connections that fill the queue, and return the one after them."""
    server, full = slow
    server.setblocking(False)
    for _ in full:
        (await loop.sock_accept(server))[0].close()
    return (await loop.sock_accept(server))[0]


def test_one_that_takes_its_time(loop: asyncio.AbstractEventLoop, slow: Slow) -> None:
    class Greeting(Recorder):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            transport.write(b"hello")

    async def main() -> None:
        opening = asyncio.ensure_future(loop.create_connection(Greeting, *slow[0].getsockname()))
        await asyncio.sleep(0.05)
        assert not opening.done()
        with await accept(loop, slow) as theirs:
            theirs.send(b"early")  # before the transport is there
            transport, protocol = await opening
            assert transport.get_extra_info("peername") == slow[0].getsockname()
            assert await loop.sock_recv(theirs, 100) == b"hello"
            await until(lambda: protocol.data == b"early")
            transport.write(b"x" * 5_000_000)
            left = 5_000_000
            while left:
                left -= len(await loop.sock_recv(theirs, 1_000_000))
            transport.close()
            assert await loop.sock_recv(theirs, 100) == b""

    soon_or_never(loop, main())


def test_cancelled_while_it_connects(loop: asyncio.AbstractEventLoop, slow: Slow) -> None:
    async def main() -> None:
        before = open_descriptors()
        opening = asyncio.ensure_future(loop.create_connection(Recorder, *slow[0].getsockname()))
        await asyncio.sleep(0.05)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert open_descriptors() == before

    soon_or_never(loop, main())


@pytest.mark.parametrize("turns", range(4))
def test_cancelled_when_it_is_connected(loop: asyncio.AbstractEventLoop, turns: int) -> None:
    """Whether it was too late or not: nothing stays open that the caller did not get."""
    protocols: list[Recorder] = []

    def factory() -> Recorder:
        protocols.append(Recorder())
        return protocols[-1]

    async def main() -> None:
        with listener("127.0.0.1") as server:
            before = open_descriptors()
            opening = asyncio.ensure_future(loop.create_connection(factory, *server.getsockname()))
            for _ in range(turns):
                await asyncio.sleep(0)
            opening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                (await opening)[0].close()
            for _ in range(4):
                await asyncio.sleep(0)
            assert open_descriptors() == before
            assert all(protocol.lost for protocol in protocols)

    soon_or_never(loop, main())


def test_one_that_is_reset_at_once(loop: asyncio.AbstractEventLoop) -> None:
    async def main() -> None:
        with listener("127.0.0.1") as server:
            for _ in range(20):
                transport, protocol = await loop.create_connection(Recorder, *server.getsockname())
                theirs = server.accept()[0]
                theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                theirs.close()
                await until(functools.partial(getattr, protocol, "lost"))
                assert transport.is_closing()

    soon_or_never(loop, main())


def test_a_loop_with_transports_of_its_own() -> None:
    made = []

    class Loop(type(new_loop_closed())):  # type: ignore[misc]
        def _make_socket_transport(self, sock: Any, *args: Any, **kw: Any) -> Any:
            made.append(sock)
            return super()._make_socket_transport(sock, *args, **kw)

    loop = Loop()
    with listener("127.0.0.1") as server:
        transport, _ = soon_or_never(loop, loop.create_connection(Recorder, *server.getsockname()))
        assert len(made) == 1
        transport.abort()
        turn(loop)
        turn(loop)
    loop.close()


def new_loop_closed() -> asyncio.AbstractEventLoop:
    loop = new_loop()
    loop.close()
    return loop


@whorl_only
def test_a_socket_that_was_used_before(loop: asyncio.AbstractEventLoop) -> None:
    """From sock operations to a transport: what was said and heard until then stays so, and nobody else waits on."""

    class Greeting(Recorder):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            transport.write(b"from the transport")

    async def main() -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        with theirs:
            theirs.send(b"first")
            assert await loop.sock_recv(ours, 100) == b"first"
            waiting = asyncio.ensure_future(loop.sock_recv(ours, 100))
            await asyncio.sleep(0)
            theirs.send(b"second")
            transport, protocol = await loop.create_connection(Greeting, sock=ours)
            assert await loop.sock_recv(theirs, 100) == b"from the transport"
            await until(lambda: waiting.done())
            if waiting.exception() is None:
                assert waiting.result() == b"second"
            else:
                assert isinstance(waiting.exception(), RuntimeError)
                await until(lambda: protocol.data == b"second")
            theirs.send(b"third")
            await until(lambda: protocol.data.endswith(b"third"))
            transport.pause_reading()
            theirs.send(b"fourth")
            await asyncio.sleep(0.01)
            assert not protocol.data.endswith(b"fourth")
            transport.resume_reading()
            await until(lambda: protocol.data.endswith(b"fourth"))
            transport.close()
            assert await loop.sock_recv(theirs, 100) == b""

    soon_or_never(loop, main())


def test_a_socket_that_was_watched_before(loop: asyncio.AbstractEventLoop) -> None:
    async def main() -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            loop.add_reader(ours, lambda: None)
            loop.remove_reader(ours)
            with pytest.raises(BlockingIOError):
                ours.recv(1)
            theirs.send(b"data")
            transport, protocol = await loop.create_connection(Recorder, sock=ours)
            await until(lambda: protocol.data == b"data")
            transport.abort()
            await asyncio.sleep(0)

    soon_or_never(loop, main())


def test_awaited_twice(loop: asyncio.AbstractEventLoop, slow: Slow) -> None:
    """The second one is told off, and the first one gets its connection."""

    async def main() -> None:
        async def wait() -> Any:
            return await opening

        opening = loop.create_connection(Recorder, *slow[0].getsockname())
        first = asyncio.ensure_future(wait())
        await asyncio.sleep(0.05)
        second = asyncio.ensure_future(wait())
        with pytest.raises(RuntimeError, match="coroutine is being awaited already"):
            await second
        with await accept(loop, slow):
            (await first)[0].abort()
            await asyncio.sleep(0)

    soon_or_never(loop, main())
