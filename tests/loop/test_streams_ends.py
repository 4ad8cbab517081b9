"""Streams: readers of another kind, TLS in the middle, and what is left when connection, loop or user are gone."""

import asyncio
import gc
import socket
import warnings
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hostile.certificate import make_credentials

from .support import LOOP, new_loop, soon_or_never, turn, turn_until, until, warm_up, whorl_only
from .test_streams import Loop, compiled, end, streams, with_server


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Reader(asyncio.StreamReader):
    """A reader of a kind of its own."""


class Protocol(asyncio.StreamReaderProtocol):
    """A protocol of a kind of its own."""


@pytest.mark.parametrize("reader_type", [asyncio.StreamReader, Reader])
@pytest.mark.parametrize("protocol_type", [asyncio.StreamReaderProtocol, Protocol])
@pytest.mark.parametrize("own", [None, "read", "readuntil", "feed_data"])
def test_a_reader_of_another_kind_is_left_alone(loop: Loop, reader_type: Any, protocol_type: Any, own: str) -> None:
    async def main() -> None:
        calls = []
        ours, peer = socket.socketpair()
        reader = reader_type()
        if own is not None:
            method = getattr(reader, own)

            def noted(*arguments: Any) -> Any:
                calls.append(own)
                return method(*arguments)

            setattr(reader, own, noted)
        mine = dict(reader.__dict__)
        protocol = protocol_type(reader)
        transport, _ = await loop.create_connection(lambda: protocol, sock=ours)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        standard = reader_type is asyncio.StreamReader and protocol_type is asyncio.StreamReaderProtocol and not own
        await warm_up(reader, peer)
        assert (reader.__dict__.keys() == mine.keys()) == (not standard or LOOP != "whorl")
        peer.send(b"line\nmore")
        assert await reader.readline() == b"line\n"
        assert await reader.read(10) == b"more"
        assert calls or own is None
        await end(writer, peer)

    soon_or_never(loop, main())


@pytest.mark.parametrize("clear_first", [b"", b"clear, and never read\n"])
def test_tls_begins_in_the_middle_of_a_conversation(loop: Loop, tmp_path: Path, clear_first: bytes) -> None:
    tls = make_credentials(tmp_path)
    lines: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: Any) -> None:
        lines.append(await reader.readline())
        writer.write(b"go ahead\n")
        await writer.drain()
        await writer.start_tls(tls.server)
        async for line in reader:
            lines.append(line)
            writer.write(line)
            await writer.drain()
        writer.close()

    async def relay(inner: asyncio.StreamReader, inner_writer: Any, seen: bytearray, port: int) -> None:
        """Hand everything on, and see what passes."""
        outer, outer_writer = await asyncio.open_connection("127.0.0.1", port)

        async def hand_on(source: asyncio.StreamReader, sink: Any) -> None:
            while data := await source.read(1 << 16):
                seen.extend(data)
                sink.write(data)
                await sink.drain()
            sink.close()

        await asyncio.gather(hand_on(inner, outer_writer), hand_on(outer, inner_writer))

    async def main() -> bytearray:
        seen = bytearray()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        async def talk(reader: asyncio.StreamReader, writer: Any) -> None:
            read = reader.readline
            writer.write(b"STARTTLS\n")
            assert await reader.readline() == b"go ahead\n"
            await writer.start_tls(tls.client, server_hostname="localhost")
            assert not compiled(reader)
            for readline in (reader.readline, read, reader.readline):
                writer.write(b"secret\n")
                await writer.drain()
                assert await readline() == b"secret\n"
            waiting = asyncio.create_task(reader.readexactly(14))
            await asyncio.sleep(0)
            writer.writelines([b"secret\n"] * 2)
            assert await waiting == b"secret\nsecret\n"

        await with_server(lambda reader, writer: relay(reader, writer, seen, port), talk)
        server.close()
        await until(lambda: len(asyncio.all_tasks()) == 1)
        return seen

    seen = soon_or_never(loop, main())
    assert lines == [b"STARTTLS\n"] + [b"secret\n"] * 5
    assert b"go ahead" in seen
    assert b"secret" not in seen


