"""Pipes and child processes."""

import asyncio
import contextlib
import gc
import os
import signal
import subprocess
import sys
import warnings
from typing import Any

import pytest

from .support import Recorder, new_loop, open_descriptors, soon_or_never, turn, turn_until, whorl_only


def test_a_pipe_is_read_to_its_end_and_written_to(loop: asyncio.AbstractEventLoop) -> None:
    bulk = b"".join(b"%07d\n" % number for number in range(50_000))  # more than a pipe holds
    reading, writing = Recorder(), Recorder()

    async def connect() -> tuple[Any, Any]:
        read_end, write_end = os.pipe()
        source, _ = await loop.connect_read_pipe(lambda: reading, os.fdopen(read_end, "rb", 0))
        sink, _ = await loop.connect_write_pipe(lambda: writing, os.fdopen(write_end, "wb", 0))
        return source, sink

    source, sink = soon_or_never(loop, connect())
    assert isinstance(source, asyncio.ReadTransport)
    assert isinstance(sink, asyncio.WriteTransport)
    sink.write(bulk)
    sink.close()
    turn_until(loop, lambda: reading.lost and writing.lost)
    assert reading.data == bulk
    assert reading.calls[-2:] == ["eof", "lost"]
    assert writing.calls == ["made", "pause", "resume", "lost"]
    assert reading.lost == writing.lost == [None]


def test_a_write_pipe_hears_that_its_reader_is_gone(loop: asyncio.AbstractEventLoop) -> None:
    protocol = Recorder()
    read_end, write_end = os.pipe()

    async def connect() -> None:
        await loop.connect_write_pipe(lambda: protocol, os.fdopen(write_end, "wb", 0))

    soon_or_never(loop, connect())
    os.close(read_end)
    turn_until(loop, lambda: protocol.lost)
    assert protocol.lost == [None] or isinstance(protocol.lost[0], BrokenPipeError)


async def run_child(*command: str, **options: Any) -> tuple[int | None, bytes]:
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, **options)
    output, _ = await child.communicate()
    return child.returncode, output


@whorl_only  # asyncio gives a socket as stdin before 3.12
def test_a_child_has_pipes(loop: asyncio.AbstractEventLoop) -> None:
    program = "import os, stat; print([stat.S_ISFIFO(os.fstat(fd).st_mode) for fd in range(3)])"
    result = soon_or_never(
        loop, run_child(sys.executable, "-S", "-c", program, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    )
    assert result == (0, b"[True, True, True]\n")


def test_a_child_answers_to_what_it_is_told(loop: asyncio.AbstractEventLoop) -> None:
    bulk = bytes(range(256)) * 4000

    async def talk() -> tuple[int | None, bytes]:
        child = await asyncio.create_subprocess_exec("cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        output, _ = await child.communicate(bulk)
        return child.returncode, output

    assert soon_or_never(loop, talk()) == (0, bulk)


def test_many_short_children_at_once(loop: asyncio.AbstractEventLoop) -> None:
    async def run_all() -> list[tuple[int | None, bytes]]:
        return await asyncio.gather(*(run_child("sh", "-c", f"echo {n}; exit {n}") for n in range(50)))

    assert soon_or_never(loop, run_all()) == [(number, b"%d\n" % number) for number in range(50)]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1])
def test_a_child_that_a_signal_killed_has_a_negative_returncode(
    loop: asyncio.AbstractEventLoop, number: signal.Signals
) -> None:
    async def kill() -> int:
        child = await asyncio.create_subprocess_exec("cat", stdin=subprocess.PIPE)
        child.send_signal(number)
        return await child.wait()

    assert soon_or_never(loop, kill()) == -number


def test_the_protocol_hears_of_every_pipe_and_of_the_end(loop: asyncio.AbstractEventLoop) -> None:
    calls: list[Any] = []
    said: dict[int, bytes] = {1: b"", 2: b""}

    class Child(asyncio.SubprocessProtocol):
        def pipe_data_received(self, fd: int, data: bytes) -> None:
            said[fd] += data

        def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
            calls.append((fd, exc))

        def process_exited(self) -> None:
            calls.append("exited")

        def connection_lost(self, exc: Exception | None) -> None:
            calls.append("lost")

    async def start() -> Any:
        transport, _ = await loop.subprocess_shell(Child, "echo out; echo err >&2; exit 3", stdin=subprocess.DEVNULL)
        return transport

    transport = soon_or_never(loop, start())
    turn_until(loop, lambda: "lost" in calls)
    assert said == {1: b"out\n", 2: b"err\n"}
    assert sorted(calls, key=str) == [(1, None), (2, None), "exited", "lost"]
    assert calls[-1] == "lost"
    assert transport.get_returncode() == 3
    transport.close()


def test_a_program_that_does_not_exist_is_an_error(loop: asyncio.AbstractEventLoop) -> None:
    with pytest.raises(FileNotFoundError):
        soon_or_never(loop, run_child("/no/such/program"))


@whorl_only
@pytest.mark.parametrize("closed", [False, True])
def test_a_loop_that_ends_before_the_child_leaves_no_descriptor(closed: bool) -> None:
    before = open_descriptors()
    loop = new_loop()

    async def start() -> Any:
        transport, _ = await loop.subprocess_exec(
            asyncio.SubprocessProtocol, "sleep", "60", stdin=None, stdout=None, stderr=None
        )
        return transport

    transport = soon_or_never(loop, start())
    child = transport.get_pid()
    assert len(open_descriptors()) > len(before)
    if closed:
        transport.close()
    loop.close()
    gc.collect()
    assert open_descriptors() == before
    if not closed:
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "the child does not go on"
        os.kill(child, signal.SIGKILL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # a transport that nobody closed, rightly
        del transport
        gc.collect()
    end_of(child)
    assert open_descriptors() == before


def end_of(child: int) -> None:
    """Wait for a child, if nobody else has."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


@whorl_only
def test_a_loop_that_ends_before_the_child_leaves_no_pipe(loop: asyncio.AbstractEventLoop) -> None:
    before = open_descriptors()
    other = new_loop()

    async def start() -> Any:
        transport, _ = await other.subprocess_exec(asyncio.SubprocessProtocol, "cat")
        return transport

    transport = soon_or_never(other, start())
    child = transport.get_pid()
    transport.close()  # kills it; there is no turn in which the loop could hear of it
    turn(other)
    other.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the child may be running still, for all that Popen knows
        del transport
        gc.collect()
    end_of(child)
    assert open_descriptors() == before
