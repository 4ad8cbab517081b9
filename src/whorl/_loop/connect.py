"""Connections: from an address, or a socket, to a transport."""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any

from whorl import compat
from whorl._core.address import needs_no_lookup
from whorl._core.connect import Opening
from whorl._core.sock import Connect
from whorl._core.stream import StreamTransport
from whorl._loop.attempt import attempt, leaving
from whorl._loop.dns import in_digits

_Pair = tuple[asyncio.Transport, asyncio.BaseProtocol]


def sock_connect(self: Any, sock: socket.socket, address: Any) -> Coroutine[Any, Any, None]:
    """Connect a non-blocking socket; a host name in the address is looked up first."""
    return Connect(self, sock, address) if needs_no_lookup(sock, address) else _look_up_and_connect(self, sock, address)


async def _look_up_and_connect(self: Any, sock: socket.socket, address: Any) -> None:
    compat.check_ssl_socket(sock)
    if self._debug and sock.gettimeout() != 0:
        raise ValueError("the socket must be non-blocking")
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        resolved = await self._ensure_resolved(address, family=sock.family, type=sock.type, proto=sock.proto, loop=self)
        address = resolved[0][4]
    await Connect(self, sock, address)


def create_connection(self: Any, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, _Pair]:
    """Connect to a TCP server, as asyncio does; whatever goes wrong, no socket stays open."""
    if len(args) == 3 and not kwargs and not self._debug:
        known = in_digits(args[1], args[2], 0, socket.SOCK_STREAM, 0)
        if known is not None and len(known) == 1:
            family, _, proto, _, address = known[0]
            make = self._make_socket_transport
            own = None if getattr(make, "__func__", None) is make_socket_transport else make
            return Opening(self, args[0], family, proto, address, own)
    return attempt(self, compat.create_connection, args, kwargs)


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
) -> asyncio.DatagramTransport:
    """Give a datagram socket to a new transport; ``waiter`` is done when the protocol knows of it."""
    from whorl._core.datagram import DatagramTransport  # when it is used: most programs have no datagrams

    return DatagramTransport(self, sock, protocol, address, waiter, extra)
