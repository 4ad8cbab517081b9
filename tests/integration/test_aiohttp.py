"""aiohttp, both ends: its server and its client on one loop of whorl's, over real connections."""

import asyncio
import io
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

import whorl
from hostile.certificate import Credentials

T = TypeVar("T")
DEADLINE = 30


def on_whorl(main: Coroutine[Any, Any, T]) -> T:
    """Run a test's coroutine on whorl, but not for ever; whatever reaches the exception handler fails the test."""

    async def bounded() -> T:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        async with asyncio.timeout(DEADLINE):
            return await main

    complaints: list[dict[str, Any]] = []
    result = whorl.run(bounded(), debug=True)
    assert complaints == []
    return result


class Site:
    """The handlers, and what they noticed."""

    def __init__(self) -> None:
        self.peers: list[Any] = []
        self.cancelled = asyncio.Event()
        self.waiting = asyncio.Event()

    def application(self) -> web.Application:
        app = web.Application(client_max_size=2**26)
        app.add_routes(
            [
                web.get("/loop", self.loop),
                web.post("/mirror", self.mirror),
                web.get("/stream", self.stream),
                web.get("/socket", self.websocket),
                web.get("/wait", self.wait),
            ]
        )
        return app

    async def loop(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        self.peers.append(request.transport.get_extra_info("peername"))
        return web.Response(text=type(asyncio.get_running_loop()).__module__)

    async def mirror(self, request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for number in range(100):
            await response.write(b"%d," % number * 1000)
        await response.write_eof()
        return response

    async def websocket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                await socket.send_str(message.data)
            else:
                await socket.send_bytes(message.data)
        return socket

    async def wait(self, _: web.Request) -> web.Response:
        self.waiting.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        raise AssertionError("nobody waits that long")


@asynccontextmanager
async def serving(site: Site, tls: Credentials | None = None) -> AsyncIterator[str]:
    runner = web.AppRunner(site.application(), handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server if tls else None).start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def test_get_and_keep_alive() -> None:
    async def main() -> None:
        site = Site()
        async with serving(site) as url, aiohttp.ClientSession() as session:
            for _ in range(3):
                async with session.get(f"{url}/loop") as response:
                    assert (await response.text()).startswith("whorl.")
        assert len(site.peers) == 3
        assert len(set(site.peers)) == 1  # one connection
        assert site.peers[0][0] == "127.0.0.1"

    on_whorl(main())


def test_post_with_a_body() -> None:
    async def main() -> None:
        async with serving(Site()) as url, aiohttp.ClientSession() as session:
            for size in (0, 1, 70_000, 5_000_000):
                body = bytes(range(256)) * (size // 256) + bytes(size % 256)
                async with session.post(f"{url}/mirror", data=io.BytesIO(body)) as response:
                    assert await response.read() == body

    on_whorl(main())


def test_streams_both_ways() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(200):
            yield b"%d;" % number * 500
            await asyncio.sleep(0)

    async def main() -> None:
        async with serving(Site()) as url, aiohttp.ClientSession() as session:
            async with session.get(f"{url}/stream") as response:
                received = b"".join([piece async for piece in response.content.iter_any()])
            assert received == b"".join(b"%d," % number * 1000 for number in range(100))
            async with session.post(f"{url}/mirror", data=pieces()) as response:
                assert await response.read() == b"".join([piece async for piece in pieces()])

    on_whorl(main())


def test_many_clients_at_once() -> None:
    async def fetch(session: aiohttp.ClientSession, url: str) -> str:
        async with session.get(f"{url}/loop") as response:
            return await response.text()

    async def main() -> None:
        site = Site()
        async with serving(site) as url, aiohttp.ClientSession() as session:
            answers = await asyncio.gather(*(fetch(session, url) for _ in range(100)))
        assert all(answer.startswith("whorl.") for answer in answers)
        assert len(site.peers) == 100

    on_whorl(main())


def test_websocket_echo() -> None:
    async def main() -> None:
        async with (
            serving(Site()) as url,
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{url}/socket", heartbeat=5) as socket,
        ):
            for text in ("", "hello", "ö" * 100_000):
                await socket.send_str(text)
                assert await socket.receive_str() == text
            for size in (1, 1_000_000):
                await socket.send_bytes(bytes(size))
                assert await socket.receive_bytes() == bytes(size)
            assert await socket.close()
            assert socket.close_code == aiohttp.WSCloseCode.OK

    on_whorl(main())


def test_client_disconnect_cancels_the_handler() -> None:
    async def main() -> None:
        site = Site()
        async with serving(site) as url, aiohttp.ClientSession() as session:
            asking = asyncio.create_task(session.get(f"{url}/wait").__aenter__())
            await site.waiting.wait()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await site.cancelled.wait()

    on_whorl(main())


def test_server_that_goes_away() -> None:
    async def main() -> None:
        site = Site()
        async with aiohttp.ClientSession() as session:
            async with serving(site) as url:
                asking = asyncio.create_task(session.get(f"{url}/wait").__aenter__())
                await site.waiting.wait()
            answers = await asyncio.gather(asking, session.get(f"{url}/loop").__aenter__(), return_exceptions=True)
        # aiohttp asks once more after a lost connection, so the last word may be that of the closed port.
        assert isinstance(answers[0], aiohttp.ServerDisconnectedError | aiohttp.ClientConnectorError)
        assert isinstance(answers[1], aiohttp.ClientConnectorError)

    on_whorl(main())


def test_tls(tls: Credentials) -> None:
    async def main() -> None:
        site = Site()
        connector = aiohttp.TCPConnector(ssl=tls.client)
        async with serving(site, tls) as url, aiohttp.ClientSession(connector=connector) as session:
            async with session.get(f"{url}/loop") as response:
                assert (await response.text()).startswith("whorl.")
            async with session.post(f"{url}/mirror", data=io.BytesIO(bytes(3_000_000))) as response:
                assert await response.read() == bytes(3_000_000)
            async with session.ws_connect(f"{url}/socket") as socket:
                await socket.send_str("over TLS")
                assert await socket.receive_str() == "over TLS"
        assert site.peers[0][0] == "127.0.0.1"

    on_whorl(main())
