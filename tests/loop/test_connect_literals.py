"""Connecting: to addresses written out, which need no look-up, and to all others."""

import asyncio
import contextlib
import socket
from typing import Any

import pytest

from .support import Recorder, open_descriptors, soon_or_never, turn, whorl_only

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


def test_a_factory_that_makes_no_protocol(loop: asyncio.AbstractEventLoop) -> None:
    before = open_descriptors()
    with listener("127.0.0.1") as server, pytest.raises(AttributeError, match="connection_made"):
        soon_or_never(loop, loop.create_connection(lambda: None, *server.getsockname()))
    turn(loop)
    assert open_descriptors() == before
