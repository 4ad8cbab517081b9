"""Streams: flow control, half-closed connections, changing protocols, and protocols that fail."""

import asyncio
import socket
import time
from typing import Any

import pytest

from .support import Recorder, connect_pair, read_all, soon_or_never, turn, turn_until

BULK = b"".join(number.to_bytes(4, "big") for number in range(500_000))  # 2 MB, and no two parts of it are alike


def receive(peer: socket.socket, most: int = 1 << 16) -> bytes:
    """Take what is there, without waiting."""
    peer.setblocking(False)
    try:
        return peer.recv(most)
    except BlockingIOError:
        return b""


def receive_until_end(loop: asyncio.AbstractEventLoop, peer: socket.socket, most: int = 1 << 16) -> bytes:
    """Take everything, in small bites, while the loop turns."""
    pieces = []
    peer.setblocking(False)

    def ended() -> bool:
        try:
            pieces.append(peer.recv(most))
        except BlockingIOError:
            return False
        return not pieces[-1]

    turn_until(loop, ended)
    return b"".join(pieces)


@pytest.mark.parametrize("limits", [{}, {"high": 0}, {"high": 200_000, "low": 100_000}, {"high": 5000, "low": 5000}])
def test_the_protocol_is_paused_above_the_high_mark_and_resumed_at_the_low_one(
    loop: asyncio.AbstractEventLoop, limits: dict[str, int]
) -> None:
    sizes: list[int] = []

    class Peer(Recorder):
        def pause_writing(self) -> None:
            super().pause_writing()
            sizes.append(self.transport.get_write_buffer_size())

        def resume_writing(self) -> None:
            super().resume_writing()
            sizes.append(self.transport.get_write_buffer_size())

    protocol = Peer()
    transport, peer = soon_or_never(loop, connect_pair(protocol))
    with peer:
        transport.set_write_buffer_limits(**limits)
        low, high = transport.get_write_buffer_limits()
        assert (low, high) == (limits.get("low", limits.get("high", 65536) // 4), limits.get("high", 65536))
        for _ in range(2):
            before = len(protocol.calls)
            written = 0
            while len(protocol.calls) == before:
                assert transport.get_write_buffer_size() <= high
                transport.write(bytes(4096))
                written += 4096
            assert protocol.calls[before:] == ["pause"]
            assert high < sizes[-1] <= high + 4096
            transport.write(bytes(10_000))  # more of it tells nothing new
            received = 0
            while len(protocol.calls) == before + 1:
                received += len(receive(peer, 4096))
                turn(loop)
            assert protocol.calls[before:] == ["pause", "resume"]
            assert sizes[-1] <= low
            while received < written + 10_000:
                received += len(receive(peer))
                turn(loop)
        transport.abort()
        turn(loop)


def test_with_a_high_mark_of_nothing_a_write_that_the_kernel_takes_does_not_pause(
    loop: asyncio.AbstractEventLoop,
) -> None:
    protocol = Recorder()
    transport, peer = soon_or_never(loop, connect_pair(protocol))
    transport.set_write_buffer_limits(high=0)
    with peer:
        loop.call_soon(transport.write, b"small")
        turn(loop)
        assert receive(peer) == b"small"
        transport.close()
        turn(loop)
    assert protocol.calls == ["made", "lost"]


def test_end_of_file_comes_after_a_full_buffer(loop: asyncio.AbstractEventLoop) -> None:
    protocol = Recorder()
    transport, peer = soon_or_never(loop, connect_pair(protocol))
    with peer:
        assert transport.can_write_eof()
        transport.write(BULK)
        transport.write_eof()
        with pytest.raises(RuntimeError, match="write_eof"):
            transport.write(b"more")
        assert transport.get_write_buffer_size() > 0
        assert receive_until_end(loop, peer) == BULK
        # The other direction goes on.
        assert not transport.is_closing()
        peer.setblocking(True)
        peer.sendall(b"and you?")
        turn_until(loop, lambda: protocol.data == b"and you?")
    turn_until(loop, lambda: protocol.lost)
    assert protocol.lost == [None]


class Patient(Recorder):
    """Keeps the connection when the other side has said all it has to say."""

    def eof_received(self) -> bool | None:
        super().eof_received()
        return True


@pytest.mark.parametrize("tcp", [False, True])
def test_a_connection_may_be_half_closed_by_the_peer(loop: asyncio.AbstractEventLoop, tcp: bool) -> None:
    protocol = Patient()
    transport, peer = soon_or_never(loop, connect_pair(protocol, tcp=tcp))
    with peer:
        peer.sendall(b"question")
        peer.shutdown(socket.SHUT_WR)
        turn_until(loop, lambda: "eof" in protocol.calls)
        for _ in range(3):
            turn(loop)  # the end of file is no event any more
        assert protocol.calls == ["made", "data", "eof"]
        assert not transport.is_closing()
        transport.write(BULK)
        transport.close()
        assert receive_until_end(loop, peer) == BULK
    turn_until(loop, lambda: protocol.lost)
    assert protocol.lost == [None]
    assert protocol.calls.count("eof") == 1


def test_a_connection_whose_peer_is_done_costs_no_time_while_it_is_open(loop: asyncio.AbstractEventLoop) -> None:
    protocol = Patient()
    transport, peer = soon_or_never(loop, connect_pair(protocol))
    with peer:
        peer.shutdown(socket.SHUT_WR)
        turn_until(loop, lambda: "eof" in protocol.calls)
        started = time.process_time()
        loop.call_later(0.3, loop.stop)
        loop.run_forever()
        assert time.process_time() - started < 0.15
        transport.abort()
        turn(loop)


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_both_sides_may_end_one_after_the_other(loop: asyncio.AbstractEventLoop, first: str) -> None:
    protocol = Patient()
    transport, peer = soon_or_never(loop, connect_pair(protocol, tcp=True))
    with peer:
        if first == "theirs":
            peer.shutdown(socket.SHUT_WR)
            turn_until(loop, lambda: "eof" in protocol.calls)
        transport.write(b"bye")
        transport.write_eof()
        assert read_all(peer) == b"bye"
        if first == "ours":
            assert protocol.calls == ["made"]
            peer.sendall(b"bye yourself")
            peer.shutdown(socket.SHUT_WR)
            turn_until(loop, lambda: "eof" in protocol.calls)
            assert protocol.data == b"bye yourself"
        assert not transport.is_closing()
        transport.close()
        turn_until(loop, lambda: protocol.lost)
    assert protocol.lost == [None]


@pytest.mark.parametrize("tcp", [False, True])
def test_everything_written_before_close_reaches_a_slow_reader(loop: asyncio.AbstractEventLoop, tcp: bool) -> None:
    protocol = Recorder()
    transport, peer = soon_or_never(loop, connect_pair(protocol, tcp=tcp))
    with peer:
        for _ in range(5):
            transport.write(BULK)
        transport.close()
        assert transport.is_closing()
        assert not protocol.lost
        received = receive_until_end(loop, peer, 20_000)
    turn_until(loop, lambda: protocol.lost)
    assert received == BULK * 5
    assert protocol.lost == [None]


def seconds_for_small_writes(loop: asyncio.AbstractEventLoop, count: int) -> float:
    transport, peer = soon_or_never(loop, connect_pair(asyncio.Protocol()))
    with peer:
        started = time.process_time()
        for _ in range(count):
            transport.write(bytes(100))
        left = 100 * count
        while left:
            left -= len(receive(peer))
            turn(loop)
        seconds = time.process_time() - started
        transport.abort()
        turn(loop)
    return seconds


def test_many_small_writes_to_a_slow_reader_cost_linear_time(loop: asyncio.AbstractEventLoop) -> None:
    count = 30_000
    once = min(seconds_for_small_writes(loop, count) for _ in range(3))
    twice = min(seconds_for_small_writes(loop, 2 * count) for _ in range(3))
    assert twice < 3.2 * once + 0.02


def test_what_is_changed_after_it_was_written_is_sent_as_it_was(loop: asyncio.AbstractEventLoop) -> None:
    # The kernel's buffer is full, so that all of this waits for its turn.
    transport, peer = soon_or_never(loop, connect_pair(Recorder()))
    with peer:
        transport.write(BULK)
        data = bytearray(b"before")
        transport.write(data)
        transport.write(memoryview(data))
        transport.writelines([data, memoryview(data)[1:4]])
        data[:] = b"after!"
        data += b"and longer"  # nobody holds on to the buffer, either
        transport.close()
        assert receive_until_end(loop, peer) == BULK + b"before" * 3 + b"efo"
    turn(loop)


class Filler(asyncio.BufferedProtocol):
    """Has a small buffer of its own, and notes what comes in there."""

    def __init__(self) -> None:
        self.buffer = bytearray(5)
        self.data = bytearray()
        self.lost: list[Exception | None] = []

    def get_buffer(self, sizehint: int) -> bytearray:
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.data += self.buffer[:nbytes]

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)


def test_a_buffered_protocol_gets_every_byte(loop: asyncio.AbstractEventLoop) -> None:
    protocol = Filler()
    _, peer = soon_or_never(loop, connect_pair(protocol))
    with peer:
        peer.sendall(b"longer than the buffer")
    turn_until(loop, lambda: protocol.lost)
    assert protocol.data == b"longer than the buffer"
    assert protocol.lost == [None]


def test_the_protocol_may_change_in_mid_stream(loop: asyncio.AbstractEventLoop) -> None:
    filler = Filler()

    class Switch(Recorder):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.transport.set_protocol(filler)

    switch = Switch()
    transport, peer = soon_or_never(loop, connect_pair(switch))
    with peer:
        peer.sendall(b"plain")
        turn_until(loop, lambda: transport.get_protocol() is filler)
        peer.sendall(b"buffered")
        turn_until(loop, lambda: filler.data == b"buffered")
        transport.set_protocol(switch)
        peer.sendall(b", plain again")
        turn_until(loop, lambda: transport.get_protocol() is filler)
    turn_until(loop, lambda: filler.lost)
    assert switch.data == b"plain, plain again"
    assert filler.data == b"buffered"
    assert switch.lost == []


class Failing(Recorder):
    """Fails in one of its methods."""

    def __init__(self, method: str) -> None:
        super().__init__()
        setattr(self, method, self.fail)

    def fail(self, *_arguments: object) -> Any:
        raise ZeroDivisionError("on purpose")


class FailingFiller(Filler):
    """Fails in one of its methods."""

    def __init__(self, method: str) -> None:
        super().__init__()
        setattr(self, method, self.fail)

    def fail(self, *_arguments: object) -> Any:
        raise ZeroDivisionError("on purpose")


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        (Failing, "data_received"),
        (Failing, "eof_received"),
        (FailingFiller, "get_buffer"),
        (FailingFiller, "buffer_updated"),
        (FailingFiller, "eof_received"),
    ],
)
def test_a_protocol_that_fails_to_read_is_reported_once_and_loses_its_connection(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]], kind: Any, method: str
) -> None:
    protocol = kind(method)
    transport, peer = soon_or_never(loop, connect_pair(protocol))
    with peer:
        if method == "eof_received":
            peer.shutdown(socket.SHUT_WR)
        else:
            peer.sendall(b"more than one read of the small buffer takes")
        turn_until(loop, lambda: protocol.lost)
        turn(loop)
        (report,) = reports
        reports.clear()
        error = report["exception"]
        assert report["message"] == f"Fatal error: protocol.{method}() call failed."
        assert isinstance(error, ZeroDivisionError)
        assert (report["transport"], report["protocol"]) == (transport, protocol)
        assert protocol.lost == [error]
        assert transport.is_closing()


