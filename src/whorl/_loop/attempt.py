"""An attempt: what is open while a connection or a server is being made.

asyncio's ``create_connection`` and its siblings lose sight of a socket or a server when they fail or are cancelled at
the wrong moment: it is left to the garbage collector, or to nobody. An attempt remembers what was opened on the way,
and closes what nobody owns in the end. It travels in a context variable, as happy eyeballs connects in tasks of its
own; code of the user's never runs with an attempt in its context.
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_current: ContextVar["Attempt | None"] = ContextVar("whorl attempt", default=None)


class Attempt:
    """The sockets and servers that were opened by one call."""

    def __init__(self, given: socket.socket | None) -> None:
        self._given = given  # by the caller, and the caller's until a transport or a server has it
        self._sockets: list[socket.socket] = []
        self._servers: list[asyncio.AbstractServer] = []

    def opened(self, sock: socket.socket) -> None:
        """Remember a socket."""
        if sock is not self._given:
            self._sockets.append(sock)

    def started(self, server: asyncio.AbstractServer) -> None:
        """Remember a server."""
        self._servers.append(server)

    def close_unused(self, loop: Any) -> None:
        """Close the sockets that no transport has taken over."""
        for sock in self._sockets:
            if sock.fileno() >= 0 and not loop._has_transport(sock):
                sock.close()

    def close_servers(self) -> None:
        """Close the servers that nobody will ever see; a listening socket is a server's once it has it."""
        for server in self._servers:
            server.close()


async def attempt(
    loop: Any, make: Callable[..., Coroutine[Any, Any, Any]], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Await ``make(loop, *args, **kwargs)``; whatever goes wrong, nothing that it opened stays open."""
    mine = Attempt(kwargs.get("sock"))
    token = _current.set(mine)
    try:
        return await make(loop, *args, **kwargs)
    except BaseException:
        mine.close_servers()
        raise
    finally:
        _current.reset(token)
        mine.close_unused(loop)


@contextmanager
def leaving() -> Iterator[Attempt | None]:
    """Give the attempt that this code is part of, and hide it from the code of the user's that is called next."""
    mine = _current.get()
    token = _current.set(None)
    try:
        yield mine
    finally:
        _current.reset(token)
