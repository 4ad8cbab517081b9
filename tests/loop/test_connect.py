"""Connections: the plain case, an address in digits and no options, is as good as all the others."""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from .support import Recorder, new_loop, soon_or_never, turn_until, until, whorl_only

Connect = Callable[[asyncio.AbstractEventLoop, Any, str, Any], Awaitable[tuple[Any, Any]]]


def plain(loop: asyncio.AbstractEventLoop, factory: Any, host: str, port: Any) -> Awaitable[tuple[Any, Any]]:
    return loop.create_connection(factory, host, port)


def by_keywords(loop: asyncio.AbstractEventLoop, factory: Any, host: str, port: Any) -> Awaitable[tuple[Any, Any]]:
    return loop.create_connection(factory, host=host, port=port, proto=socket.IPPROTO_TCP)


def from_an_address(loop: asyncio.AbstractEventLoop, factory: Any, host: str, port: Any) -> Awaitable[tuple[Any, Any]]:
    return loop.create_connection(factory, host, port, local_addr=(host, 0))


any_way = pytest.mark.parametrize("connect", [plain, by_keywords, from_an_address])
any_host = pytest.mark.parametrize("host", ["127.0.0.1", "::1"])


class Refusal(BaseException):
    """What a factory raises."""


@any_way
@any_host
def test_a_connection_in_digits(loop: asyncio.AbstractEventLoop, connect: Connect, host: str) -> None:
    async def talk() -> None:
        there = Recorder()
        server = await loop.create_server(lambda: there, host, 0)
        name = server.sockets[0].getsockname()
        transport, here = await connect(loop, Recorder, host, str(name[1]))
        assert here.calls == ["made"]
        assert transport.get_extra_info("peername") == name
        sock = transport.get_extra_info("socket")
        assert (sock.family, sock.type, sock.proto) == (server.sockets[0].family, socket.SOCK_STREAM, 6)
        assert sock.gettimeout() == 0
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        transport.write(b"over the wire")
        transport.close()
        await until(lambda: there.lost)
        assert there.data == b"over the wire"
        server.close()
        await asyncio.sleep(0)

    soon_or_never(loop, talk())


@any_way
@any_host
def test_nobody_there(loop: asyncio.AbstractEventLoop, connect: Connect, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as taken:
        taken.bind((host, 0))  # and nobody listens
        address = taken.getsockname()
        with pytest.raises(ConnectionRefusedError) as caught:
            soon_or_never(loop, connect(loop, Recorder, host, address[1]))
    assert caught.value.errno == errno.ECONNREFUSED
    assert str(address) in str(caught.value)


@whorl_only  # asyncio leaves the socket to the garbage collector
@any_way
def test_a_factory_that_fails_leaves_nothing_open(loop: asyncio.AbstractEventLoop, connect: Connect) -> None:
    def refuse() -> asyncio.Protocol:
        raise Refusal

    with socket.create_server(("127.0.0.1", 0)) as listener:
        with pytest.raises(Refusal):
            soon_or_never(loop, connect(loop, refuse, "127.0.0.1", listener.getsockname()[1]))
        peer, _ = listener.accept()
        with peer:
            assert peer.recv(1) == b""


@any_way
def test_a_connection_that_is_cancelled_in_its_last_turn_is_closed(
    loop: asyncio.AbstractEventLoop, connect: Connect
) -> None:
    protocol = Recorder()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def factory() -> asyncio.Protocol:
            loop.call_soon(connecting.cancel)
            return protocol

        connecting = asyncio.ensure_future(connect(loop, factory, "127.0.0.1", listener.getsockname()[1]), loop=loop)
        with pytest.raises(asyncio.CancelledError):
            soon_or_never(loop, connecting)
        peer, _ = listener.accept()
        with peer:
            turn_until(loop, lambda: protocol.lost or "made" not in protocol.calls)
            assert peer.recv(1) == b""


def test_a_closed_loop_connects_to_nobody() -> None:
    loop = new_loop()
    loop.close()
    connecting = loop.create_connection(Recorder, "127.0.0.1", 1)
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        connecting.send(None)
