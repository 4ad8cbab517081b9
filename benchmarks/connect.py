"""What does it cost to connect to a server? The client's CPU time per connection, in µs, from connecting to closed.

Here the peer is the client, ten connections at a time, and the C server answers from the core for load. It ends its
side with a reset, so no port of the client stays in TIME_WAIT.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from benchmarks import server
from benchmarks.child import Measurement, in_child
from benchmarks.loops import new_loop
from benchmarks.operation import RUNS, per_operation
from benchmarks.row import ASYNC_NETWORK, Figures, Row

AT_ONCE = 10


class Lost(asyncio.Protocol):
    """Says when the connection is gone."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        self.done = done

    def connection_lost(self, error: Exception | None) -> None:
        self.done.set_result(None)


async def by_protocol(port: int) -> None:
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    transport, _ = await loop.create_connection(lambda: Lost(done), "127.0.0.1", port)
    transport.close()
    await done


async def by_streams(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()


async def by_sock(port: int) -> None:
    with socket.socket() as connection:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))


def measured(connect: Callable[[int], Awaitable[None]], peer: str, seconds: float) -> Figures:
    with server.limit() as port:

        async def run(count: int) -> None:
            left = count

            async def client() -> None:
                nonlocal left
                while left > 0:
                    left -= 1
                    await connect(port)

            await asyncio.gather(*(client() for _ in range(AT_ONCE)))

        loop = new_loop(peer)
        asyncio.set_event_loop(loop)
        try:
            return per_operation(loop, run, seconds / RUNS)
        finally:
            loop.close()
            asyncio.set_event_loop(None)


def protocol(peer: str, seconds: float, /) -> Figures:
    return measured(by_protocol, peer, seconds)


def streams(peer: str, seconds: float, /) -> Figures:
    return measured(by_streams, peer, seconds)


def sock(peer: str, seconds: float, /) -> Figures:
    return measured(by_sock, peer, seconds)


def connect(function: Measurement) -> Row:
    return Row(f"connect, {function.__name__}", in_child(function), kinds=ASYNC_NETWORK)


ROWS = (connect(protocol), connect(streams), connect(sock))
