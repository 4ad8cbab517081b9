"""Names: an address that is written in digits is answered at once, every other name is looked up in a thread.

The C library has nothing to look up for such an address, so its answer can be put together here, entry for entry what
``socket.getaddrinfo`` gives. Whatever is doubtful (flags, scopes, names of services, ports out of range) goes the
inherited way, as everything does in debug mode, which logs each call.
"""

import socket
from functools import lru_cache
from typing import Any

from whorl import compat

_inet_pton = socket.inet_pton
# What answers in digits are made after; nobody's, if the program had put a resolver of its own there before.
_getaddrinfo: Any = socket.getaddrinfo if socket.getaddrinfo.__module__ == "socket" else None
Entry = tuple[int, int, int, str, tuple[Any, ...]]


async def getaddrinfo(
    self: Any, host: Any, port: Any, *, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
) -> list[Entry]:
    """Return the addresses of a host and a service, as ``socket.getaddrinfo`` does, without blocking the loop."""
    if not flags and not self._debug:
        found = in_digits(host, port, family, type, proto)
        if found is not None:
            return found
    return await compat.getaddrinfo(self, host, port, family=family, type=type, proto=proto, flags=flags)


def in_digits(host: Any, port: Any, family: int, type: int, proto: int) -> list[Entry] | None:
    """Return what ``socket.getaddrinfo`` gives for an address and a port in digits; None if they are something else."""
    if socket.getaddrinfo is not _getaddrinfo:  # a resolver of the program's own: it is asked
        return None
    if host.__class__ is not str:
        return None
    try:
        if port.__class__ is not int:
            if port.__class__ is not str or not (port.isascii() and port.isdigit()):
                return None
            port = int(port)
        if not 0 <= port <= 65535:
            return None
        return list(_entries(host, port, family, type, proto))
    except (OSError, OverflowError, TypeError, ValueError):
        return None


@lru_cache(512)
def _entries(host: str, port: int, family: int, type: int, proto: int) -> tuple[Entry, ...]:
    """Make the entries; raises OSError for what is not in digits."""
    address: tuple[Any, ...]
    if ":" in host:
        address = (socket.inet_ntop(socket.AF_INET6, _inet_pton(socket.AF_INET6, host)), port, 0, 0)
        kinds = _kinds(socket.AF_INET6, family, type, proto)
    else:
        _inet_pton(socket.AF_INET, host)  # takes but one spelling of each address
        address = (host, port)
        kinds = _kinds(socket.AF_INET, family, type, proto)
    return tuple((*kind, address) for kind in kinds)


@lru_cache(64)
def _kinds(found: int, family: int, type: int, proto: int) -> tuple[tuple[int, int, int, str], ...]:
    """Ask the C library, once, what kinds of sockets it offers for an address of a family: all but the address."""
    sample = "::1" if found == socket.AF_INET6 else "127.0.0.1"
    return tuple(entry[:4] for entry in _getaddrinfo(sample, 0, family, type, proto, socket.AI_NUMERICHOST))
