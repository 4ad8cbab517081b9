"""Interrupted operations: connecting, as client and with accepted sockets."""

import asyncio
import contextlib
import socket
from typing import Any

from .descriptors import lift_socket
from .interrupt import Operation, Program
from .peers import Wire
from .stage import Stage

program = Program()


class Refusal(Exception):
    """What a protocol factory raises that does not want the connection."""


def refuse() -> asyncio.Protocol:
    raise Refusal


async def refused(operation: Operation) -> object:
    """Run an operation whose protocol factory refuses."""
    with contextlib.suppress(Refusal):
        return await operation
    return None


async def keeping(operation: Operation, sock: socket.socket) -> object:
    """Run an operation on a socket of the user's, who closes it when the operation fails."""
    try:
        return await operation
    except BaseException:
        sock.close()
        raise


def to_all_loopbacks(stage: Stage, port: int, **rest: float) -> Operation:
    """Connect to a port on ::1 and on 127.0.0.1, which are what no host stands for."""
    loop: Any = stage.loop
    operation: Operation = loop.create_connection(stage.party, None, port, **rest)
    return operation


@program.scene
async def connection_to_literal(stage: Stage) -> Operation:
    listener = stage.listener()
    return stage.loop.create_connection(stage.party, "127.0.0.1", listener.port)


@program.scene
async def connection_to_name(stage: Stage) -> Operation:
    listener = stage.listener()
    return stage.loop.create_connection(stage.party, "localhost", listener.port, family=socket.AF_INET)


@program.scene
async def connection_from_local_address(stage: Stage) -> Operation:
    listener = stage.listener()
    return stage.loop.create_connection(
        stage.party, "127.0.0.1", listener.port, local_addr=("localhost", 0), family=socket.AF_INET
    )


@program.scene
async def connection_on_socket(stage: Stage) -> Operation:
    sock, _ = stage.pair()
    return stage.loop.create_connection(stage.party, sock=sock)


@program.scene
async def connection_on_socket_user_closes(stage: Stage) -> Operation:
    sock, _ = stage.pair()
    return keeping(stage.loop.create_connection(stage.party, sock=sock), sock)


@program.endless
async def connection_to_silence(stage: Stage) -> Operation:
    silent = stage.silent()
    return stage.loop.create_connection(stage.party, "127.0.0.1", silent.port)


@program.scene
async def connection_to_nobody(stage: Stage) -> Operation:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    async def fail() -> None:
        with contextlib.suppress(ConnectionRefusedError):
            await stage.loop.create_connection(stage.party, "127.0.0.1", port)

    return fail()


@program.scene
async def connection_second_address(stage: Stage) -> Operation:
    first, second = stage.twins()
    stage.finally_(lift_socket(first).close)  # bound, but nobody listens on ::1, which comes first
    return to_all_loopbacks(stage, stage.listener(second).port, interleave=1)


@program.scene
async def connection_refused_by_factory(stage: Stage) -> Operation:
    listener = stage.listener()
    return refused(stage.loop.create_connection(refuse, "127.0.0.1", listener.port))


@program.scene
async def connection_refused_by_factory_tls(stage: Stage) -> Operation:
    listener = stage.listener(tls=True)
    return refused(
        stage.loop.create_connection(
            refuse, "127.0.0.1", listener.port, ssl=stage.tls.client, server_hostname="localhost"
        )
    )


@program.scene
async def connection_tls(stage: Stage) -> Operation:
    listener = stage.listener(tls=True)
    return stage.loop.create_connection(
        stage.party, "127.0.0.1", listener.port, ssl=stage.tls.client, server_hostname="localhost"
    )


@program.scene
async def connection_tls_on_socket(stage: Stage) -> Operation:
    sock, _ = stage.pair(tls=True)
    return stage.loop.create_connection(stage.party, sock=sock, ssl=stage.tls.client, server_hostname="localhost")


@program.endless
async def connection_tls_without_answer(stage: Stage) -> Operation:
    listener = stage.listener()
    return stage.loop.create_connection(
        stage.party, "127.0.0.1", listener.port, ssl=stage.tls.client, server_hostname="localhost"
    )


@program.scene
async def connection_tls_answered_with_garbage(stage: Stage) -> Operation:
    listener = stage.listener(greet=lambda wire: wire.say_plain(b"HTTP/1.0 400 Bad Request\r\n\r\n"))

    async def fail() -> None:
        with contextlib.suppress(OSError):
            await stage.loop.create_connection(
                stage.party,
                "127.0.0.1",
                listener.port,
                ssl=stage.tls.client,
                server_hostname="localhost",
            )

    return fail()


@program.scene
async def eyeballs_first_hangs(stage: Stage) -> Operation:
    first, second = stage.twins()
    stage.silent(first)
    return to_all_loopbacks(stage, stage.listener(second).port, happy_eyeballs_delay=0.001)


@program.endless
async def eyeballs_all_hang(stage: Stage) -> Operation:
    first, second = stage.twins()
    stage.silent(first)
    return to_all_loopbacks(stage, stage.silent(second).port, happy_eyeballs_delay=0.0005)


