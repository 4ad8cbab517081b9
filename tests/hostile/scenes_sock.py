"""Interrupted operations: ``sock_*`` and sendfile. The user closes the socket as soon as the call fails."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from .interrupt import Operation, Program
from .stage import Stage

program = Program()

LARGE = 1 << 22


async def then_close(operation: Awaitable[object], *mine: socket.socket) -> None:
    """Await an operation; close the user's sockets the moment it is over, in whatever way."""
    try:
        result = await operation
        if isinstance(result, tuple) and isinstance(result[0], socket.socket):
            result[0].close()
    finally:
        for sock in mine:
            sock.close()


def fresh(stage: Stage, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM) -> socket.socket:
    sock = stage.lend(socket.socket(family, kind))
    sock.setblocking(False)
    return sock


@program.scene
async def sock_connect(stage: Stage) -> Operation:
    sock = fresh(stage)
    return then_close(stage.loop.sock_connect(sock, stage.listener().address), sock)


@program.scene
async def sock_connect_by_name(stage: Stage) -> Operation:
    sock = fresh(stage)
    return then_close(stage.loop.sock_connect(sock, ("localhost", stage.listener().port)), sock)


@program.endless
async def sock_connect_to_silence(stage: Stage) -> Operation:
    sock = fresh(stage)
    return then_close(stage.loop.sock_connect(sock, stage.silent().address), sock)


@program.scene
async def sock_connect_unix(stage: Stage) -> Operation:
    sock = fresh(stage, socket.AF_UNIX)
    return then_close(stage.loop.sock_connect(sock, stage.listener(family=socket.AF_UNIX).address), sock)


@program.scene
async def sock_accept(stage: Stage) -> Operation:
    sock = stage.lend(socket.create_server(("127.0.0.1", 0)))
    sock.setblocking(False)
    address = sock.getsockname()
    stage.cue(3, lambda: stage.dial(address))
    return then_close(stage.loop.sock_accept(sock), sock)


@program.scene
async def sock_recv(stage: Stage) -> Operation:
    sock, wire = stage.pair()
    stage.cue(3, lambda: wire.say(b"hello"))
    return then_close(stage.loop.sock_recv(sock, 100), sock)


@program.scene
async def sock_recv_end(stage: Stage) -> Operation:
    sock, wire = stage.pair()
    stage.cue(3, wire.hang_up)
    return then_close(stage.loop.sock_recv(sock, 100), sock)


@program.scene
async def sock_recv_into(stage: Stage) -> Operation:
    sock, wire = stage.pair()
    stage.cue(3, lambda: wire.say(b"hello"))
    return then_close(stage.loop.sock_recv_into(sock, bytearray(100)), sock)


def _bound(stage: Stage) -> socket.socket:
    sock = fresh(stage, kind=socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    mailbox = stage.mailbox()
    mailbox.sock.connect(sock.getsockname())
    stage.cue(3, lambda: mailbox.say(b"hello"))
    return sock


@program.scene
async def sock_recvfrom(stage: Stage) -> Operation:
    sock = _bound(stage)
    return then_close(stage.loop.sock_recvfrom(sock, 100), sock)


@program.scene
async def sock_recvfrom_into(stage: Stage) -> Operation:
    sock = _bound(stage)
    return then_close(stage.loop.sock_recvfrom_into(sock, bytearray(100)), sock)


@program.scene
async def sock_sendall(stage: Stage) -> Operation:
    sock, wire = stage.pair()
    wire.reading = False
    stage.cue(5, lambda: setattr(wire, "reading", True))
    return then_close(stage.loop.sock_sendall(sock, bytes(LARGE)), sock)


@program.scene
async def sock_sendto(stage: Stage) -> Operation:
    mailbox = stage.mailbox(family=socket.AF_UNIX)
    mailbox.reading = False
    stage.cue(5, lambda: setattr(mailbox, "reading", True))
    sock = fresh(stage, socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        while True:
            sock.sendto(b"fill", mailbox.address)
    except BlockingIOError:
        return then_close(stage.loop.sock_sendto(sock, b"hello", mailbox.address), sock)


@program.scene
async def sock_both_ways(stage: Stage) -> Operation:
    sock, wire = stage.pair()
    wire.reading = False
    stage.cue(5, lambda: setattr(wire, "reading", True))
    stage.cue(8, lambda: wire.say(b"hello"))

    async def talk() -> None:
        await asyncio.gather(stage.loop.sock_sendall(sock, bytes(LARGE)), stage.loop.sock_recv(sock, 100))

    return then_close(talk(), sock)


@program.scene
async def sock_sendfile(stage: Stage) -> Operation:
    sock, wire = stage.pair()
    wire.reading = False
    stage.cue(5, lambda: setattr(wire, "reading", True))

    async def send() -> None:
        with stage.lend(open(stage.file(LARGE), "rb")) as file:  # noqa: ASYNC230
            await stage.loop.sock_sendfile(sock, file, fallback=False)

    return then_close(send(), sock)


@asynccontextmanager
async def _transport(stage: Stage, *, tls: bool) -> AsyncIterator[asyncio.WriteTransport]:
    sock, wire = stage.pair(tls=tls)
    wire.reading = tls  # a handshake needs both sides
    transport, _ = await stage.loop.create_connection(
        stage.party,
        sock=sock,
        ssl=stage.tls.client if tls else None,
        server_hostname="localhost" if tls else None,
    )
    stage.cue(8, lambda: setattr(wire, "reading", True))
    try:
        yield transport
    finally:
        transport.abort()


@program.scene
async def transport_sendfile(stage: Stage) -> Operation:
    async def send() -> None:
        async with _transport(stage, tls=False) as transport:
            with stage.lend(open(stage.file(LARGE), "rb")) as file:  # noqa: ASYNC230
                await stage.loop.sendfile(transport, file)

    return send()


@program.scene
async def transport_sendfile_tls(stage: Stage) -> Operation:
    async def send() -> None:
        async with _transport(stage, tls=True) as transport:
            with stage.lend(open(stage.file(1 << 17), "rb")) as file:  # noqa: ASYNC230
                await stage.loop.sendfile(transport, file)

    return send()
