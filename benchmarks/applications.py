"""What does the loop mean to programs that do something of their own? CPU time of server or client per request, in µs.

Servers are asked by the compiled load over kept connections, and each answer is checked. Clients ask a server on the
other core, which is the same for all peers, from ten tasks with a connection each; what is measured is the client.
"""

import asyncio
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks import load, machine, server
from benchmarks.child import in_child
from benchmarks.loops import new_loop
from benchmarks.operation import RUNS, per_operation
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, Figures, Row, Unsupported

CONNECTIONS = 100
CLIENTS = 10
START = 10  # seconds that redis-server may need


def needs(*packages: str) -> None:
    if missing := [package for package in packages if find_spec(package) is None]:
        raise Unsupported(f"{', '.join(missing)} is not installed")


def served(
    program: str, mode: str = "http", *, packages: tuple[str, ...], **options: object
) -> Callable[[Peer, float], Figures]:
    def measure(peer: Peer, seconds: float) -> Figures:
        needs(*packages)
        with tempfile.TemporaryDirectory(prefix="whorl-bench-") as folder:
            words = machine.python("-m", "benchmarks.served", program, peer.name)
            with server.started(words, Path(folder)) as (pid, port):
                target = f"tcp:127.0.0.1:{port}"
                return load.run(mode, target, pid=pid, seconds=seconds, connections=CONNECTIONS, **options).figures()

    return measure


def per_request(loop: asyncio.AbstractEventLoop, request: Callable[[], Awaitable[object]], seconds: float) -> Figures:
    """`request` by ten tasks at once; the first `CLIENTS` of them open the connections, while the clock is not on."""

    async def run(count: int) -> None:
        async def work() -> None:
            for _ in range(count):
                await request()

        await asyncio.gather(*[work() for _ in range(CLIENTS)])

    figures = per_operation(loop, run, seconds / RUNS)
    return {name: value / CLIENTS for name, value in figures.items()}


def aiohttp_client(peer: str, seconds: float, /) -> Figures:
    needs("aiohttp")
    import aiohttp

    words = machine.python("-m", "benchmarks.served", "answers", "asyncio", str(machine.LOAD_CORE))
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as folder, server.started(words, Path(folder)) as (_, port):
        loop = new_loop(peer)
        asyncio.set_event_loop(loop)
        url = f"http://127.0.0.1:{port}/"

        async def open_session() -> aiohttp.ClientSession:
            return aiohttp.ClientSession()

        session = loop.run_until_complete(open_session())

        async def request() -> None:
            async with session.get(url) as response:
                body = await response.read()
                if body != b"Hello, world!":
                    raise RuntimeError(f"the answer was {body!r}")

        figures = per_request(loop, request, seconds)
        loop.run_until_complete(session.close())
        return figures


def redis_client(peer: str, seconds: float, /) -> Figures:
    needs("redis")
    import redis.asyncio

    with redis_server() as port:
        loop = new_loop(peer)
        asyncio.set_event_loop(loop)
        client = redis.asyncio.Redis(host="127.0.0.1", port=port, max_connections=CLIENTS)
        loop.run_until_complete(client.set("key", b"value"))

        async def request() -> None:
            value = await client.get("key")
            if value != b"value":
                raise RuntimeError(f"the value was {value!r}")

        figures = per_request(loop, request, seconds)
        loop.run_until_complete(client.aclose())
        return figures


@contextmanager
def redis_server() -> Iterator[int]:
    """The port of a server of our own, on the core for load."""
    program = shutil.which("redis-server")
    if program is None:
        raise Unsupported("redis-server is not installed")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    words = ["taskset", "-c", str(machine.LOAD_CORE), program, "--port", str(port), "--bind", "127.0.0.1"]
    with (
        tempfile.TemporaryDirectory(prefix="whorl-bench-") as folder,
        subprocess.Popen([*words, "--save", "", "--dir", folder], stdout=subprocess.DEVNULL) as process,
    ):
        try:
            deadline = time.monotonic() + START
            while not answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("redis-server did not start")
                time.sleep(0.01)
            yield port
        finally:
            process.kill()


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


UVICORN = ("uvicorn", "httptools")

ROWS = (
    Row("uvicorn plaintext", served("uvicorn", packages=UVICORN), short=True, kinds=ASYNC_NETWORK),
    Row("uvicorn 10 KiB", served("uvicorn", packages=UVICORN, path="/page"), kinds=ASYNC_NETWORK),
    Row("aiohttp server", served("aiohttp", packages=("aiohttp",)), short=True, kinds=ASYNC_NETWORK),
    Row("aiohttp client", in_child(aiohttp_client), kinds=ASYNC_NETWORK),
    Row(
        "websockets echo, 1 KiB",
        served("websockets", "websocket", packages=("websockets",), size=1024, path="/"),
        kinds=ASYNC_NETWORK,
    ),
    Row("redis client", in_child(redis_client), kinds=ASYNC_NETWORK),
)
