"""One stage: the loop, the peers of an operation, and everything that was put up and must come down."""

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from .certificate import Credentials
from .descriptors import lift
from .peers import Listener, Mailbox, Peer, Silent, Wire

STIR = b"stirred"

P = TypeVar("P", bound=Peer)


class Closable(Protocol):
    def close(self) -> object: ...


L = TypeVar("L", bound=Closable)


class Party(asyncio.Protocol, asyncio.SubprocessProtocol):
    """A protocol that remembers what it was told; told to leave, it takes no transport any more."""

    def __init__(self) -> None:
        self.transport: asyncio.BaseTransport | None = None
        self.events: list[str] = []
        self.received = bytearray()
        self.leaving = False
        self.lost_with: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.events.append("made")
        self.transport = transport
        if self.leaving:
            transport.close()

    def data_received(self, data: bytes) -> None:
        self.received += data

    def datagram_received(self, data: bytes, address: object) -> None:
        self.received += data

    def error_received(self, error: Exception) -> None:
        self.events.append("error")

    def connection_lost(self, error: Exception | None) -> None:
        self.events.append("lost")
        self.lost_with = error

    def leave(self) -> None:
        """Let go of the transport, now or as soon as it comes."""
        self.leaving = True
        if self.transport is not None:
            self.transport.close()


class Stage:
    """Holds the cast of one run. Peers live in the attic; what the operation gets lives below."""

    def __init__(self, loop: asyncio.AbstractEventLoop, directory: Path, tls: Credentials) -> None:
        self.loop = loop
        self.directory = directory
        self.tls = tls
        self.parties: list[Party] = []
        self._peers: list[Peer] = []
        self._lent: list[Closable] = []
        self._cues: list[tuple[int, Callable[[], object]]] = []
        self._last: list[Callable[[], object]] = []
        self._ticks = 0
        self._names = 0

    # -- the cast ---

    def party(self) -> Party:
        """Return a fresh protocol."""
        self.parties.append(Party())
        return self.parties[-1]

    def listener(
        self,
        sock: socket.socket | None = None,
        *,
        tls: bool = False,
        family: int = socket.AF_INET,
        greet: Callable[[Wire], None] | None = None,
    ) -> Listener:
        """Put up a listening socket whose connections shake hands when ``tls`` is true."""
        sock = sock or self._bound(family)
        sock.listen(64)
        return self._add(Listener(sock, self.tls.server if tls else None, greet))

    def silent(self, sock: socket.socket | None = None) -> Silent:
        """Put up a listening socket that nobody gets through to."""
        sock = sock or self._bound(socket.AF_INET)
        sock.listen(0)
        return self._add(Silent(sock))

    def twins(self) -> tuple[socket.socket, socket.socket]:
        """Return two sockets bound to the same port on ::1 and on 127.0.0.1."""
        while True:
            first, second = socket.socket(socket.AF_INET6), socket.socket()
            first.bind(("::1", 0))
            try:
                second.bind(("127.0.0.1", first.getsockname()[1]))
            except OSError:  # somebody has the port on the other address
                first.close()
                second.close()
                continue
            return first, second

    def mailbox(self, *, family: int = socket.AF_INET, kind: int = socket.SOCK_DGRAM) -> Mailbox:
        """Put up a datagram socket."""
        sock = socket.socket(family, kind)
        sock.bind(self.path() if family == socket.AF_UNIX else ("127.0.0.1", 0))
        return self._add(Mailbox(sock))

    def pair(self, *, tls: bool = False, server_side: bool = True) -> tuple[socket.socket, Wire]:
        """Return a connected TCP socket for the operation, in non-blocking mode, and the wire at its other end."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            near = socket.create_connection(listener.getsockname())
            far, _ = listener.accept()
        self.lend(near).setblocking(False)
        context = (self.tls.server if server_side else self.tls.client) if tls else None
        hostname = None if server_side or not tls else "localhost"
        return near, self._add(Wire(far, context, server_side=server_side, server_hostname=hostname))

    def dial(self, address: Any, *, tls: bool = False) -> Wire:
        """Connect a wire to an address of the operation's."""
        family = socket.AF_UNIX if isinstance(address, str) else (socket.AF_INET, socket.AF_INET6)[":" in str(address)]
        sock = socket.socket(family)
        sock.settimeout(2)
        try:
            sock.connect(address)
        except OSError:  # nobody listens any more: the wire is simply dead
            sock.close()
            sock, other = socket.socketpair()
            other.close()
        context = self.tls.client if tls else None
        return self._add(Wire(sock, context, server_side=False, server_hostname="localhost" if tls else None))

    def adopt(self, sock: socket.socket) -> Wire:
        """Take over the far end of a connection that is already there."""
        return self._add(Wire(sock))

    def lend(self, thing: L) -> L:
        """Note a socket or file of the user's that an operation works on."""
        self._lent.append(thing)
        return thing

    def take_back(self) -> None:
        """Close what was lent, as a user does who has no patience."""
        for thing in self._lent:
            thing.close()

    def keep(self, number: int) -> int:
        """Move a descriptor to the attic until the stage is struck."""
        lifted = lift(number)
        self.finally_(lambda: os.close(lifted))
        return lifted

    def path(self) -> str:
        """Return a name for a unix socket that is not taken yet."""
        self._names += 1
        return str(self.directory / f"s{self._names}")

    def file(self, size: int) -> Path:
        """Write a file of this size."""
        path = self.directory / f"file-{size}"
        if not path.exists():
            path.write_bytes(bytes(range(256)) * (size // 256))
        return path

    # -- the play ---

    def cue(self, ticks: int, action: Callable[[], object]) -> None:
        """Have something done by a peer when the stage has ticked so many times from now."""
        self._cues.append((self._ticks + ticks, action))

    def finally_(self, action: Callable[[], object]) -> None:
        """Have something done when the stage is struck."""
        self._last.append(action)

    def tick(self) -> None:
        """Give every peer its turn."""
        self._ticks += 1
        due = [cue for cue in self._cues if cue[0] <= self._ticks]
        self._cues = [cue for cue in self._cues if cue[0] > self._ticks]
        for _, action in due:
            action()
        for peer in self._peers:
            peer.pump()

    def stir(self) -> None:
        """Have every peer send something: whoever still listens to a freed number will be tempted."""
        for peer in self._peers:
            peer.say(STIR)

    def strike(self) -> None:
        """Close all peers, newest first."""
        for action in reversed(self._last):
            action()
        for peer in reversed(self._peers):
            peer.close()
        self._peers.clear()
        self._last.clear()
        self._cues.clear()

    # -- helpers ---

    def _add(self, peer: P) -> P:
        self._peers.append(peer)
        return peer

    def _bound(self, family: int) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.bind(self.path() if family == socket.AF_UNIX else ("127.0.0.1", 0))
        return sock
