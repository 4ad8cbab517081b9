"""Programs that serve: ``python -m benchmarks.served PROGRAM PEER [CORE]`` says its port and serves until it is killed.

The programs know nothing of the loop they run on. ``answers`` is what HTTP clients are measured against: one fixed
answer to whatever comes, by a bare protocol.
"""

import asyncio
import json
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from benchmarks import machine
from benchmarks.loops import new_loop
from benchmarks.server.allocator import free_a_large_block

HELLO = b"Hello, world!"
PAGE = b"x" * 10 * 1024
BACKLOG = 1024

Message = MutableMapping[str, Any]


async def plain(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """An ASGI application without a framework."""
    body = PAGE if scope["path"] == "/page" else HELLO
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def uvicorn(listener: socket.socket, port: int) -> None:
    import uvicorn

    config = uvicorn.Config(
        plain, http="httptools", ws="none", loop="none", lifespan="off", log_level="critical", access_log=False
    )
    say(port)
    await uvicorn.Server(config).serve(sockets=[listener])


async def aiohttp(listener: socket.socket, port: int) -> None:
    from aiohttp import web

    async def hello(_: web.Request) -> web.Response:
        return web.Response(body=HELLO, content_type="text/plain")

    application = web.Application()
    application.router.add_get("/", hello)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    say(port)
    await asyncio.Event().wait()


async def websockets(listener: socket.socket, port: int) -> None:
    from websockets.asyncio.server import ServerConnection, serve

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, sock=listener, compression=None):
        say(port)
        await asyncio.Event().wait()


class Answer(asyncio.Protocol):
    """Requests have no body, and none comes before the last one is answered."""

    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(HELLO), HELLO)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if data.endswith(b"\r\n\r\n"):
            self.transport.write(self.answer)


async def answers(listener: socket.socket, port: int) -> None:
    await asyncio.get_running_loop().create_server(Answer, sock=listener)
    say(port)
    await asyncio.Event().wait()


def say(port: int) -> None:
    """It listens already: who connects from now on is served. A loop may have taken the socket, so this is a number."""
    print(json.dumps({"port": port}), flush=True)


PROGRAMS = {program.__name__: program for program in (uvicorn, aiohttp, websockets, answers)}


def main(program: str, peer: str, core: str = str(machine.SERVER_CORE)) -> None:
    machine.end_with_parent()
    machine.pin(int(core))
    free_a_large_block()
    loop = new_loop(peer)
    asyncio.set_event_loop(loop)
    listener = listening()
    loop.run_until_complete(PROGRAMS[program](listener, listener.getsockname()[1]))


def listening() -> socket.socket:
    """As a loop would make it: asyncio sets TCP_NODELAY only if the socket says that it is TCP, and without it answers
    in two parts wait 40 ms for an acknowledgement. (`socket.create_server` leaves the protocol open.)"""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


if __name__ == "__main__":
    main(*sys.argv[1:])
