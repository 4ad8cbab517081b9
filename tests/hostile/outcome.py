"""What a call led to on one loop: the exception, what was reported or run because of it, what it left open.

The same call on two loops gives two outcomes, which can be compared.
"""

import asyncio
import contextlib
import gc
import os
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .certificate import Credentials
from .complaints import Complaints
from .descriptors import ground_floor
from .factory import LoopFactory


class Bench:
    """A fresh loop and what a wrong call is made with. ``loop`` is Any: the calls are wrong on purpose."""

    def __init__(self, loop: asyncio.AbstractEventLoop, directory: Path, tls: Credentials) -> None:
        self.loop: Any = loop
        self.directory = directory
        self.tls = tls
        self.calls: list[object] = []
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self._open: list[Any] = []

    # -- things to call with ---

    def call(self, *args: object) -> None:
        """A callback that must not run; if it does, the outcome tells."""
        self.calls.append(args)

    async def coroutine(self) -> None:
        self.calls.append("coroutine")

    def pair(self, kind: int = socket.SOCK_STREAM) -> tuple[socket.socket, socket.socket]:
        """A connected, non-blocking pair of sockets, which has to be usable afterwards."""
        near, far = socket.socketpair(type=kind)
        near.setblocking(False)
        far.setblocking(False)
        self.pairs.append((near, far))
        return near, far

    def sock(self) -> socket.socket:
        return self.pair()[0]

    def blocking(self) -> socket.socket:
        near, _ = self.pair()
        near.setblocking(True)
        return near

    def tcp(self, *, blocking: bool = False) -> socket.socket:
        """A TCP socket that is connected to nothing."""
        sock: socket.socket = self.keep(socket.socket())
        sock.setblocking(blocking)
        return sock

    def connected_tcp(self) -> socket.socket:
        sock: socket.socket = self.keep(socket.create_connection(self.listening().getsockname()))
        sock.setblocking(False)
        return sock

    def udp(self) -> socket.socket:
        sock: socket.socket = self.keep(socket.socket(type=socket.SOCK_DGRAM))
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
        return sock

    def listening(self) -> socket.socket:
        sock: socket.socket = self.keep(socket.create_server(("127.0.0.1", 0)))
        sock.setblocking(False)
        return sock

    def closed_sock(self) -> socket.socket:
        sock = socket.socket()
        sock.close()
        return sock

    def ssl_sock(self) -> socket.socket:
        near, _ = socket.socketpair()
        wrapped: socket.socket = self.keep(
            self.tls.client.wrap_socket(near, do_handshake_on_connect=False, server_hostname="x")
        )
        wrapped.setblocking(False)
        return wrapped

    def closed_number(self) -> int:
        reading, writing = os.pipe()
        os.close(reading)
        os.close(writing)
        return reading

    def file(self, mode: str = "rb") -> Any:
        path = self.directory / "file"
        path.write_bytes(b"content of a file\n")
        return self.keep(path.open(mode))

    def keep(self, thing: Any) -> Any:
        """Have something closed in the end."""
        self._open.append(thing)
        return thing

    # -- ways to call ---

    def run(self, make: Callable[[], Awaitable[object]]) -> object:
        """Call and await inside the running loop, for a second at most."""

        async def main() -> object:
            async with asyncio.timeout(1):
                return await make()

        return self.loop.run_until_complete(main())

    def inside(self, function: Callable[[], object]) -> object:
        """Call inside the running loop, without awaiting anything."""

        async def main() -> object:
            return function()

        return self.loop.run_until_complete(main())

    def from_thread(self, function: Callable[[], object]) -> object:
        """Call from another thread while the loop runs."""

        async def main() -> object:
            raised: list[BaseException] = []
            over = asyncio.Event()

            def work() -> None:
                try:
                    function()
                except Exception as error:  # handed over to the test's thread
                    raised.append(error)
                self.loop.call_soon_threadsafe(over.set)

            thread = threading.Thread(target=work)
            thread.start()
            await over.wait()
            thread.join()
            if raised:
                raise raised.pop()
            return None

        return self.loop.run_until_complete(main())

    def drive(self, coroutine: Coroutine[Any, Any, object]) -> object:
        """Take a coroutine's first step by hand, as on a loop that is closed."""
        try:
            return coroutine.send(None)
        except StopIteration as stop:
            return stop.value
        finally:
            coroutine.close()

    def connected(self) -> Any:
        """A stream transport, inside the running loop or outside."""
        near, far = socket.socketpair()
        self.keep(far)

        async def connect() -> Any:
            transport, _ = await self.loop.create_connection(asyncio.Protocol, sock=near)
            return transport

        return self.keep(self.loop.run_until_complete(connect()))

    def endpoint(self, *, connected: bool = False) -> Any:
        """A datagram transport."""
        remote = self.udp().getsockname() if connected else None

        async def connect() -> Any:
            transport, _ = await self.loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, local_addr=None if remote else ("127.0.0.1", 0), remote_addr=remote
            )
            return transport

        return self.keep(self.loop.run_until_complete(connect()))

    # -- afterwards ---

    def usable(self) -> bool:
        """Check that every pair still carries bytes, and that nothing was sent through it."""
        for near, far in self.pairs:
            if near.fileno() < 0 or far.fileno() < 0:
                return False
            near.setblocking(False)
            far.send(b"to near")
            near.send(b"to far")
            if near.recv(100) != b"to near" or far.recv(100) != b"to far":
                return False
        return True

    def close(self) -> None:
        for thing in reversed(self._open):
            with contextlib.suppress(OSError, RuntimeError):
                thing.close()
        self._open.clear()
        for near, far in self.pairs:
            near.close()
            far.close()


