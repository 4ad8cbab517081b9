"""Connections: from an address, or a socket, to a transport."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from whorl import compat
from whorl._core.datagram import DatagramTransport
from whorl._core.sock import Connect
from whorl._core.stream import StreamTransport


async def sock_connect(self: Any, sock: socket.socket, address: Any) -> None:
    """Connect a non-blocking socket; a host name in the address is looked up first."""
    compat.check_ssl_socket(sock)
    if self._debug and sock.gettimeout() != 0:
        raise ValueError("the socket must be non-blocking")
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        resolved = await self._ensure_resolved(address, family=sock.family, type=sock.type, proto=sock.proto, loop=self)
        address = resolved[0][4]
    await Connect(self, sock, address)


async def connect_sock(self: Any, exceptions: list[Any], addr_info: Any, local_addr_infos: Any = None) -> socket.socket:
    """Make, bind and connect one socket; it is ours to close until a transport has it."""
    sock: socket.socket = await compat.connect_sock(self, exceptions, addr_info, local_addr_infos)
    self._own_sockets.add(sock)
    return sock


async def create_connection_transport(
    self: Any,
    sock: socket.socket,
    protocol_factory: Callable[[], asyncio.BaseProtocol],
    *args: Any,
    **kwargs: Any,
) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
    """Make a protocol and its transport, and wait until they are connected; closes a socket of ours on failure."""
    try:
        pair: tuple[asyncio.Transport, asyncio.BaseProtocol] = await compat.create_connection_transport(
            self, sock, protocol_factory, *args, **kwargs
        )
        return pair
    except BaseException:
        # A transport closes its socket by itself; without one it is still ours.
        if sock in self._own_sockets and sock.fileno() >= 0 and not self._has_transport(sock):
            sock.close()
        raise
    finally:
        self._own_sockets.discard(sock)


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
