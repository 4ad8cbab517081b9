"""An ASGI application that tells which loop serves it; ``python -m uvicorn --app-dir tests/integration served:app``."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Answer ``/loop`` with the loop's module, ``/slow`` late, anything else with the length of the request's body."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    size = 0
    more = True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    if scope["path"] == "/slow":
        print("slow: begun", flush=True)
        await asyncio.sleep(1)
    answer = type(asyncio.get_running_loop()).__module__ if scope["path"] == "/loop" else str(size)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": answer.encode()})


async def _live(receive: Receive, send: Send) -> None:
    for event in ("startup", "shutdown"):
        assert (await receive())["type"] == f"lifespan.{event}"
        print(f"lifespan: {event}", flush=True)
        await send({"type": f"lifespan.{event}.complete"})