def test_a_protocol_with_an_empty_buffer_is_reported_once_and_loses_its_connection(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]]
) -> None:
    protocol = Filler()
    protocol.buffer = bytearray()
    _, peer = soon_or_never(loop, connect_pair(protocol))
    with peer:
        peer.sendall(b"x")
        turn_until(loop, lambda: protocol.lost)
    assert [str(report["exception"]) for report in reports] == ["get_buffer() returned an empty buffer"]
    reports.clear()


def test_a_failing_connection_made_is_reported_once_and_the_connection_goes_on(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]]
) -> None:
    protocol = Failing("connection_made")
    transport, peer = soon_or_never(loop, connect_pair(protocol))
    with peer:
        (report,) = reports
        reports.clear()
        assert isinstance(report["exception"], ZeroDivisionError)
        peer.sendall(b"hello")
        turn_until(loop, lambda: protocol.data == b"hello")
        transport.close()
        turn(loop)
    assert protocol.lost == [None]


@pytest.mark.parametrize("method", ["pause_writing", "resume_writing"])
def test_failing_flow_control_is_reported_once_and_the_connection_goes_on(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]], method: str
) -> None:
    protocol = Failing(method)
    transport, peer = soon_or_never(loop, connect_pair(protocol))
    with peer:
        transport.write(BULK)
        transport.write_eof()
        assert receive_until_end(loop, peer) == BULK
        (report,) = reports
        reports.clear()
        assert report["message"] == f"protocol.{method}() failed"
        assert isinstance(report["exception"], ZeroDivisionError)
        assert not transport.is_closing()
        transport.close()
        turn(loop)
    assert protocol.lost == [None]


def test_a_failing_connection_lost_is_reported_once_and_the_socket_is_closed(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]]
) -> None:
    protocol = Failing("connection_lost")
    transport, peer = soon_or_never(loop, connect_pair(protocol))
    with peer:
        transport.close()
        turn_until(loop, lambda: reports)
        (report,) = reports
        reports.clear()
        assert isinstance(report["exception"], ZeroDivisionError)
        assert read_all(peer) == b""
