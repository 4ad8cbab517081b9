"""What the process has open, by number.

One rule keeps the accounts simple: whatever belongs to the harness lives at number ``ATTIC`` or above, the
operation under test gets what the kernel gives it, the lowest free number. So everything below ``ATTIC`` that was
not there before belongs to the operation.
"""

import fcntl
import os
import socket

# High enough that no operation reaches it, low enough for the usual limit of 1024 descriptors.
ATTIC = 500


def lift(number: int) -> int:
    """Move a descriptor to the attic; the old number is closed."""
    lifted = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, ATTIC)
    os.close(number)
    return lifted


def lift_socket(sock: socket.socket) -> socket.socket:
    """Move a socket to the attic, in non-blocking mode; the old object is detached."""
    lifted = socket.socket(fileno=lift(sock.detach()))
    lifted.setblocking(False)
    return lifted


def place(sock: socket.socket, number: int) -> socket.socket:
    """Move a socket to exactly this number, which has to be free."""
    placed = fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD_CLOEXEC, number)
    sock.close()
    if placed != number:
        os.close(placed)
        raise AssertionError(f"descriptor {number} is still taken: {target(number)}")
    return socket.socket(fileno=placed)


def target(number: int) -> str:
    """Name what a descriptor refers to, e.g. ``socket:[12345]``."""
    return os.readlink(f"/proc/self/fd/{number}")


def inode(number: int) -> int | None:
    """Return the inode behind a descriptor, or None when the number is free."""
    try:
        return os.fstat(number).st_ino
    except OSError:
        return None


def ground_floor() -> dict[int, str]:
    """Return what is open below the attic: number to target."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        number = int(name)
        if number >= ATTIC:
            continue
        try:
            found[number] = target(number)
        except FileNotFoundError:  # the listing's own descriptor, or one that a thread has just closed
            continue
    return found


def epoll_sets() -> list[int]:
    """Return the numbers of all epoll descriptors of the process."""
    return [number for number, name in ground_floor().items() if name == "anon_inode:[eventpoll]"]


def registrations() -> set[tuple[int, int]]:
    """Return what the epoll sets of the process watch: pairs of descriptor number and inode."""
    found = set()
    for number in epoll_sets():
        with open(f"/proc/self/fdinfo/{number}") as lines:
            for line in lines:
                if line.startswith("tfd:"):
                    words = line.replace(":", ": ").split()
                    found.add((int(words[1]), int(words[words.index("ino:") + 1], 16)))
    return found