@program.scene
async def eyeballs_dead_heat(stage: Stage) -> Operation:
    first, second = stage.twins()
    stage.listener(first)
    return to_all_loopbacks(stage, stage.listener(second).port, happy_eyeballs_delay=0)


@program.scene
async def unix_connection(stage: Stage) -> Operation:
    listener = stage.listener(family=socket.AF_UNIX)
    return stage.loop.create_unix_connection(stage.party, str(listener.address))


@program.scene
async def unix_connection_tls(stage: Stage) -> Operation:
    listener = stage.listener(family=socket.AF_UNIX, tls=True)
    return stage.loop.create_unix_connection(
        stage.party, str(listener.address), ssl=stage.tls.client, server_hostname="localhost"
    )


@program.scene
async def unix_connection_on_socket(stage: Stage) -> Operation:
    near, far = socket.socketpair()
    stage.lend(near)
    stage.adopt(far)
    return stage.loop.create_unix_connection(stage.party, sock=near)


@program.scene
async def unix_connection_refused_by_factory(stage: Stage) -> Operation:
    listener = stage.listener(family=socket.AF_UNIX)
    return refused(stage.loop.create_unix_connection(refuse, str(listener.address)))


@program.scene
async def open_connection(stage: Stage) -> Operation:
    listener = stage.listener()
    return asyncio.open_connection("127.0.0.1", listener.port)


@program.scene
async def open_connection_tls(stage: Stage) -> Operation:
    listener = stage.listener(tls=True)
    return asyncio.open_connection("127.0.0.1", listener.port, ssl=stage.tls.client, server_hostname="localhost")


@program.scene
async def open_unix_connection(stage: Stage) -> Operation:
    listener = stage.listener(family=socket.AF_UNIX)
    return asyncio.open_unix_connection(str(listener.address))


@program.scene
async def accepted_socket(stage: Stage) -> Operation:
    sock, _ = stage.pair()
    return stage.loop.connect_accepted_socket(stage.party, sock)


@program.scene
async def accepted_socket_user_closes(stage: Stage) -> Operation:
    sock, _ = stage.pair()
    return keeping(stage.loop.connect_accepted_socket(stage.party, sock), sock)


@program.scene
async def accepted_socket_tls(stage: Stage) -> Operation:
    sock, _ = stage.pair(tls=True, server_side=False)
    return stage.loop.connect_accepted_socket(stage.party, sock, ssl=stage.tls.server)


@program.endless
async def accepted_socket_tls_without_hello(stage: Stage) -> Operation:
    sock, _ = stage.pair()
    return stage.loop.connect_accepted_socket(stage.party, sock, ssl=stage.tls.server)


async def _connected(stage: Stage, sock: socket.socket) -> tuple[asyncio.Transport, asyncio.Protocol]:
    """Connect a transport; it does not read yet, what the peer says first is for TLS."""
    transport, protocol = await stage.loop.create_connection(stage.party, sock=sock)
    transport.pause_reading()
    return transport, protocol


@program.scene
async def start_tls_as_client(stage: Stage) -> Operation:
    sock, _ = stage.pair(tls=True)
    transport, protocol = await _connected(stage, sock)
    return stage.loop.start_tls(transport, protocol, stage.tls.client, server_hostname="localhost")


@program.scene
async def start_tls_as_server(stage: Stage) -> Operation:
    sock, _ = stage.pair(tls=True, server_side=False)
    transport, protocol = await _connected(stage, sock)
    return stage.loop.start_tls(transport, protocol, stage.tls.server, server_side=True)


@program.endless
async def start_tls_without_hello(stage: Stage) -> Operation:
    sock, _ = stage.pair()
    transport, protocol = await _connected(stage, sock)
    return stage.loop.start_tls(transport, protocol, stage.tls.server, server_side=True)


@program.scene
async def start_tls_after_full_buffer(stage: Stage) -> Operation:
    sock, wire = stage.pair()
    transport, protocol = await _connected(stage, sock)
    wire.reading = False
    banner = bytes(1 << 22)
    transport.set_write_buffer_limits(high=2 * len(banner))
    transport.write(banner)

    def answer(wire: Wire = wire) -> None:
        """Read the banner to its last byte, then begin to speak TLS."""
        if wire.tls is None and len(wire.received) < len(banner):
            wire.receive(len(banner) - len(wire.received))
        elif wire.tls is None:
            wire.start_tls(stage.tls.server, server_side=True)
            wire.reading = True
        else:
            return
        stage.cue(1, answer)

    stage.cue(4, answer)
    return stage.loop.start_tls(transport, protocol, stage.tls.client, server_hostname="localhost")


@program.scene
async def writer_start_tls(stage: Stage) -> Operation:
    sock, _ = stage.pair(tls=True)
    _, writer = await asyncio.open_connection(sock=sock)

    async def upgrade() -> None:
        try:
            await writer.start_tls(stage.tls.client, server_hostname="localhost")
        finally:
            writer.transport.abort()

    return upgrade()
