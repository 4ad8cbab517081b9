"""Canaries: descriptors that take freed numbers and notice whoever touches them.

Each canary is one end of a socket pair that has a song waiting to be read and a witness at the other end. A loop
that still believes a number to be its own will close the canary, read the song, write to the witness, shut the
pair down or register the number with epoll; each of these is a fault that ``Flock.faults`` names.
"""

import array
import fcntl
import os
import socket
import termios
from collections.abc import Collection
from dataclasses import dataclass

from .descriptors import ATTIC, ground_floor, inode, lift_socket, registrations

# Numbers above the highest one seen are taken too: an operation may open and close one within a step.
MARGIN = 4


@dataclass
class Canary:
    """One canary and the witness at its other end."""

    number: int
    inode: int
    song: bytes
    witness: socket.socket

    def alive(self) -> bool:
        return inode(self.number) == self.inode

    def faults(self) -> list[str]:
        """Say what was done to a canary that is still alive."""
        found = []
        waiting = array.array("i", [0])
        fcntl.ioctl(self.number, termios.FIONREAD, waiting)
        if waiting[0] != len(self.song):
            found.append(f"foreign read: descriptor {self.number} lost {len(self.song) - waiting[0]} bytes")
        try:
            heard = self.witness.recv(1024)
        except BlockingIOError:
            return found
        what = f"write of {heard!r} to" if heard else "shutdown of"
        found.append(f"foreign {what} descriptor {self.number}")
        return found

    def free(self) -> None:
        if self.alive():
            os.close(self.number)
        self.witness.close()


class Flock:
    """All canaries of one run; ``settle`` puts one on every number that has become free.

    ``before`` are the numbers that were taken before the run: an inherited 255 is no reason for 250 canaries.
    """

    def __init__(self, before: Collection[int] = ()) -> None:
        self._before = set(before)
        self._canaries: dict[int, Canary] = {}
        self._faults: list[str] = []
        self._ceiling = 0

    @property
    def numbers(self) -> set[int]:
        return set(self._canaries)

    def settle(self) -> None:
        """Take every free number up to a little above the highest in use; missing canaries are noted."""
        self._count()
        new = set(ground_floor()) - self._before - self.numbers
        self._ceiling = max(self._ceiling, *new, 0)
        while self._take_one():
            pass

    def faults(self) -> list[str]:
        """Return what happened to the canaries so far."""
        self._count()
        watched = registrations()
        for canary in self._canaries.values():
            self._faults += canary.faults()
            if (canary.number, canary.inode) in watched:
                self._faults.append(f"foreign registration: descriptor {canary.number} is watched by epoll")
        return self._faults

    def release(self) -> None:
        """Close the canaries."""
        for canary in self._canaries.values():
            canary.free()
        self._canaries.clear()

    def _count(self) -> None:
        for canary in [one for one in self._canaries.values() if not one.alive()]:
            self._faults.append(f"foreign close: descriptor {canary.number} was closed under its new owner")
            canary.free()
            del self._canaries[canary.number]

    def _take_one(self) -> bool:
        # socketpair() gives the lowest free numbers, atomically: no other thread's descriptor can be hit.
        perch, other = socket.socketpair()
        witness = lift_socket(other)
        number = perch.fileno()
        if not number <= min(self._ceiling + MARGIN, ATTIC - 1):
            perch.close()
            witness.close()
            return False
        song = b"canary %d" % number
        witness.send(song)
        perch.setblocking(False)
        self._canaries[number] = Canary(perch.detach(), os.fstat(number).st_ino, song, witness)
        return True
