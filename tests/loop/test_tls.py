"""TLS: from the start or later, in bulk, and with peers that cannot."""

import asyncio
import socket
import ssl
from typing import Any

import pytest

from hostile.certificate import Credentials, make_credentials

from .support import Recorder, read_all, soon_or_never, until

BULK = b"".join(number.to_bytes(4, "big") for number in range(1_250_000))  # 5 MB


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Credentials:
    return make_credentials(tmp_path_factory.mktemp("tls"))


class Echo(Recorder):
    """Says what it hears."""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.transport.write(data)


async def serve(factory: Any, context: ssl.SSLContext | None) -> tuple[asyncio.Server, int]:
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0, ssl=context)
    return server, server.sockets[0].getsockname()[1]


async def part(*protocols: Recorder) -> None:
    """Close the connections, and wait until everyone knows."""
    for protocol in protocols:
        protocol.transport.close()
    await until(lambda: all(protocol.lost for protocol in protocols))
    await asyncio.sleep(0)


async def echo_once(port: int, context: ssl.SSLContext) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    writer.close()
    await writer.wait_closed()


def test_what_is_sent_over_tls_comes_back(loop: asyncio.AbstractEventLoop, credentials: Credentials) -> None:
    async def talk() -> None:
        echo, client = Echo(), Recorder()
        server, port = await serve(lambda: echo, credentials.server)
        await loop.create_connection(lambda: client, "127.0.0.1", port, ssl=credentials.client)
        for word in (b"one", b"two", b"three"):
            client.transport.write(word)
        await until(lambda: client.data == b"onetwothree")
        await part(client)
        await until(lambda: echo.lost)
        assert client.lost == echo.lost == [None]
        assert (client.calls[0], client.calls[-1]) == ("made", "lost")
        server.close()

    soon_or_never(loop, talk())


def test_bulk_goes_both_ways_at_once(loop: asyncio.AbstractEventLoop, credentials: Credentials) -> None:
    async def talk() -> None:
        one, other = Recorder(), Recorder()
        server, port = await serve(lambda: other, credentials.server)
        await loop.create_connection(lambda: one, "127.0.0.1", port, ssl=credentials.client)
        await until(lambda: other.transport)
        for protocol in (one, other):
            protocol.transport.write(BULK)
        await until(lambda: len(one.data) == len(other.data) == len(BULK))
        assert one.data == other.data == BULK
        assert one.calls.count("pause") == one.calls.count("resume")
        await part(one, other)
        server.close()

    soon_or_never(loop, talk())


def test_everything_written_before_close_arrives(loop: asyncio.AbstractEventLoop, credentials: Credentials) -> None:
    async def talk() -> None:
        one, other = Recorder(), Recorder()
        server, port = await serve(lambda: other, credentials.server)
        await loop.create_connection(lambda: one, "127.0.0.1", port, ssl=credentials.client)
        one.transport.write(BULK)
        one.transport.close()
        await until(lambda: other.lost and one.lost)
        assert other.data == BULK
        await asyncio.sleep(0)
        server.close()

    soon_or_never(loop, talk())


def test_a_failed_handshake_is_the_end_of_that_connection_only(
    loop: asyncio.AbstractEventLoop, credentials: Credentials
) -> None:
    made: list[Echo] = []

    def factory() -> Echo:
        made.append(Echo())
        return made[-1]

    def talk_nonsense(port: int, nonsense: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(nonsense)
            sock.shutdown(socket.SHUT_WR)
            try:
                return read_all(sock)
            except ConnectionError:
                return b""

    async def talk() -> None:
        server, port = await serve(factory, credentials.server)
        for nonsense in (b"GET / HTTP/1.0\r\n\r\n", b"", b"\x16\x03\x01"):
            await loop.run_in_executor(None, talk_nonsense, port, nonsense)
        with pytest.raises(ssl.SSLCertVerificationError):  # a client that does not trust us
            await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context())
        await echo_once(port, credentials.client)
        await until(lambda: made[-1].lost)
        assert [protocol.calls for protocol in made if protocol.transport is None] == [[]] * (len(made) - 1)
        assert made[-1].lost == [None]
        server.close()

    soon_or_never(loop, talk())


def test_a_client_learns_that_the_server_does_not_speak_tls(
    loop: asyncio.AbstractEventLoop, credentials: Credentials
) -> None:
    class Plain(Recorder):
        def data_received(self, data: bytes) -> None:
            self.transport.write(b"220 plain text only\r\n")
            self.transport.close()

    async def talk() -> None:
        server, port = await serve(Plain, None)
        with pytest.raises(ssl.SSLError):
            await loop.create_connection(Recorder, "127.0.0.1", port, ssl=credentials.client)
        server.close()
        await asyncio.sleep(0)

    soon_or_never(loop, talk())


def test_both_sides_may_start_tls_later(loop: asyncio.AbstractEventLoop, credentials: Credentials) -> None:
    class Upgrading(Echo):
        """Upgrades when it is asked to, and echoes after that."""

        def __init__(self) -> None:
            super().__init__()
            self.plain = b""
            self.upgrade: asyncio.Task[None] | None = None

        def data_received(self, data: bytes) -> None:
            if self.upgrade is not None:
                self.data += data
                if self.upgrade.done():
                    self.transport.write(data)
                return
            self.plain += data
            if self.plain == b"STARTTLS\n":
                self.transport.write(b"go ahead\n")
                self.upgrade = loop.create_task(self.start_tls())

        async def start_tls(self) -> None:
            self.transport = await loop.start_tls(self.transport, self, credentials.server, server_side=True)
            self.transport.write(bytes(self.data))  # what came in before this task heard of the handshake

    async def talk() -> None:
        there, here = Upgrading(), Recorder()
        server, port = await serve(lambda: there, None)
        await loop.create_connection(lambda: here, "127.0.0.1", port)
        here.transport.write(b"STARTTLS\n")
        await until(lambda: here.data == b"go ahead\n")
        here.data.clear()
        plain = here.transport
        here.transport = await loop.start_tls(plain, here, credentials.client, server_hostname="localhost")
        assert here.transport is not plain
        assert here.transport.get_extra_info("ssl_object").version() is not None
        here.transport.write(BULK)
        await until(lambda: len(here.data) == len(BULK))
        assert here.data == BULK
        assert here.calls.count("made") == there.calls.count("made") == 1
        await part(here)
        await until(lambda: there.lost)
        assert here.lost == there.lost == [None]
        server.close()

    soon_or_never(loop, talk())


def test_streams_may_start_tls_on_both_sides(loop: asyncio.AbstractEventLoop, credentials: Credentials) -> None:
    ended = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readline() == b"STARTTLS\n"
        writer.write(b"go ahead\n")
        await writer.drain()
        await writer.start_tls(credentials.server)
        writer.write(await reader.readexactly(5))
        await writer.drain()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        ended.set()

    async def talk() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"STARTTLS\n")
        assert await reader.readline() == b"go ahead\n"
        await writer.start_tls(credentials.client, server_hostname="localhost")
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        writer.close()
        await writer.wait_closed()
        await ended.wait()
        server.close()

    soon_or_never(loop, talk())
