"""Corks: what one callback writes goes out together when it ends, and nobody can tell except by the packets."""

import asyncio
import gc
import socket
import struct
import threading
from typing import Any

import pytest

from .support import (
    PATIENCE,
    Recorder,
    connect_pair,
    new_loop,
    read_all,
    soon_or_never,
    turn,
    turn_until,
    whorl_only,
)


def data_segments(sock: socket.socket) -> int:
    """How many segments with data a TCP socket has received (tcpi_data_segs_in in linux/tcp.h)."""
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    count: int = struct.unpack_from("=I", info, 152)[0]
    return count


@whorl_only
def test_what_one_callback_writes_is_one_segment_and_in_order(loop: asyncio.AbstractEventLoop) -> None:
    transport, peer = soon_or_never(loop, connect_pair(Recorder(), tcp=True))
    with peer:
        pieces = [b"%d," % number for number in range(200)]

        def write_in_pieces() -> None:
            for piece in pieces[:100]:
                transport.write(piece)
            transport.writelines(pieces[100:])

        before = data_segments(peer)
        loop.call_soon(write_in_pieces)
        turn(loop)
        peer.settimeout(PATIENCE)
        assert peer.recv(1 << 16) == b"".join(pieces)
        assert data_segments(peer) - before == 1
        transport.abort()
        turn(loop)


@pytest.mark.parametrize("count", [1, 255, 256, 257, 1000, 5000])
def test_abort_drops_nothing_that_the_kernel_had_room_for(loop: asyncio.AbstractEventLoop, count: int) -> None:
    transport, peer = soon_or_never(loop, connect_pair(Recorder()))
    with peer:

        def write_and_abort() -> None:
            for _ in range(count):
                transport.write(b"0123456789")
            transport.abort()

        loop.call_soon(write_and_abort)
        turn(loop)
        turn(loop)
        assert read_all(peer) == b"0123456789" * count


@pytest.mark.parametrize("count", [1, 256, 257, 1000])
def test_the_size_of_the_buffer_is_what_the_kernel_did_not_take(loop: asyncio.AbstractEventLoop, count: int) -> None:
    transport, peer = soon_or_never(loop, connect_pair(Recorder()))
    sizes: list[int] = []

    def write_and_ask() -> None:
        for _ in range(count):
            transport.write(b"0123456789")
        sizes.append(transport.get_write_buffer_size())
        transport.abort()

    loop.call_soon(write_and_ask)
    turn_until(loop, lambda: sizes)
    turn(loop)
    peer.close()
    assert sizes == [0]


def test_the_socket_is_handed_out_only_after_what_was_written(loop: asyncio.AbstractEventLoop) -> None:
    transport, peer = soon_or_never(loop, connect_pair(Recorder()))

    def write_and_shut_down() -> None:
        transport.write(b"goodbye")
        transport.get_extra_info("socket").shutdown(socket.SHUT_WR)

    with peer:
        loop.call_soon(write_and_shut_down)
        turn(loop)
        assert read_all(peer) == b"goodbye"
        transport.abort()
        turn(loop)


class Writer:
    """Writes when it dies."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport

    def __del__(self) -> None:
        self.transport.write(b"my last words")


def forget(_argument: object) -> None:
    pass


def test_what_a_destructor_writes_after_the_callback_is_sent_before_the_loop_sleeps(
    loop: asyncio.AbstractEventLoop,
) -> None:
    transport, peer = soon_or_never(loop, connect_pair(Recorder()))
    heard: list[bytes] = []

    def listen() -> None:
        peer.settimeout(2)
        try:
            heard.append(peer.recv(100))
        except TimeoutError:
            heard.append(b"nothing")
        loop.call_soon_threadsafe(loop.stop)

    listener = threading.Thread(target=listen)
    with peer:
        loop.call_soon(forget, Writer(transport))
        listener.start()
        loop.run_forever()
        listener.join()
        transport.abort()
        turn(loop)
    assert heard == [b"my last words"]


def test_another_thread_may_write_while_the_loop_sleeps(loop: asyncio.AbstractEventLoop) -> None:
    transport, peer = soon_or_never(loop, connect_pair(Recorder()))
    heard: list[bytes] = []

    def write_and_listen() -> None:
        peer.settimeout(PATIENCE)
        transport.write(b"from afar")
        heard.append(peer.recv(100))
        loop.call_soon_threadsafe(loop.stop)

    writer = threading.Thread(target=write_and_listen)
    with peer:
        loop.call_soon(writer.start)
        loop.run_forever()
        writer.join()
        transport.abort()
        turn(loop)
    assert heard == [b"from afar"]


def test_what_was_written_goes_out_when_the_loop_is_stopped_or_interrupted(loop: asyncio.AbstractEventLoop) -> None:
    transport, peer = soon_or_never(loop, connect_pair(Recorder()))
    peer.settimeout(PATIENCE)

    def write_and_stop() -> None:
        transport.write(b"one")
        loop.stop()

    def write_and_interrupt() -> None:
        transport.write(b"two")
        raise KeyboardInterrupt

    with peer:
        loop.call_soon(write_and_stop)
        loop.run_forever()
        assert peer.recv(100) == b"one"
        loop.call_soon(write_and_interrupt)
        with pytest.raises(KeyboardInterrupt):
            loop.run_forever()
        assert peer.recv(100) == b"two"
        transport.write(b"three")  # outside of any callback
        assert peer.recv(100) == b"three"
        transport.abort()
        turn(loop)


def test_a_buffer_may_change_after_it_was_written(loop: asyncio.AbstractEventLoop) -> None:
    transport, peer = soon_or_never(loop, connect_pair(Recorder()))

    def write_and_change() -> None:
        for _ in range(2):
            data = bytearray(b"before")
            transport.write(data)
            data[:] = b"after!"
            transport.writelines([memoryview(data), data])
            data[:] = b"then.."
        transport.close()

    with peer:
        loop.call_soon(write_and_change)
        turn(loop)
        turn(loop)
        assert read_all(peer) == b"beforeafter!after!" * 2


def test_no_write_is_accepted_in_silence_by_a_loop_that_is_closed() -> None:
    loop = new_loop()
    pairs = [soon_or_never(loop, connect_pair(asyncio.Protocol()))]
    loop.close()
    with pairs[0][1]:
        with pytest.raises(RuntimeError, match="closed"):
            pairs[0][0].write(bytes(10_000_000))
        with pytest.warns(ResourceWarning, match="unclosed transport"):
            forget_all(pairs)


def forget_all(things: list[Any]) -> None:
    """Let go of them, cycles included."""
    things.clear()
    gc.collect()
