"""The styles as asyncio programs: what a careful programmer would write, and the same for every loop."""

import argparse
import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine
from ssl import SSLContext
from typing import Any, TypeAlias, cast

from benchmarks.load import build
from benchmarks.loops import new_loop
from benchmarks.server.styles import (
    BACKLOG,
    LIMIT,
    PATTERN,
    RECEIVE,
    SMALL_BUFFER,
    halves,
    say,
    small_writes,
    tls_context,
)

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter


class Connected(asyncio.BaseProtocol):
    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)


class Echo(Connected, asyncio.Protocol):
    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class EchoInTwo(Connected, asyncio.Protocol):
    def data_received(self, data: bytes) -> None:
        first, second = halves(data)
        self.transport.write(first)
        self.transport.write(second)


class Buffered(Connected, asyncio.BufferedProtocol):
    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(RECEIVE))

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.buffer


class EchoBuffered(Buffered):
    def buffer_updated(self, size: int) -> None:
        self.transport.write(self.buffer[:size])


class Close(Connected, asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class Sink(Connected, asyncio.Protocol):
    taken = 0

    def data_received(self, data: bytes) -> None:
        self.taken += len(data)

    def eof_received(self) -> None:
        self.transport.write(b"%d\n" % self.taken)


class SinkBuffered(Buffered):
    taken = 0

    def buffer_updated(self, size: int) -> None:
        self.taken += size

    def eof_received(self) -> None:
        self.transport.write(b"%d\n" % self.taken)


class Source(Connected, asyncio.Protocol):
    paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.go_on()

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False
        self.go_on()

    def connection_lost(self, error: Exception | None) -> None:
        self.paused = True

    def go_on(self) -> None:
        # A loop that gets rid of each write at once would never let anything else run.
        for _ in range(16):
            if self.paused:
                return
            self.transport.write(PATTERN)
        asyncio.get_running_loop().call_soon(self.go_on)


class SmallWrites(Connected, asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)

    def data_received(self, data: bytes) -> None:
        for piece in small_writes(data):
            self.transport.write(piece)


class EchoDatagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: Any) -> None:
        self.transport.sendto(data, address)


async def read(reader: Reader, writer: Writer) -> None:
    while data := await reader.read(RECEIVE):
        writer.write(data)
        await writer.drain()


async def readline(reader: Reader, writer: Writer) -> None:
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()


def readexactly(size: int) -> Callable[[Reader, Writer], Coroutine[None, None, None]]:
    async def echo(reader: Reader, writer: Writer) -> None:
        while True:
            try:
                data = await reader.readexactly(size)
            except asyncio.IncompleteReadError:
                return
            writer.write(data)
            await writer.drain()

    return echo


async def two_writes(reader: Reader, writer: Writer) -> None:
    while data := await reader.read(RECEIVE):
        first, second = halves(data)
        writer.write(first)
        writer.write(second)
        await writer.drain()


async def sink(reader: Reader, writer: Writer) -> None:
    taken = 0
    while data := await reader.read(RECEIVE):
        taken += len(data)
    writer.write(b"%d\n" % taken)
    await writer.drain()


async def source(reader: Reader, writer: Writer) -> None:
    while True:
        writer.write(PATTERN)
        await writer.drain()


PROTOCOLS: dict[str, Callable[[], asyncio.BaseProtocol]] = {
    "protocol": Echo,
    "buffered": EchoBuffered,
    "two-writes": EchoInTwo,
    "close": Close,
    "sink": Sink,
    "buffered-sink": SinkBuffered,
    "source": Source,
    "small-writes": SmallWrites,
}


def stream_handler(style: str, size: int) -> Callable[[Reader, Writer], Awaitable[None]]:
    handle = {
        "streams-read": read,
        "streams-readline": readline,
        "streams-readexactly": readexactly(size),
        "streams-two-writes": two_writes,
        "streams-sink": sink,
        "streams-source": source,
    }[style]

    async def handled(reader: Reader, writer: Writer) -> None:
        try:
            await handle(reader, writer)
        except ConnectionError:
            pass  # the load ends each connection with a reset
        finally:
            writer.close()

    return handled


async def accept_sockets(listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    tasks = set()  # a loop does not keep them alive

    async def echo(connection: socket.socket) -> None:
        with connection:
            try:
                while data := await loop.sock_recv(connection, RECEIVE):
                    await loop.sock_sendall(connection, data)
            except ConnectionError:
                pass

    while True:
        connection, _ = await loop.sock_accept(listener)
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as a transport does by itself
        task = asyncio.create_task(echo(connection))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def serve_sockets() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(BACKLOG)
        listener.setblocking(False)
        say(port=listener.getsockname()[1])
        await accept_sockets(listener)


async def serve_datagrams() -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(EchoDatagrams, ("127.0.0.1", 0))
    say(port=transport.get_extra_info("sockname")[1])
    await loop.create_future()


async def serve_connections(options: argparse.Namespace) -> None:
    # By address, as programs do: asyncio sets TCP_NODELAY only on sockets whose protocol number says TCP, and those of
    # a listening socket made by `socket.socket()` don't.
    loop = asyncio.get_running_loop()
    style, path = options.style, options.unix
    tls: SSLContext | None = tls_context(build.BUILD) if options.tls else None
    server: asyncio.AbstractServer
    if style in PROTOCOLS:
        factory = cast(Callable[[], asyncio.Protocol], PROTOCOLS[style])
        if path:
            server = await loop.create_unix_server(factory, path, ssl=tls, backlog=BACKLOG)
        else:
            server = await loop.create_server(factory, "127.0.0.1", 0, ssl=tls, backlog=BACKLOG)
    else:
        handler = stream_handler(style, options.size)
        if path:
            server = await asyncio.start_unix_server(handler, path, ssl=tls, backlog=BACKLOG, limit=LIMIT)
        else:
            server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=tls, backlog=BACKLOG, limit=LIMIT)
    say(port=0 if path else server.sockets[0].getsockname()[1])
    await loop.create_future()


def serve(options: argparse.Namespace) -> None:
    loop = new_loop(options.peer)
    asyncio.set_event_loop(loop)
    if options.style == "udp":
        loop.run_until_complete(serve_datagrams())
    elif options.style == "sock":
        loop.run_until_complete(serve_sockets())
    else:
        loop.run_until_complete(serve_connections(options))
