"""Connections: from an address, or a socket, to a transport."""

import asyncio
import socket
from typing import Any

from whorl import compat
from whorl._core.datagram import DatagramTransport
from whorl._core.sock import Connect
from whorl._core.stream import StreamTransport
from whorl._loop.attempt import attempt, leaving

_Pair = tuple[asyncio.Transport, asyncio.BaseProtocol]


async def sock_connect(self: Any, sock: socket.socket, address: Any) -> None:
    """Connect a non-blocking socket; a host name in the address is looked up first."""
    compat.check_ssl_socket(sock)
    if self._debug and sock.gettimeout() != 0:
        raise ValueError("the socket must be non-blocking")
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        resolved = await self._ensure_resolved(address, family=sock.family, type=sock.type, proto=sock.proto, loop=self)
        address = resolved[0][4]
    await Connect(self, sock, address)


async def create_connection(self: Any, *args: Any, **kwargs: Any) -> _Pair:
    """Connect to a TCP server, as asyncio does; whatever goes wrong, no socket stays open."""
    pair: _Pair = await attempt(self, compat.create_connection, args, kwargs)
    return pair


async def create_unix_connection(self: Any, *args: Any, **kwargs: Any) -> _Pair:
    """Connect to a Unix socket, as asyncio does; whatever goes wrong, no socket stays open."""
    pair: _Pair = await attempt(self, compat.create_unix_connection, args, kwargs)
    return pair


async def create_datagram_endpoint(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a datagram socket and its transport, as asyncio does."""
    self._check_closed()  # before there is a socket that would have to be closed again
    return await compat.create_datagram_endpoint(self, *args, **kwargs)


async def connect_sock(self: Any, exceptions: list[Any], addr_info: Any, local_addr_infos: Any = None) -> socket.socket:
    """Make, bind and connect one socket."""
    try:
        sock: socket.socket = await compat.connect_sock(self, exceptions, addr_info, local_addr_infos)
    finally:
        del exceptions  # it holds the error, whose traceback holds this frame
    with leaving() as mine:
        if mine is not None:
            mine.opened(sock)
    return sock


async def create_connection_transport(self: Any, sock: socket.socket, *args: Any, **kwargs: Any) -> _Pair:
    """Make a protocol and its transport for a connected socket, and wait until they know each other."""
    with leaving() as mine:
        if mine is not None:  # connect_accepted_socket() has none: its socket is the caller's
            mine.opened(sock)
        pair: _Pair = await compat.create_connection_transport(self, sock, *args, **kwargs)
    return pair


def make_socket_transport(
    self: Any,
    sock: socket.socket,
    protocol: asyncio.BaseProtocol,
    waiter: asyncio.Future[None] | None = None,
    *,
    extra: dict[str, Any] | None = None,
    server: asyncio.AbstractServer | None = None,
) -> StreamTransport:
    """Give a connected socket to a new transport; ``waiter`` is done when the protocol knows of it."""
    return StreamTransport(self, sock, protocol, waiter, extra, server)


def make_datagram_transport(
    self: Any,
    sock: socket.socket,
    protocol: asyncio.BaseProtocol,
    address: Any = None,
    waiter: asyncio.Future[None] | None = None,
    extra: dict[str, Any] | None = None,
) -> DatagramTransport:
    """Give a datagram socket to a new transport; ``waiter`` is done when the protocol knows of it."""
    return DatagramTransport(self, sock, protocol, address, waiter, extra)
