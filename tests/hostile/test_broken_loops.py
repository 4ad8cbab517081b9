"""The harness finds the faults of loops that are broken on purpose, with the very scenes that whorl has to pass."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .certificate import Credentials
from .interrupt import Moment, Scene, interrupt
from .stage import Stage
from .test_cancel_everywhere import SCENES


class Sound(asyncio.SelectorEventLoop):
    """asyncio's loop as it is."""


class ClosesTwice(asyncio.SelectorEventLoop):
    """Closes the number of a connection once more, a little later, when it may be somebody else's."""

    def _make_socket_transport(self, sock: socket.socket, *args: Any, **rest: Any) -> Any:
        transport = super()._make_socket_transport(sock, *args, **rest)  # type: ignore[misc]
        close, number = transport.close, sock.fileno()

        def close_twice() -> None:
            close()
            self.call_later(0.002, self._close_number, number)

        transport.close = close_twice
        return transport

    @staticmethod
    def _close_number(number: int) -> None:
        with contextlib.suppress(OSError):
            os.close(number)


class ForgetsSockets(asyncio.SelectorEventLoop):
    """Keeps the socket of a connection whose making was cancelled."""

    kept: list[socket.socket]

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        try:
            await super().sock_connect(sock, address)
        except asyncio.CancelledError:
            self.kept = [*getattr(self, "kept", []), sock.dup()]
            raise

    def close(self) -> None:
        for sock in getattr(self, "kept", []):
            sock.close()
        super().close()


class ReadsLate(asyncio.SelectorEventLoop):
    """Goes on reading for an operation that was cancelled, from the number that it has noted."""

    async def sock_recv(self, sock: socket.socket, size: int) -> bytes:
        number = sock.fileno()
        try:
            return await super().sock_recv(sock, size)
        except asyncio.CancelledError:
            self.call_later(0.002, self._read, number)
            raise

    @staticmethod
    def _read(number: int) -> None:
        with contextlib.suppress(OSError):
            os.read(number, 4)


class SendsLate(asyncio.SelectorEventLoop):
    """Sends the rest for an operation that was cancelled, to the number that it has noted."""

    async def sock_sendall(self, sock: socket.socket, data: Any) -> None:
        number = sock.fileno()
        try:
            await super().sock_sendall(sock, data)
        except asyncio.CancelledError:
            self.call_later(0.002, self._send, number)
            raise

    @staticmethod
    def _send(number: int) -> None:
        with contextlib.suppress(OSError):
            os.write(number, b"the rest")


class WatchesLate(asyncio.SelectorEventLoop):
    """Has epoll watch the number of a socket whose operation was cancelled."""

    async def sock_accept(self, sock: socket.socket) -> tuple[socket.socket, Any]:
        number = sock.fileno()
        try:
            return await super().sock_accept(sock)
        except asyncio.CancelledError:
            self.call_later(0.002, lambda: self.add_reader(number, int))
            raise


class Swallows(asyncio.SelectorEventLoop):
    """Does not pass a cancellation on."""

    async def getaddrinfo(self, *args: Any, **rest: Any) -> Any:
        with contextlib.suppress(asyncio.CancelledError):
            return await super().getaddrinfo(*args, **rest)


class ForgetsChildren(asyncio.SelectorEventLoop):
    """Does not end a child whose start was cancelled, and so never reaps it."""

    def __init__(self) -> None:
        super().__init__()
        self.starts: list[asyncio.Future[Any]] = []

    async def _make_subprocess_transport(self, *args: Any, **rest: Any) -> Any:
        start = asyncio.ensure_future(super()._make_subprocess_transport(*args, **rest))  # type: ignore[misc]
        self.starts.append(start)
        return await asyncio.shield(start)

    def close(self) -> None:
        for start in self.starts:
            self.run_until_complete(start).close()  # it may not have come to its end
        self.run_until_complete(asyncio.sleep(0.01))
        super().close()


@pytest.mark.parametrize(
    ("factory", "scene", "fault"),
    [
        (ClosesTwice, "connection_on_socket", "foreign close"),
        (ForgetsSockets, "connection_to_literal", "leaked descriptor"),
        (ReadsLate, "sock_recv", "foreign read"),
        (SendsLate, "sock_sendall", "foreign write of b'the rest'"),
        (WatchesLate, "sock_accept", "foreign registration"),
        (Swallows, "getaddrinfo", "swallowed"),
        (ForgetsChildren, "subprocess_exec", "not reaped"),
        (Sound, "connection_on_socket", None),
        (Sound, "connection_to_literal", None),
        (Sound, "sock_recv", None),
        (Sound, "sock_sendall", None),
        (Sound, "subprocess_exec", None),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.usefixtures("hasty")
def test_a_broken_loop_is_found_out(
    factory: Callable[[], asyncio.AbstractEventLoop],
    scene: str,
    fault: str | None,
    tmp_path: Path,
    tls: Credentials,
) -> None:
    loop = factory()
    stages: list[Stage] = []

    def put_up() -> Stage:
        directory = tmp_path / str(len(stages))
        directory.mkdir()
        stages.append(Stage(loop, directory, tls))
        return stages[-1]

    try:
        faults = interrupt(put_up, find(scene), Moment.AT_ONCE)
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
    assert any(fault in one for one in faults) if fault else faults == [], faults


def find(name: str) -> Scene:
    """Return a scene by its name."""
    scenes: dict[str, Scene] = {scene.name: scene for scene in SCENES}
    return scenes[name]