@whorl_only
@pytest.mark.usefixtures("without_collector")
def test_a_connection_that_has_ended_is_freed_at_once(loop: Loop) -> None:
    left: list[weakref.ref[Any]] = []
    finished: list[Any] = []

    def watch(reader: asyncio.StreamReader, writer: Any) -> None:
        left.extend(map(weakref.ref, (reader, writer, writer._protocol)))

    async def serve(reader: asyncio.StreamReader, writer: Any) -> None:
        watch(reader, writer)
        async for line in reader:
            writer.write(line)
            await writer.drain()
        writer.close()

    async def talk(reader: asyncio.StreamReader, writer: Any) -> None:
        watch(reader, writer)
        for _ in range(2):  # from the second message on the reads are the compiled ones
            writer.write(b"line\n")
            assert await reader.readline() == b"line\n"
        writer.write(b"line\n")
        # A task keeps its coroutine, but a read that is over keeps nothing.
        finished.append(asyncio.create_task(reader.readline()))
        assert await finished[0] == b"line\n"
        finished.append(asyncio.create_task(reader.readline()))
        await asyncio.sleep(0)
        finished[1].cancel()
        await asyncio.wait([finished[1]])

    soon_or_never(loop, with_server(serve, talk))
    turn_until(loop, lambda: len(left) == 6 and not any(reference() for reference in left))


def objects_of(kind: type) -> int:
    gc.collect()
    return sum(type(each) is kind for each in gc.get_objects())


def test_a_paused_connection_that_everybody_has_forgotten_is_freed(loop: Loop) -> None:
    async def forget() -> type:
        ours, peer = socket.socketpair()
        protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
        transport, _ = await loop.create_connection(lambda: protocol, sock=ours)
        transport.pause_reading()
        peer.close()
        return type(transport)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        kind = soon_or_never(loop, forget())
        before = objects_of(kind)
        soon_or_never(loop, forget())
        assert objects_of(kind) == before


def test_a_loop_may_be_closed_while_a_read_waits() -> None:
    loop = new_loop()
    reader, writer, peer = soon_or_never(loop, streams())
    read: Any = reader.read(1)
    assert not read.send(None).done()
    left = [weakref.ref(reader), weakref.ref(writer.transport.get_protocol())]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        loop.close()
        read.close()
        del reader, writer, read
        gc.collect()
    peer.close()
    assert [reference() for reference in left] == [None, None]


def test_the_end_and_data_may_be_fed_by_hand(loop: Loop, reports: list[dict[str, Any]]) -> None:
    reader, writer, peer = soon_or_never(loop, streams())
    task = loop.create_task(reader.readline())
    turn(loop)
    reader.feed_data(b"by ")
    turn(loop)
    reader.feed_data(b"hand\n")
    turn_until(loop, task.done)
    assert task.result() == b"by hand\n"
    task = loop.create_task(reader.read())
    turn(loop)
    reader.feed_eof()
    turn_until(loop, task.done)
    assert task.result() == b""
    peer.send(b"too late")
    turn_until(loop, writer.is_closing)
    (report,) = reports
    assert str(report["exception"]) == "feed_data after feed_eof"
    reports.clear()
    peer.close()
    turn(loop)


def test_a_writer_that_dies_with_its_connection_reports_nothing(loop: Loop) -> None:
    async def forget() -> None:
        def serve(reader: asyncio.StreamReader, writer: Any) -> None:
            left.append(weakref.ref(writer.transport.get_protocol()))
            readers.append(weakref.ref(reader))

        left: list[weakref.ref[Any]] = []
        readers: list[weakref.ref[Any]] = []
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        with socket.create_connection(server.sockets[0].getsockname()):
            await until(lambda: left)
        await until(lambda: (reader := readers[0]()) is None or reader.at_eof())
        server.close()
        gc.collect()
        await until(lambda: left[0]() is None)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        soon_or_never(loop, forget())
        turn(loop)


def test_closing_keeps_what_a_reader_was_woken_for(loop: Loop) -> None:
    reader, writer, peer = soon_or_never(loop, streams())
    read = loop.create_task(reader.read(10))
    turn(loop)
    peer.send(b"hello")

    def close_when_woken() -> None:
        if reader._waiter is None:  # woken, and not there yet
            writer.close()
        else:
            loop.call_soon(close_when_woken)

    loop.call_soon(close_when_woken)
    assert soon_or_never(loop, asyncio.wait_for(read, 10)) == b"hello"
    soon_or_never(loop, end(writer, peer))


@whorl_only
def test_the_server_s_callback_is_called_once(loop: Loop) -> None:
    """Also by who took it from the protocol before: the connection may have ended since."""
    greeted = []

    async def main() -> None:
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, lambda *both: greeted.append(both), loop=loop)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            connecting = loop.create_task(loop.connect_accepted_socket(lambda: protocol, ours))
            await asyncio.sleep(0)
            callback = protocol._client_connected_cb  # type: ignore[attr-defined]
            transport, _ = await connecting
            transport.abort()
            await asyncio.sleep(0.01)
            with pytest.raises(RuntimeError, match="called already, or the connection has ended"):
                callback(None, None)

    soon_or_never(loop, main())
    assert len(greeted) == 1
