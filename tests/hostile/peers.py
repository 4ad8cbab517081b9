"""The other ends of connections: plain sockets in the attic, moved by hand with ``pump``, never by a loop.

So a fault that a test finds cannot be one of the peer's loop, and the test decides in which turn a peer acts.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable

from .descriptors import lift_socket

Address = tuple[str, int] | tuple[str, int, int, int] | str


def port_of(address: Address) -> int:
    assert isinstance(address, tuple)
    return address[1]


class Wire:
    """One end of a stream; with a TLS context it shakes hands, too."""

    def __init__(
        self,
        sock: socket.socket,
        tls: ssl.SSLContext | None = None,
        *,
        server_side: bool = True,
        server_hostname: str | None = None,
    ) -> None:
        self.sock = lift_socket(sock)
        self.received = bytearray()
        self.outgoing = bytearray()
        self.reading = True
        self.ended = False
        self.broken: Exception | None = None
        self.tls: ssl.SSLObject | None = None
        self.shaken = False
        self._arrived = ssl.MemoryBIO()
        self._leaving = ssl.MemoryBIO()
        if tls is not None:
            self.outgoing += self.start_tls(tls, server_side=server_side, server_hostname=server_hostname)

    def start_tls(self, tls: ssl.SSLContext, *, server_side: bool, server_hostname: str | None = None) -> bytes:
        """Begin a TLS handshake; return what a client says first, which the caller has to send."""
        self.tls = tls.wrap_bio(self._arrived, self._leaving, server_side=server_side, server_hostname=server_hostname)
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._leaving.read()

    def say(self, data: bytes) -> None:
        """Send data, through TLS where that is on and done with its handshake."""
        if self.tls is not None and self.shaken:
            try:
                self.tls.write(data)
            except ssl.SSLError as error:  # the other side has said goodbye
                self.broken = error
            data = self._leaving.read()
        self.outgoing += data
        self._flush()

    def say_plain(self, data: bytes) -> None:
        """Send data as it is, in one segment as far as the kernel takes it."""
        self.outgoing += data
        self._flush()

    def pump(self) -> None:
        """Receive what is there, answer what TLS wants answered."""
        if self.reading and not self.ended:
            self.receive()
        if self.tls is not None and self.broken is None:
            self._advance(self.tls)
            self.outgoing += self._leaving.read()
        self._flush()

    def hang_up(self) -> None:
        """Send the end of the stream."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.sock.close()

    def receive(self, most: int = 1 << 20) -> None:
        """Receive what is there, but no more than this."""
        try:
            data = self.sock.recv(most)
        except BlockingIOError:
            return
        except OSError as error:
            self.ended, self.broken = True, error
            return
        if not data:
            self.ended = True
            self._arrived.write_eof()
        elif self.tls is None:
            self.received += data
        else:
            self._arrived.write(data)

    def _advance(self, tls: ssl.SSLObject) -> None:
        try:
            if not self.shaken:
                tls.do_handshake()
                self.shaken = True
            while data := tls.read(1 << 16):
                self.received += data
        except (ssl.SSLWantReadError, ssl.SSLZeroReturnError):
            pass
        except ssl.SSLError as error:
            self.broken = error

    def _flush(self) -> None:
        try:
            while self.outgoing:
                del self.outgoing[: self.sock.send(self.outgoing)]
        except BlockingIOError:
            pass
        except OSError as error:
            self.outgoing.clear()
            self.broken = self.broken or error


class Listener:
    """A listening socket that accepts when it is pumped; ``greet`` is called with each new wire."""

    def __init__(
        self,
        sock: socket.socket,
        tls: ssl.SSLContext | None = None,
        greet: Callable[[Wire], None] | None = None,
    ) -> None:
        self.sock = lift_socket(sock)
        self.address: Address = self.sock.getsockname()
        self.wires: list[Wire] = []
        self.accepting = True
        self._tls = tls
        self._greet = greet

    @property
    def port(self) -> int:
        return port_of(self.address)

    def pump(self) -> None:
        while self.accepting:
            try:
                sock, _ = self.sock.accept()
            except OSError:
                break
            wire = Wire(sock, self._tls)
            self.wires.append(wire)
            if self._greet is not None:
                self._greet(wire)
        for wire in self.wires:
            wire.pump()

    def say(self, data: bytes) -> None:
        for wire in self.wires:
            wire.say(data)

    def close(self) -> None:
        for wire in self.wires:
            wire.close()
        self.sock.close()


class Mailbox:
    """A datagram socket; what it says goes to whoever wrote to it last, or to where it is connected."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = lift_socket(sock)
        self.address: Address = self.sock.getsockname()
        self.received: list[bytes] = []
        self.reading = True
        self._correspondent: Address | None = None

    @property
    def port(self) -> int:
        return port_of(self.address)

    def pump(self) -> None:
        while self.reading:
            try:
                data, sender = self.sock.recvfrom(1 << 16)
            except OSError:
                return
            self.received.append(data)
            if sender:
                self._correspondent = sender

    def say(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            if self._correspondent is not None:
                self.sock.sendto(data, self._correspondent)
            else:
                self.sock.send(data)

    def close(self) -> None:
        self.sock.close()


class Silent:
    """A listening socket with a full backlog: whoever connects waits until ``relent`` is called."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = lift_socket(sock)
        self.address: Address = self.sock.getsockname()
        self._fillers: list[socket.socket] = []
        self._fill()

    @property
    def port(self) -> int:
        return port_of(self.address)

    def _fill(self) -> None:
        for _ in range(8):
            filler = lift_socket(socket.socket(self.sock.family, socket.SOCK_STREAM))
            self._fillers.append(filler)
            with contextlib.suppress(BlockingIOError):
                filler.connect(self.address)

    def pump(self) -> None:
        pass

    def say(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        for filler in self._fillers:
            filler.close()
        self.sock.close()


Peer = Wire | Listener | Mailbox | Silent