Case = Callable[[Bench], object]


@dataclass(frozen=True)
class Outcome:
    """What came of a call: an exception or a result, and what happened besides.

    ``broken`` is what the loop died of when it ran on afterwards: it took an argument that it cannot cope with.
    """

    error: type[BaseException] | None
    text: str
    result: str
    broken: type[BaseException] | None
    reported: tuple[str, ...]
    calls: tuple[object, ...]
    usable: bool
    leaked: tuple[str, ...]

    def but(self, error: type[BaseException] | None) -> "Outcome":
        """Return what this outcome would be with another error, or with none."""
        result = self.result if self.error is None else "NoneType"
        return replace(self, error=error, text="", result=result, calls=())

    def differences(self, model: "Outcome") -> list[str]:
        """Say in what this outcome is worse than the model's."""
        found = []
        due = model.error or model.broken
        if self.broken is not None:
            found.append(f"the loop broke: {self.broken.__name__}")
        if due is None and self.error is not None:
            found.append(f"raised {self.error.__name__}: {self.text}, instead of returning {model.result}")
        elif due is None and self.result != model.result:
            found.append(f"returned {self.result} instead of {model.result}")
        elif due is not None and self.error is None:
            found.append(f"returned {self.result} instead of raising {due.__name__}: {model.text}")
        elif due is not None and self.error is not None and not issubclass(self.error, due):
            found.append(f"raised {self.error.__name__}: {self.text}, instead of {due.__name__}: {model.text}")
        if self.error is not None and model.text and not self.text:
            found.append(f"no text instead of {model.text!r}")
        if self.calls != (() if due else model.calls):
            found.append(f"ran {self.calls} instead of {model.calls}")
        if model.usable and not self.usable:
            found.append("a socket of the user's is not usable any more")
        found += [f"leaked {name}" for name in self.leaked]
        found += [f"complaint: {said}" for said in self.reported if said not in model.reported]
        return found


def outcome_of(case: Case, factory: LoopFactory, directory: Path, tls: Credentials) -> Outcome:
    """Make one call on a fresh loop, let the loop run for a moment, and take stock."""
    # Outside a running loop asyncio's gather() would have the policy make a loop, which nobody closes.
    asyncio.set_event_loop(None)
    before = ground_floor()
    loop = factory()
    bench = Bench(loop, directory, tls)
    error: BaseException | None = None
    broken: type[BaseException] | None = None
    result: object = None
    with Complaints(loop) as complaints:
        try:
            result = case(bench)
        except (Exception, asyncio.CancelledError) as raised:
            error = raised
        kind, text = (type(error) if error is not None else None), plain(str(error or ""))
        outcome = type(result).__name__ if error is None else ""
        error = result = None
        usable = bench.usable()
        try:
            _run_on(loop)
        except (Exception, asyncio.CancelledError) as raised:
            broken = type(raised)
        orphaned = loop.is_closed()
        bench.close()
        with contextlib.suppress(Exception):
            _run_on(loop)
            loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        gc.collect()
        # A transport whose loop the case itself has closed under it cannot be closed any more.
        heard = {plain(said) for said in complaints.heard() if not (orphaned and "unclosed transport" in said)}
        reported = tuple(sorted(heard))
    after = ground_floor()
    leaked = tuple(name for number, name in after.items() if before.get(number) != name)
    return Outcome(kind, text, outcome, broken, reported, tuple(bench.calls), usable, leaked)


def _run_on(loop: asyncio.AbstractEventLoop) -> None:
    if not loop.is_closed():
        loop.run_until_complete(_moment())


async def _moment() -> None:
    for _ in range(4):
        await asyncio.sleep(0)
    await asyncio.sleep(0.002)


def plain(text: str) -> str:
    """Return a text without what differs from run to run, or by the names of classes."""
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    text = re.sub(r"fd=-?\d+", "fd=N", text)
    text = re.sub(r"\w*Transport\b", "Transport", text)
    text = re.sub(r"(laddr|raddr)=(\([^)]*\)|[^,>]*)", r"\1", text)
    text = re.sub(r"\d{4,}", "N", text)
    return re.sub(r"[\w/.-]*/[\w.-]+\.py:\d+", "file", text)
