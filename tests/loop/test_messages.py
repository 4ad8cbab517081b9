"""Messages as a protocol gets them: bytes that stay what they are for whoever keeps them; and what it answers."""

import asyncio
import contextlib
import functools
import random
import socket
import struct
from collections.abc import Callable
from typing import Any

import pytest

from .support import Recorder, connect_pair, run_script, soon_or_never, turn, turn_until, whorl_only

KEEPING: dict[str, Callable[[int, bytes], Any]] = {
    "all": lambda _number, data: data,
    "none": lambda _number, _data: None,
    "every third": lambda number, data: data if number % 3 == 0 else None,
    "views": lambda _number, data: memoryview(data),
}


def sending(sock: socket.socket, data: bytes) -> Callable[[], bool]:
    """Return what sends as much as the kernel takes, each time it is called, and says whether that was all."""
    left = memoryview(data)

    def send() -> bool:
        nonlocal left
        with contextlib.suppress(BlockingIOError):
            left = left[sock.send(left) :]
        return not left

    return send


def has(protocol: Recorder, size: int) -> bool:
    return len(protocol.data) == size


@pytest.mark.parametrize("keep", KEEPING.values(), ids=KEEPING)
@pytest.mark.parametrize("most", [600, 5000, 70_000, 400_000])
def test_what_is_kept_stays_as_it_was(
    loop: asyncio.AbstractEventLoop, keep: Callable[[int, bytes], Any], most: int
) -> None:
    """Whatever the sizes: each message is its own, equal to what was sent, and so is its hash."""
    generator = random.Random(most)
    kept: list[tuple[Any, bytes]] = []

    class Peer(Recorder):
        def data_received(self, data: bytes) -> None:
            assert type(data) is bytes
            copy = bytes(bytearray(data))
            assert hash(data) == hash(copy)
            assert {data: 1}[copy] == 1
            assert memoryview(data).nbytes == len(data)
            self.data += data
            kept.append((keep(len(kept), data), copy))

    connected = []
    for tcp in (True, False):
        protocol = Peer()
        transport, theirs = soon_or_never(loop, connect_pair(protocol, tcp=tcp))
        connected.append((protocol, transport, theirs))
    expected = [b"", b""]
    for number in range(30):
        which = number % 2
        size = most - 7 if generator.random() < 0.5 else generator.randint(1, most)
        data = generator.randbytes(size)
        expected[which] += data
        protocol, transport, theirs = connected[which]
        theirs.setblocking(False)
        turn_until(loop, sending(theirs, data))
        turn_until(loop, functools.partial(has, protocol, len(expected[which])))
    for which, (protocol, transport, theirs) in enumerate(connected):
        assert protocol.data == expected[which]
        transport.abort()
        theirs.close()
    turn(loop)
    turn(loop)
    for message, copy in kept:
        assert message is None or bytes(message) == copy


@pytest.mark.parametrize("size", [100_000, 250_000])
def test_an_end_after_large_messages(loop: asyncio.AbstractEventLoop, size: int) -> None:
    protocol = Recorder()
    _, theirs = soon_or_never(loop, connect_pair(protocol, tcp=True))
    theirs.settimeout(10)
    with theirs:
        for _ in range(3):
            before = len(protocol.data)
            theirs.sendall(bytes(size))
            turn_until(loop, functools.partial(has, protocol, before + size))
    turn_until(loop, lambda: protocol.lost)
    assert protocol.lost == [None]
    assert protocol.calls[-2:] == ["eof", "lost"]


def test_a_reset_after_large_messages(loop: asyncio.AbstractEventLoop) -> None:
    protocol = Recorder()
    _, theirs = soon_or_never(loop, connect_pair(protocol, tcp=True))
    theirs.sendall(bytes(100_000))
    turn_until(loop, lambda: len(protocol.data) == 100_000)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    theirs.close()
    turn_until(loop, lambda: protocol.lost)
    assert isinstance(protocol.lost[0], ConnectionResetError)


def test_another_protocol_takes_over_amid_large_messages(loop: asyncio.AbstractEventLoop) -> None:
    second = Recorder()

    class First(Recorder):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if len(self.data) > 200_000:
                self.transport.set_protocol(second)

    first = First()
    transport, theirs = soon_or_never(loop, connect_pair(first, tcp=True))
    theirs.setblocking(False)
    whole = random.Random(1).randbytes(3_000_000)
    with theirs:
        turn_until(loop, sending(theirs, whole))
        turn_until(loop, lambda: len(first.data) + len(second.data) == len(whole))
        assert first.data + second.data == whole
        assert second.data
        transport.abort()
        turn(loop)


# -- what a protocol writes while it is told of something -------------------------------------------------------------


@pytest.mark.parametrize("leaving", [KeyboardInterrupt, SystemExit])
def test_an_answer_goes_out_when_an_exit_follows_it(
    loop: asyncio.AbstractEventLoop, leaving: type[BaseException]
) -> None:
    class Peer(Recorder):
        def data_received(self, data: bytes) -> None:
            self.transport.write(b"answer")
            raise leaving

    transport, theirs = soon_or_never(loop, connect_pair(Peer()))
    with theirs:
        theirs.send(b"question")
        with pytest.raises(leaving):
            turn(loop)
        assert theirs.recv(100) == b"answer"
        transport.abort()
        turn(loop)


