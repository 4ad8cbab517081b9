"""Which loop is under test, how a test waits, and scripts for a process of their own."""

import asyncio
import importlib
import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

LOOP = os.environ.get("WHORL_TEST_LOOP", "whorl")

# What asyncio's own loop does not promise, or does not keep.
whorl_only = pytest.mark.skipif(LOOP != "whorl", reason="a promise of whorl's alone")

# Seconds after which something that should have come about will not come about any more.
PATIENCE = 10.0


def new_loop() -> asyncio.AbstractEventLoop:
    """Return a new loop of the kind under test: ``WHORL_TEST_LOOP`` is a module, or ``module:factory``."""
    module, _, factory = LOOP.partition(":")
    loop: asyncio.AbstractEventLoop = getattr(importlib.import_module(module), factory or "new_event_loop")()
    return loop


def turn(loop: asyncio.AbstractEventLoop) -> None:
    """Let the loop turn once, without waiting."""
    loop.call_soon(loop.stop)
    loop.run_forever()


def turn_until(loop: asyncio.AbstractEventLoop, come_about: Callable[[], object]) -> None:
    """Let the loop turn until something has come about."""
    deadline = time.monotonic() + PATIENCE
    while not come_about():
        assert time.monotonic() < deadline, "it has not come about"
        turn(loop)


async def until(come_about: Callable[[], object]) -> None:
    """Wait, within a coroutine, until something has come about."""
    deadline = time.monotonic() + PATIENCE
    while not come_about():
        assert time.monotonic() < deadline, "it has not come about"
        await asyncio.sleep(0.001)


def soon_or_never(loop: asyncio.AbstractEventLoop, promise: Any) -> Any:
    """Run until an awaitable is done, and fail if that takes too long."""

    async def wait() -> Any:
        async with asyncio.timeout(PATIENCE):
            return await promise

    return loop.run_until_complete(wait())


def open_descriptors() -> dict[int, str]:
    """Return what the process has open: number to target."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:  # the listing's own descriptor
            continue
    return found


def read_all(sock: socket.socket) -> bytes:
    """Receive up to the end of the stream, blocking, but not for ever."""
    sock.settimeout(PATIENCE)
    pieces = []
    while piece := sock.recv(1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


@dataclass
class Recorder(asyncio.Protocol):
    """A protocol that notes what it hears."""

    calls: list[str] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)
    lost: list[Exception | None] = field(default_factory=list)
    transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.calls.append("made")

    def data_received(self, data: bytes) -> None:
        self.data += data
        self.calls.append("data")

    def eof_received(self) -> bool | None:
        self.calls.append("eof")
        return None

    def pause_writing(self) -> None:
        self.calls.append("pause")

    def resume_writing(self) -> None:
        self.calls.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.calls.append("lost")
        self.lost.append(exc)


async def connect_pair(protocol: asyncio.BaseProtocol, *, tcp: bool = False) -> tuple[Any, socket.socket]:
    """Return a transport for the protocol and the plain, blocking socket at its other end."""
    ours, theirs = tcp_pair() if tcp else socket.socketpair()
    transport, _ = await asyncio.get_running_loop().create_connection(lambda: protocol, sock=ours)
    return transport, theirs


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected TCP sockets, blocking ones."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = socket.create_connection(listener.getsockname())
        other, _ = listener.accept()
    return one, other


def run_script(text: str, *, timeout: float = 30) -> str:
    """Run a program in a process of its own; ``new_loop()`` is there. Return what it says; a crash is a failure."""
    prelude = "from loop.support import *\n"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", prelude + textwrap.dedent(text)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment,
    )
    assert done.returncode == 0, f"ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    assert not done.stderr, done.stderr
    return done.stdout


async def warm_up(reader: asyncio.StreamReader, peer: socket.socket) -> None:
    """Two messages: from the second on a connection's reads are the compiled ones."""
    for _ in range(2):
        peer.send(b".")
        assert await reader.read(1) == b"."
