"""Servers: from a listening socket to a transport for each connection that comes in."""

import asyncio
import functools
import socket
import ssl
from asyncio import constants
from collections.abc import Callable
from typing import Any

from whorl import compat
from whorl._core.accept import Listener
from whorl._loop.attempt import attempt, leaving


async def create_server(self: Any, *args: Any, **kwargs: Any) -> asyncio.Server:
    """Make a TCP server, as asyncio does; whatever goes wrong, nothing goes on listening."""
    server: asyncio.Server = await attempt(self, compat.create_server, args, kwargs)
    return server


async def create_unix_server(self: Any, *args: Any, **kwargs: Any) -> asyncio.Server:
    """Make a server on a Unix socket, as asyncio does; whatever goes wrong, nothing goes on listening."""
    server: asyncio.Server = await attempt(self, compat.create_unix_server, args, kwargs)
    return server


def start_serving(
    self: Any,
    protocol_factory: Callable[[], asyncio.BaseProtocol],
    sock: socket.socket,
    sslcontext: ssl.SSLContext | None = None,
    server: asyncio.AbstractServer | None = None,
    backlog: int = 100,
    ssl_handshake_timeout: float | None = constants.SSL_HANDSHAKE_TIMEOUT,
    ssl_shutdown_timeout: float | None = constants.SSL_SHUTDOWN_TIMEOUT,
) -> None:
    """Accept connections on a listening socket until ``_stop_serving``."""
    accept_tls = None
    if sslcontext is not None:
        accept_tls = functools.partial(
            _accept_tls, self, sslcontext, server, ssl_handshake_timeout, ssl_shutdown_timeout
        )
    with leaving() as mine:
        if mine is not None and server is not None:
            mine.started(server)
        Listener(self, sock, protocol_factory, server, backlog, accept_tls)


def stop_serving(self: Any, sock: socket.socket) -> None:
    """Accept no more connections on a listening socket, and close it."""
    if sock.fileno() >= 0:  # else somebody has closed it
        self._stop_watching(sock)
        compat.stop_serving(self, sock)


def _accept_tls(
    loop: Any,
    sslcontext: ssl.SSLContext,
    server: asyncio.AbstractServer | None,
    ssl_handshake_timeout: float | None,
    ssl_shutdown_timeout: float | None,
    protocol_factory: Callable[[], asyncio.BaseProtocol],
    conn: socket.socket,
    extra: dict[str, Any],
) -> None:
    """Make a protocol and its transport for a connection; the handshake goes on by itself."""
    protocol = protocol_factory()
    waiter = loop.create_future()
    transport = loop._make_ssl_transport(
        conn,
        protocol,
        sslcontext,
        waiter,
        server_side=True,
        extra=extra,
        server=server,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    waiter.add_done_callback(functools.partial(_handshake_done, loop, protocol, transport))


def _handshake_done(
    loop: Any, protocol: asyncio.BaseProtocol, transport: asyncio.Transport, waiter: asyncio.Future[None]
) -> None:
    error = None if waiter.cancelled() else waiter.exception()
    if error is None and not waiter.cancelled():
        return
    transport.close()
    # A peer that fails the handshake is everyday business: asyncio speaks of it in debug mode only.
    if error is not None and loop.get_debug():
        loop.call_exception_handler(
            {
                "message": "Error on transport creation for incoming connection",
                "exception": error,
                "protocol": protocol,
                "transport": transport,
            }
        )
