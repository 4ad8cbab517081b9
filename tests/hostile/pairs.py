"""Socket pairs of which one end is the loop's, with a number of our choice, and the other the test's."""

import contextlib
import socket

from .descriptors import lift_socket, place


class Pairs:
    """Socket pairs: the near end for the loop, at a number of our choice, the far end in the attic."""

    def __init__(self) -> None:
        self._open: list[socket.socket] = []

    def pair(self, number: int | None = None) -> tuple[socket.socket, socket.socket]:
        near, far = socket.socketpair()
        far = lift_socket(far)
        if number is not None and near.fileno() != number:
            near = place(near, number)
        near.setblocking(False)
        self._open += [near, far]
        return near, far

    def recycle(self, sock: socket.socket) -> tuple[socket.socket, socket.socket]:
        """Close a socket; return a new pair whose near end has its number."""
        number = sock.fileno()
        sock.close()
        return self.pair(number)

    def close(self) -> None:
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.close()


class Calls:
    """A callback that receives from a socket and keeps what came."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.count = 0
        self.received = b""

    def __call__(self) -> None:
        self.count += 1
        with contextlib.suppress(BlockingIOError):
            self.received += self.sock.recv(100)


def fill(sock: socket.socket) -> int:
    """Send until the kernel takes no more; return the number of bytes."""
    sent = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            sent += sock.send(bytes(1 << 16))
    return sent


def drain(sock: socket.socket, size: int) -> None:
    while size:
        size -= len(sock.recv(size))