def test_answers_to_others(loop: asyncio.AbstractEventLoop) -> None:
    """Some go to the connection that is served, some to another one; each arrives, in its order."""
    other = Recorder()

    class Peer(Recorder):
        def data_received(self, data: bytes) -> None:
            for number in range(3):
                other.transport.write(b"other %d;" % number)
                self.transport.write(b"own %d;" % number)

    transport, theirs = soon_or_never(loop, connect_pair(Peer()))
    second, others = soon_or_never(loop, connect_pair(other))
    with theirs, others:
        theirs.send(b"go")
        turn(loop)
        assert theirs.recv(100) == b"own 0;own 1;own 2;"
        assert others.recv(100) == b"other 0;other 1;other 2;"
        transport.abort()
        second.abort()
        turn(loop)


def test_an_answer_to_who_has_gone(loop: asyncio.AbstractEventLoop) -> None:
    class Peer(Recorder):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.transport.write(b"answer")

    protocol = Peer()
    _, theirs = soon_or_never(loop, connect_pair(protocol))
    theirs.send(b"question")
    theirs.close()
    turn_until(loop, lambda: protocol.lost)
    assert isinstance(protocol.lost[0], (BrokenPipeError, ConnectionResetError))
    assert protocol.calls[-1] == "lost"


@whorl_only
def test_an_answer_is_sent_once_if_a_fork_follows_it() -> None:
    run_script(
        """
class Peer(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.transport.write(b"once")
        pid = os.fork()
        if not pid:
            return  # the child's copy goes on, and ends below
        os.waitpid(pid, 0)
loop = new_loop()
ours, theirs = socket.socketpair()
parent = os.getpid()
loop.run_until_complete(loop.create_connection(Peer, sock=ours))
theirs.send(b"x")
loop.run_until_complete(asyncio.sleep(0.05))
if os.getpid() != parent:
    os._exit(0)
theirs.setblocking(False)
assert theirs.recv(100) == b"once", "it was sent twice"
os._exit(0)
"""
    )


def test_flow_control_of_answers(loop: asyncio.AbstractEventLoop) -> None:
    """More than the kernel takes is held back, and the protocol is told, also if it answers at once."""

    class Peer(Recorder):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.transport.write(bytes(60_000))

    protocol = Peer()
    transport, theirs = soon_or_never(loop, connect_pair(protocol))
    transport.set_write_buffer_limits(high=60_000)
    with theirs:
        for count in range(1, 12):
            theirs.send(b"x")
            turn_until(loop, functools.partial(has, protocol, count))
        assert "pause" in protocol.calls
        got = 0
        theirs.setblocking(False)

        def all_taken() -> bool:
            nonlocal got
            try:
                got += len(theirs.recv(1 << 20))
            except BlockingIOError:
                return False
            return got == 11 * 60_000

        turn_until(loop, all_taken)
        turn(loop)
        assert protocol.calls[-1] == "resume"
        transport.abort()
        turn(loop)


def test_what_was_written_before_a_failure_is_sent(loop: asyncio.AbstractEventLoop, reports: list[Any]) -> None:
    class Peer(Recorder):
        def data_received(self, data: bytes) -> None:
            self.transport.write(b"400 Bad Request")
            raise ValueError

    protocol = Peer()
    _, theirs = soon_or_never(loop, connect_pair(protocol))
    with theirs:
        theirs.send(b"question")
        turn_until(loop, lambda: protocol.lost)
        assert theirs.recv(100) == b"400 Bad Request"
        assert theirs.recv(100) == b""
    assert [type(report["exception"]) for report in reports] == [ValueError]
    reports.clear()


def test_a_protocol_that_turns_the_loop_is_not_held_back(loop: asyncio.AbstractEventLoop, reports: list[Any]) -> None:
    """What it has written leaves; what comes for itself meanwhile is reported, as it can't be told now."""

    class Peer(Recorder):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if data == b"go":
                self.transport.write(b"question")
                for _ in range(4):
                    loop._run_once()  # type: ignore[attr-defined]
                assert theirs.recv(100) == b"question"
                theirs.send(b"answer")
                for _ in range(2):
                    loop._run_once()  # type: ignore[attr-defined]
                self.transport.write(b"end")

    protocol = Peer()
    transport, theirs = soon_or_never(loop, connect_pair(protocol))
    with theirs:
        theirs.setblocking(False)
        theirs.send(b"go")
        turn_until(loop, functools.partial(has, protocol, len(b"goanswer")))
        assert theirs.recv(100) == b"end"
        assert reports
        assert all("cannot enter context" in str(report["exception"]) for report in reports)
        reports.clear()
        transport.abort()
        turn(loop)


def test_a_connection_that_is_left_open_at_exit_is_no_error() -> None:
    said = run_script(
        """
loop = new_loop()
asyncio.set_event_loop(loop)
ours, theirs = socket.socketpair()
loop.run_until_complete(loop.create_connection(asyncio.Protocol, sock=ours))
loop.run_until_complete(asyncio.sleep(0.01))
print("done")
"""
    )
    assert said.strip() == "done"
