"""``start_tls`` loses no byte that was already buffered, and lets none of the plain text pass for TLS.

The peer is moved by hand (``peers``), so each test decides what is in one segment and what is not.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import pytest

from .certificate import Credentials
from .peers import Wire
from .stage import Stage
from .turning import turns, until

HEADER = b"PROXY TCP4 192.0.2.1 192.0.2.2 5 7\r\n"
SHORT = b"P 1 2\r\n"
REQUEST = b"over TLS\n"
LINES = (b"x" * 1023 + b"\n") * 256

StageOf = Callable[[], Stage]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ReadHeader = Callable[[asyncio.StreamReader], Awaitable[bytes]]


class ProxyServer:
    """A stream server whose handler reads a plain header, upgrades, and echoes lines from then on."""

    def __init__(self, tls: Credentials, read_header: ReadHeader, greeting: bytes = b"") -> None:
        self.tls = tls
        self.read_header = read_header
        self.greeting = greeting
        self.header = b""
        self.error: BaseException | None = None
        self.finished = asyncio.Event()
        self.release = asyncio.Event()
        self.release.set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.header = await self.read_header(reader)
            await self.release.wait()
            if self.greeting:
                writer.write(self.greeting)
            await writer.start_tls(self.tls.server)
            while line := await reader.readline():
                writer.write(line)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError) as error:
            self.error = error
        finally:
            writer.close()
            self.finished.set()


async def read_line(reader: asyncio.StreamReader) -> bytes:
    return await reader.readline()


async def read_until(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n")


async def read_exactly(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(len(HEADER))


async def read_some(reader: asyncio.StreamReader) -> bytes:
    return await reader.read(len(HEADER))


async def read_by_iteration(reader: asyncio.StreamReader) -> bytes:
    return await anext(reader)


async def converse(
    stage: Stage,
    handler: ProxyServer,
    send: Callable[[Wire, bytes], Awaitable[None]],
    *,
    limit: int = 1 << 16,
    context: ssl.SSLContext | None = None,
) -> Wire:
    """Serve one connection: ``send`` gets the wire and the ClientHello; then a request is echoed over TLS."""
    server = await asyncio.start_server(handler, "127.0.0.1", 0, limit=limit)
    try:
        wire = stage.dial(server.sockets[0].getsockname())
        hello = wire.start_tls(context or stage.tls.client, server_side=False, server_hostname="localhost")
        await send(wire, hello)
        await until(lambda: wire.shaken or wire.broken is not None, "the handshake", stage.tick)
        assert wire.broken is None
        wire.say(REQUEST)
        await until(lambda: len(wire.received) >= len(REQUEST), "the echo", stage.tick)
        assert wire.received == REQUEST
        wire.say(LINES)
        await until(lambda: len(wire.received) >= len(REQUEST + LINES), "the long echo", stage.tick)
        assert wire.received == REQUEST + LINES
        wire.hang_up()
        await until(handler.finished.is_set, "the end of the handler", stage.tick)
        assert handler.error is None
        return wire
    finally:
        server.close()


def in_one_segment(header: bytes) -> Callable[[Wire, bytes], Awaitable[None]]:
    async def send(wire: Wire, hello: bytes) -> None:
        wire.say_plain(header + hello)

    return send


@pytest.mark.parametrize(
    "read_header",
    [read_line, read_until, read_exactly, read_some, read_by_iteration],
    ids=lambda function: function.__name__,
)
def test_header_and_hello_in_one_segment(read_header: ReadHeader, stage_of: StageOf) -> None:
    stage = stage_of()

    async def main() -> None:
        handler = ProxyServer(stage.tls, read_header)
        await converse(stage, handler, in_one_segment(HEADER))
        assert handler.header == HEADER

    stage.loop.run_until_complete(main())


def test_header_and_hello_in_one_segment_with_tls_1_2(stage_of: StageOf) -> None:
    stage = stage_of()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(stage.tls.certificate)
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    async def main() -> None:
        handler = ProxyServer(stage.tls, read_line)
        await converse(stage, handler, in_one_segment(HEADER), context=context)

    stage.loop.run_until_complete(main())


@pytest.mark.parametrize("limit", [len(SHORT), 40, 64])
def test_hello_beyond_the_readers_limit(limit: int, stage_of: StageOf) -> None:
    """The hello is so long that the stream reader has paused the transport when the upgrade begins."""
    stage = stage_of()

    async def main() -> None:
        server = await asyncio.start_server(
            handler := ProxyServer(stage.tls, lambda reader: reader.readexactly(len(SHORT))),
            "127.0.0.1",
            0,
            limit=limit,
        )
        wire = stage.dial(server.sockets[0].getsockname())
        hello = wire.start_tls(stage.tls.client, server_side=False, server_hostname="localhost")
        wire.say_plain(SHORT + hello)
        await until(lambda: wire.shaken, "the handshake", stage.tick)
        wire.say(b"hi\n")
        await until(lambda: wire.received == b"hi\n", "the echo", stage.tick)
        wire.hang_up()
        await until(handler.finished.is_set, "the end of the handler", stage.tick)
        server.close()

    stage.loop.run_until_complete(main())


@pytest.mark.parametrize("cut", range(len(SHORT) + 7))
def test_two_segments_cut_anywhere(cut: int, stage_of: StageOf) -> None:
    stage = stage_of()

    async def main() -> None:
        async def send(wire: Wire, hello: bytes) -> None:
            data = SHORT + hello
            wire.say_plain(data[:cut])
            await turns(tick=stage.tick)
            wire.say_plain(data[cut:])

        handler = ProxyServer(stage.tls, read_line)
        await converse(stage, handler, send)
        assert handler.header == SHORT

    stage.loop.run_until_complete(main())


def test_header_first_then_hello_in_two_pieces_cut_anywhere(stage_of: StageOf) -> None:
    async def main(stage: Stage, cut: int) -> None:
        async def send(wire: Wire, hello: bytes) -> None:
            wire.say_plain(SHORT)
            await turns(tick=stage.tick)
            wire.say_plain(hello[:cut])
            await turns(tick=stage.tick)
            wire.say_plain(hello[cut:])

        await converse(stage, ProxyServer(stage.tls, read_line), send)

    for cut in [*range(8), 50, 100, 200]:
        stage = stage_of()
        stage.loop.run_until_complete(main(stage, cut))


def test_everything_byte_by_byte(stage_of: StageOf) -> None:
    stage = stage_of()

    async def main() -> None:
        async def send(wire: Wire, hello: bytes) -> None:
            for byte in SHORT + hello:
                wire.say_plain(bytes([byte]))
                await turns(2, stage.tick)

        await converse(stage, ProxyServer(stage.tls, read_line), send)

    stage.loop.run_until_complete(main())


def test_hello_arrives_while_the_handler_is_busy(stage_of: StageOf) -> None:
    stage = stage_of()

    async def main() -> None:
        handler = ProxyServer(stage.tls, read_line)
        handler.release.clear()

        async def send(wire: Wire, hello: bytes) -> None:
            wire.say_plain(SHORT + hello[:10])
            await turns(tick=stage.tick)
            wire.say_plain(hello[10:])
            await turns(tick=stage.tick)
            handler.release.set()

        await converse(stage, handler, send)

    stage.loop.run_until_complete(main())


def test_a_greeting_not_yet_sent_goes_first_and_in_the_clear(stage_of: StageOf) -> None:
    stage = stage_of()
    greeting = bytes(1 << 15)  # below the high-water mark: drain() does not wait for it

    async def main() -> None:
        handler = ProxyServer(stage.tls, read_line, greeting)
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        wire = stage.dial(server.sockets[0].getsockname())
        wire.say_plain(HEADER)

        def read_greeting() -> bool:
            wire.reading = False
            wire.receive(len(greeting) - len(wire.received))
            return len(wire.received) == len(greeting)

        await until(read_greeting, "the greeting", stage.tick)
        assert wire.received == greeting
        wire.received.clear()
        wire.say_plain(wire.start_tls(stage.tls.client, server_side=False, server_hostname="localhost"))
        wire.reading = True
        wire.pump()
        await until(lambda: wire.shaken, "the handshake", stage.tick)
        wire.say(REQUEST)
        await until(lambda: wire.received == REQUEST, "the echo", stage.tick)
        wire.hang_up()
        await until(handler.finished.is_set, "the end of the handler", stage.tick)
        server.close()

    stage.loop.run_until_complete(main())


@pytest.mark.parametrize("part", [0, 1, 5, 100])
def test_the_end_of_the_stream_in_the_handshake_is_an_error(part: int, stage_of: StageOf) -> None:
    stage = stage_of()

    async def main() -> None:
        handler = ProxyServer(stage.tls, read_line)
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        wire = stage.dial(server.sockets[0].getsockname())
        hello = wire.start_tls(stage.tls.client, server_side=False, server_hostname="localhost")
        wire.say_plain(HEADER + hello[:part])
        wire.hang_up()
        await until(handler.finished.is_set, "the end of the handler", stage.tick)
        assert isinstance(handler.error, ConnectionError | ssl.SSLError)
        server.close()

    stage.loop.run_until_complete(main())


def test_plain_bytes_behind_the_banner_do_not_pass_for_tls(stage_of: StageOf) -> None:
    """What an attacker puts behind the last plain line must not be read as if it had come through TLS."""
    stage = stage_of()

    async def main() -> None:
        async def upgrade() -> bytes:
            reader, writer = await asyncio.open_connection(sock=near)
            try:
                assert await reader.readline() == b"220 ready\r\n"
                await writer.start_tls(stage.tls.client, server_hostname="localhost")
                return await reader.readline()
            except (OSError, asyncio.IncompleteReadError):
                return b""
            finally:
                writer.transport.abort()

        near, wire = stage.pair()
        wire.say_plain(b"220 ready\r\nINJECTED\r\n")
        wire.start_tls(stage.tls.server, server_side=True)
        upgrading = asyncio.ensure_future(upgrade())
        await until(lambda: upgrading.done() or wire.shaken, "the handshake, or its failure", stage.tick)
        if not upgrading.done():
            wire.say(b"genuine\r\n")
        await until(upgrading.done, "the end of the client", stage.tick)
        assert b"INJECTED" not in upgrading.result()
        await turns(tick=stage.tick)

    stage.loop.run_until_complete(main())


@pytest.mark.parametrize("cut", range(len(b"220 ok\r\n") + 1))
def test_client_upgrades_after_a_banner_cut_anywhere(cut: int, stage_of: StageOf) -> None:
    stage = stage_of()
    banner = b"220 ok\r\n"

    async def main() -> None:
        near, wire = stage.pair()

        async def upgrade() -> bytes:
            reader, writer = await asyncio.open_connection(sock=near)
            assert await reader.readline() == banner
            await writer.start_tls(stage.tls.client, server_hostname="localhost")
            writer.write(REQUEST)
            line = await reader.readline()
            writer.transport.abort()
            return line

        upgrading = asyncio.ensure_future(upgrade())
        wire.say_plain(banner[:cut])
        await turns(4, stage.tick)
        wire.say_plain(banner[cut:])
        wire.start_tls(stage.tls.server, server_side=True)
        await until(lambda: bool(wire.received), "the request", stage.tick)
        assert wire.received == REQUEST
        wire.say(b"answer\r\n")
        await until(upgrading.done, "the answer", stage.tick)
        assert upgrading.result() == b"answer\r\n"
        await turns(tick=stage.tick)

    stage.loop.run_until_complete(main())


class HeaderReader(asyncio.Protocol):
    """At transport level: takes the header, pauses at once, keeps what comes over TLS."""

    def __init__(self) -> None:
        self.plain = bytearray()
        self.received = bytearray()
        self.upgraded = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.upgraded:
            self.received += data
            return
        self.plain += data
        assert self.transport is not None
        if self.plain.endswith(b"\r\n"):
            self.transport.pause_reading()


class ExactHeaderReader(HeaderReader, asyncio.BufferedProtocol):
    """Lends a buffer that has room for the header and not a byte more: the hello stays in the kernel."""

    def __init__(self) -> None:
        super().__init__()
        self._room = bytearray(1)

    def get_buffer(self, hint: int) -> memoryview:
        size = 1 << 16 if self.upgraded else len(HEADER) - len(self.plain)
        self._room = bytearray(size)
        return memoryview(self._room)

    def buffer_updated(self, size: int) -> None:
        self.data_received(bytes(self._room[:size]))


@pytest.mark.parametrize("together", [False, True], ids=["hello-while-paused", "in-one-segment"])
@pytest.mark.parametrize("pause", [0, 1, 5], ids=lambda turns: f"pause-of-{turns}-turns")
def test_at_transport_level_with_a_pause_in_between(together: bool, pause: int, stage_of: StageOf) -> None:
    stage = stage_of()

    async def main() -> None:
        near, wire = stage.pair()
        protocol = ExactHeaderReader() if together else HeaderReader()
        transport, _ = await stage.loop.create_connection(lambda: protocol, sock=near)
        hello = wire.start_tls(stage.tls.client, server_side=False, server_hostname="localhost")
        wire.say_plain(HEADER + hello if together else HEADER)
        await until(lambda: protocol.plain == HEADER, "the header", stage.tick)
        if not together:
            wire.say_plain(hello)
        await turns(pause, stage.tick)
        assert protocol.plain == HEADER, "data arrived although reading was paused"
        protocol.upgraded = True
        upgrading = asyncio.ensure_future(stage.loop.start_tls(transport, protocol, stage.tls.server, server_side=True))
        await until(lambda: upgrading.done() and wire.shaken, "the handshake", stage.tick)
        secure = upgrading.result()
        assert isinstance(secure, asyncio.Transport)
        wire.say(REQUEST)
        await until(lambda: protocol.received == REQUEST, "the request", stage.tick)
        secure.write(b"answer")
        await until(lambda: wire.received == b"answer", "the answer", stage.tick)
        secure.abort()
        await turns(tick=stage.tick)

    stage.loop.run_until_complete(main())


def test_upgrade_while_writing_is_paused(stage_of: StageOf) -> None:
    """The plain bytes that fill the buffer go out first, and the protocol hears that it may write again."""
    stage = stage_of()
    banner = bytes(1 << 23)

    class Paused(HeaderReader):
        upgraded = True
        events: tuple[str, ...] = ()

        def pause_writing(self) -> None:
            self.events += ("pause",)

        def resume_writing(self) -> None:
            self.events += ("resume",)

    async def main() -> None:
        near, wire = stage.pair()
        wire.reading = False
        protocol = Paused()
        protocol.upgraded = True
        transport, _ = await stage.loop.create_connection(lambda: protocol, sock=near)
        complaints: list[object] = []
        stage.loop.set_exception_handler(lambda loop, context: complaints.append(context))
        transport.write(banner)
        await until(lambda: protocol.events == ("pause",), "the pause", stage.tick)
        upgrading = asyncio.ensure_future(
            stage.loop.start_tls(transport, protocol, stage.tls.client, server_hostname="localhost")
        )

        def read_banner() -> bool:
            wire.receive(len(banner) - len(wire.received))
            return len(wire.received) == len(banner)

        await until(read_banner, "the banner", stage.tick)
        wire.received.clear()
        wire.start_tls(stage.tls.server, server_side=True)
        wire.reading = True
        await until(lambda: upgrading.done() and wire.shaken, "the handshake", stage.tick)
        upgrading.result().write(REQUEST)  # type: ignore[union-attr]
        await until(lambda: wire.received == REQUEST, "the request", stage.tick)
        assert protocol.events == ("pause", "resume")
        assert complaints == []
        upgrading.result().abort()  # type: ignore[union-attr]
        await turns(tick=stage.tick)

    stage.loop.run_until_complete(main())
