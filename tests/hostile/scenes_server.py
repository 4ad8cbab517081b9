"""Interrupted operations: putting up servers and datagram endpoints, and servers that are just accepting."""

import asyncio
import contextlib
import socket

from .interrupt import Operation, Program
from .scenes_connect import refuse
from .stage import Stage

program = Program()


async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@program.scene
async def server_on_literal(stage: Stage) -> Operation:
    return stage.loop.create_server(stage.party, "127.0.0.1", 0)


@program.scene
async def server_on_all_loopbacks(stage: Stage) -> Operation:
    return stage.loop.create_server(stage.party, ["127.0.0.1", "::1", "localhost"], 0)


@program.scene
async def server_on_socket(stage: Stage) -> Operation:
    return stage.loop.create_server(stage.party, sock=stage.lend(socket.create_server(("127.0.0.1", 0))))


@program.scene
async def server_tls(stage: Stage) -> Operation:
    return stage.loop.create_server(stage.party, "127.0.0.1", 0, ssl=stage.tls.server)


@program.scene
async def server_started_later(stage: Stage) -> Operation:
    async def start() -> None:
        server = await stage.loop.create_server(stage.party, "127.0.0.1", 0, start_serving=False)
        try:
            await server.start_serving()
        finally:
            server.close()

    return start()


@program.endless
async def server_forever(stage: Stage) -> Operation:
    async def serve() -> None:
        server = await stage.loop.create_server(stage.party, "127.0.0.1", 0, start_serving=False)
        async with server:
            await server.serve_forever()

    return serve()


@program.scene
async def server_on_taken_port(stage: Stage) -> Operation:
    listener = stage.listener()

    async def fail() -> None:
        with contextlib.suppress(OSError):
            await stage.loop.create_server(stage.party, ["::1", "127.0.0.1"], listener.port)

    return fail()


@program.scene
async def unix_server(stage: Stage) -> Operation:
    return stage.loop.create_unix_server(stage.party, stage.path())


@program.scene
async def unix_server_tls(stage: Stage) -> Operation:
    return stage.loop.create_unix_server(stage.party, stage.path(), ssl=stage.tls.server)


@program.scene
async def start_server(stage: Stage) -> Operation:
    return asyncio.start_server(ignore, "127.0.0.1", 0)


@program.scene
async def start_unix_server(stage: Stage) -> Operation:
    return asyncio.start_unix_server(ignore, stage.path())


async def _served(stage: Stage, server: asyncio.Server, clients: int) -> None:
    """Serve until every client was accepted; the user closes the server and every connection there is."""
    try:
        while sum("made" in party.events for party in stage.parties) < clients:  # noqa: ASYNC110
            await asyncio.sleep(0)
    finally:
        server.close()
        for party in stage.parties:
            party.leave()


@program.scene
async def accepting(stage: Stage) -> Operation:
    server = await stage.loop.create_server(stage.party, "127.0.0.1", 0)
    for _ in range(2):
        stage.dial(server.sockets[0].getsockname())
    return _served(stage, server, 2)


@program.scene
async def accepting_tls(stage: Stage) -> Operation:
    server = await stage.loop.create_server(stage.party, "127.0.0.1", 0, ssl=stage.tls.server)
    for _ in range(2):
        stage.dial(server.sockets[0].getsockname(), tls=True)
    return _served(stage, server, 2)


@program.endless
async def accepting_tls_without_hello(stage: Stage) -> Operation:
    server = await stage.loop.create_server(stage.party, "127.0.0.1", 0, ssl=stage.tls.server)
    stage.dial(server.sockets[0].getsockname())
    return _served(stage, server, 1)


@program.tolerating("Error on transport creation for incoming connection: Refusal()")
async def accepting_refused_by_factory(stage: Stage) -> Operation:
    server = await stage.loop.create_server(refuse, "127.0.0.1", 0)
    stage.dial(server.sockets[0].getsockname())

    async def serve() -> None:
        try:
            for _ in range(6):
                await asyncio.sleep(0)
        finally:
            server.close()

    return serve()


@program.scene
async def datagram_connected(stage: Stage) -> Operation:
    mailbox = stage.mailbox()
    return stage.loop.create_datagram_endpoint(stage.party, remote_addr=("127.0.0.1", mailbox.port))


@program.scene
async def datagram_by_name(stage: Stage) -> Operation:
    mailbox = stage.mailbox()
    return stage.loop.create_datagram_endpoint(
        stage.party,
        local_addr=("localhost", 0),
        remote_addr=("localhost", mailbox.port),
        family=socket.AF_INET,
    )


@program.scene
async def datagram_bound(stage: Stage) -> Operation:
    return stage.loop.create_datagram_endpoint(stage.party, local_addr=("127.0.0.1", 0))


@program.scene
async def datagram_on_socket(stage: Stage) -> Operation:
    sock = stage.lend(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    sock.bind(("127.0.0.1", 0))
    return stage.loop.create_datagram_endpoint(stage.party, sock=sock)
