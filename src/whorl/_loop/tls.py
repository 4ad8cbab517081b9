"""TLS: asyncio's own TLS protocol on top of whorl's stream transport."""

import asyncio
import socket
import ssl
from asyncio import constants
from typing import Any

from whorl import compat
from whorl._core.stream import StreamTransport


def make_ssl_transport(
    self: Any,
    rawsock: socket.socket,
    protocol: asyncio.BaseProtocol,
    sslcontext: ssl.SSLContext | None,
    waiter: asyncio.Future[None] | None = None,
    *,
    server_side: bool = False,
    server_hostname: str | None = None,
    extra: dict[str, Any] | None = None,
    server: asyncio.AbstractServer | None = None,
    ssl_handshake_timeout: float | None = constants.SSL_HANDSHAKE_TIMEOUT,
    ssl_shutdown_timeout: float | None = constants.SSL_SHUTDOWN_TIMEOUT,
) -> asyncio.Transport:
    """Give a connected socket to a new transport with TLS; ``waiter`` is done after the handshake."""
    ssl_protocol = compat.SSLProtocol(
        self,
        protocol,
        sslcontext,
        waiter,
        server_side,
        server_hostname,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    StreamTransport(self, rawsock, ssl_protocol, None, extra, server)
    app_transport: asyncio.Transport = ssl_protocol._app_transport
    return app_transport


async def start_tls(
    self: Any,
    transport: Any,
    protocol: asyncio.BaseProtocol,
    sslcontext: ssl.SSLContext,
    *,
    server_side: bool = False,
    server_hostname: str | None = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
) -> asyncio.Transport:
    """Upgrade a connection to TLS; returns the transport that the protocol has to use from then on.

    Bytes that a ``StreamReader`` has received and nobody has read yet belong to TLS: a client may send the first
    bytes of its handshake in one segment with the plain text before them, as it does after a PROXY header.
    """
    if not isinstance(sslcontext, ssl.SSLContext):
        raise TypeError(f"sslcontext is expected to be an instance of ssl.SSLContext, got {sslcontext!r}")
    if not getattr(transport, "_start_tls_compatible", False):
        raise TypeError(f"transport {transport!r} is not supported by start_tls()")
    waiter = self.create_future()
    ssl_protocol = compat.SSLProtocol(
        self,
        protocol,
        sslcontext,
        waiter,
        server_side,
        server_hostname,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
        call_connection_made=False,
    )
    # Nothing may reach the TLS protocol before it knows its transport.
    transport.pause_reading()
    _move_unread(protocol, ssl_protocol)
    if getattr(transport, "_protocol_paused", False):
        # From here on the TLS transport tells the protocol when to pause, and this one tells TLS.
        ssl_protocol.pause_writing()
        self.call_soon(protocol.resume_writing)
    transport.set_protocol(ssl_protocol)
    made = self.call_soon(ssl_protocol.connection_made, transport)
    resumed = self.call_soon(transport.resume_reading)
    try:
        await waiter
    except BaseException:
        transport.close()
        made.cancel()
        resumed.cancel()
        raise
    app_transport: asyncio.Transport = ssl_protocol._app_transport
    return app_transport


def _move_unread(protocol: asyncio.BaseProtocol, ssl_protocol: Any) -> None:
    reader = getattr(protocol, "_stream_reader", None)
    if isinstance(protocol, asyncio.StreamReaderProtocol) and reader is not None and reader._buffer:
        ssl_protocol._incoming.write(bytes(reader._buffer))
        reader._buffer.clear()
        reader._paused = False
