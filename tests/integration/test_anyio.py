"""anyio with ``backend_options={"loop_factory": whorl.new_event_loop}``."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.abc
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import pytest
from anyio.streams.tls import TLSListener, TLSStream

import whorl
from hostile.certificate import Credentials

T = TypeVar("T")
DEADLINE = 30


def on_whorl(main: Callable[[], Awaitable[T]]) -> T:
    """Run a test's coroutine function with anyio on whorl, but not for ever."""

    async def bounded() -> T:
        assert type(asyncio.get_running_loop()).__module__.startswith("whorl.")
        with anyio.fail_after(DEADLINE):
            return await main()

    return anyio.run(bounded, backend="asyncio", backend_options={"loop_factory": whorl.new_event_loop})


async def echo(stream: anyio.abc.ByteStream) -> None:
    async with stream:
        async for piece in stream:
            await stream.send(piece)


async def exchange(stream: anyio.abc.ByteStream, body: bytes) -> bytes:
    """Send a body to an echo server while receiving it back, up to the end."""
    received = bytearray()

    async def send() -> None:
        await stream.send(body)
        if not isinstance(stream, TLSStream):
            await stream.send_eof()

    async with anyio.create_task_group() as group:
        group.start_soon(send)
        while len(received) < len(body):
            received += await stream.receive()
    return bytes(received)


def test_tcp() -> None:
    async def main() -> None:
        body = os.urandom(3_000_000)
        async with (
            await anyio.create_tcp_listener(local_host="127.0.0.1") as server,
            anyio.create_task_group() as group,
        ):
            group.start_soon(server.serve, echo)
            port = server.extra(anyio.abc.SocketAttribute.local_port)
            async with await anyio.connect_tcp("127.0.0.1", port) as stream:
                assert stream.extra(anyio.abc.SocketAttribute.remote_address) == ("127.0.0.1", port)
                assert await exchange(stream, body) == body
                with pytest.raises(anyio.EndOfStream):
                    await stream.receive()
            group.cancel_scope.cancel()

    on_whorl(main)


def test_tls(tls: Credentials) -> None:
    async def main() -> None:
        body = os.urandom(1_000_000)
        async with (
            await anyio.create_tcp_listener(local_host="127.0.0.1") as server,
            anyio.create_task_group() as group,
        ):
            listener = TLSListener(server, tls.server)
            group.start_soon(listener.serve, echo)
            port = server.extra(anyio.abc.SocketAttribute.local_port)
            async with await anyio.connect_tcp("127.0.0.1", port, ssl_context=tls.client) as stream:
                assert await exchange(stream, body) == body
            group.cancel_scope.cancel()

    on_whorl(main)


def test_unix_and_udp(tmp_path: Path) -> None:
    async def main() -> None:
        path = tmp_path / "socket"
        async with await anyio.create_unix_listener(path) as server, anyio.create_task_group() as group:
            group.start_soon(server.serve, echo)
            async with await anyio.connect_unix(path) as stream:
                assert await exchange(stream, b"hello") == b"hello"
            group.cancel_scope.cancel()
        async with (
            await anyio.create_udp_socket(local_host="127.0.0.1") as receiver,
            await anyio.create_connected_udp_socket(*receiver.extra(anyio.abc.SocketAttribute.local_address)) as sender,
        ):
            await sender.send(b"datagram")
            assert await receiver.receive() == (b"datagram", sender.extra(anyio.abc.SocketAttribute.local_address))

    on_whorl(main)


def test_task_groups() -> None:
    async def fail() -> None:
        await anyio.lowlevel.checkpoint()
        raise ValueError("on purpose")

    async def siblings() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep_forever)
            group.start_soon(fail)

    async def start(*, task_status: anyio.abc.TaskStatus[int]) -> None:
        task_status.started(42)
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("started")

    ended: list[str] = []

    async def main() -> None:
        async with anyio.create_task_group() as group:
            assert await group.start(start) == 42
            group.cancel_scope.cancel()
        assert ended == ["started"]
        with pytest.raises(ExceptionGroup) as caught:
            await siblings()
        assert [str(exc) for exc in caught.value.exceptions] == ["on purpose"]

    on_whorl(main)


def test_cancel_scopes() -> None:
    async def main() -> None:
        began = anyio.current_time()
        with anyio.move_on_after(0.05) as scope:
            await anyio.sleep_forever()
        assert scope.cancelled_caught
        assert 0.05 <= anyio.current_time() - began < DEADLINE / 2
        with pytest.raises(TimeoutError), anyio.fail_after(0.01):
            await anyio.sleep_forever()
        with anyio.CancelScope() as outer:
            outer.cancel()
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.01)
                shielded = True
            await anyio.sleep_forever()
        assert shielded
        assert outer.cancelled_caught

    on_whorl(main)


def test_threads() -> None:
    def in_thread() -> tuple[int, str]:
        module = anyio.from_thread.run_sync(lambda: type(asyncio.get_running_loop()).__module__)
        return threading.get_ident(), module

    async def main() -> None:
        for _ in range(3):
            ident, module = await anyio.to_thread.run_sync(in_thread)
            assert ident != threading.get_ident()
            assert module.startswith("whorl.")

    on_whorl(main)


def test_blocking_portal() -> None:
    options = {"loop_factory": whorl.new_event_loop}
    with anyio.from_thread.start_blocking_portal("asyncio", options) as portal:
        module = portal.call(lambda: type(asyncio.get_running_loop()).__module__)
        future = portal.start_task_soon(anyio.sleep, 0)
        future.result(DEADLINE)
    assert module.startswith("whorl.")


def test_processes() -> None:
    shout = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.exit(3)"

    async def main() -> None:
        done = await anyio.run_process([sys.executable, "-c", shout], input=b"hello", check=False)
        assert (done.returncode, done.stdout, done.stderr) == (3, b"HELLO", b"")
        with pytest.raises(subprocess.CalledProcessError):
            await anyio.run_process("exit 7")
        async with await anyio.open_process([sys.executable, "-c", "input()"]) as process:
            process.terminate()
            assert await process.wait() == -signal.SIGTERM

    on_whorl(main)


def test_signals() -> None:
    async def main() -> None:
        with anyio.open_signal_receiver(signal.SIGUSR1, signal.SIGUSR2) as signals:
            for signum in (signal.SIGUSR1, signal.SIGUSR2):
                os.kill(os.getpid(), signum)
                assert await anext(aiter(signals)) == signum

    before = signal.getsignal(signal.SIGUSR1)
    on_whorl(main)
    assert signal.getsignal(signal.SIGUSR1) == before


def test_wait_readable_and_writable() -> None:
    async def main() -> None:
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)
            await anyio.wait_writable(left)
            with anyio.move_on_after(0.01) as scope:
                await anyio.wait_readable(left)
            assert scope.cancelled_caught
            right.send(b"x")
            await anyio.wait_readable(left)
            assert left.recv(1) == b"x"

    on_whorl(main)
