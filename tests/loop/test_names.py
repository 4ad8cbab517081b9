"""Names of hosts and services, looked up without holding up the loop."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from .support import Recorder, soon_or_never, until


def test_getaddrinfo_finds_what_the_socket_module_finds(loop: asyncio.AbstractEventLoop) -> None:
    for host, options in (
        ("127.0.0.1", {"type": socket.SOCK_STREAM}),
        ("localhost", {"type": socket.SOCK_DGRAM}),
        ("::1", {"family": socket.AF_INET6, "flags": socket.AI_NUMERICHOST}),
        (None, {"type": socket.SOCK_STREAM, "flags": socket.AI_PASSIVE}),
    ):
        keywords: dict[str, Any] = dict(options)
        expected = socket.getaddrinfo(host, 80, **keywords)
        assert soon_or_never(loop, loop.getaddrinfo(host, 80, **keywords)) == expected


def test_getnameinfo_finds_what_the_socket_module_finds(loop: asyncio.AbstractEventLoop) -> None:
    flags = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    assert soon_or_never(loop, loop.getnameinfo(("127.0.0.1", 80), flags)) == ("127.0.0.1", "80")


def test_what_cannot_be_found_is_an_error(loop: asyncio.AbstractEventLoop) -> None:
    # Neither asks a name server.
    with pytest.raises(socket.gaierror):
        soon_or_never(loop, loop.getaddrinfo("127.0.0.1", "no-such-service", type=socket.SOCK_STREAM))
    with pytest.raises(socket.gaierror):
        soon_or_never(loop, loop.getaddrinfo("localhost", 80, flags=socket.AI_NUMERICHOST))


def test_the_loop_goes_on_while_a_name_is_looked_up(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A resolver that answers when the loop has done something else meanwhile.
    meanwhile = threading.Event()
    real = socket.getaddrinfo

    def patient(*args: Any, **keywords: Any) -> Any:
        assert meanwhile.wait(5)
        return real(*args, **keywords)

    monkeypatch.setattr(socket, "getaddrinfo", patient)
    loop.call_later(0.01, meanwhile.set)
    assert soon_or_never(loop, loop.getaddrinfo("127.0.0.1", 80))


def test_a_connection_is_made_by_name(loop: asyncio.AbstractEventLoop) -> None:
    async def connect() -> None:
        there = Recorder()
        server = await loop.create_server(lambda: there, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        transport, _ = await loop.create_connection(Recorder, "localhost", port)
        assert transport.get_extra_info("peername") == ("127.0.0.1", port)
        transport.close()
        await until(lambda: there.lost)
        server.close()
        await asyncio.sleep(0)

    soon_or_never(loop, connect())
