# Kernel-facing module: compiled only; address.pxd is its C side.
"""Addresses: from the kernel's sockaddr to the tuples of Python's socket module."""

import cython
from cython.cimports.whorl._core.linux import (
    AF_INET,
    AF_INET6,
    inet_ntop,
    ntohl,
    ntohs,
    sockaddr_in,
    sockaddr_in6,
    sockaddr_storage,
)


def python_address(address: cython.pointer(sockaddr_storage)):
    """Return ``(host, port)`` or ``(host, port, flowinfo, scope_id)``; None for other families."""
    text: cython.char[64]  # INET6_ADDRSTRLEN is 46
    v4: cython.pointer(sockaddr_in)
    v6: cython.pointer(sockaddr_in6)
    if address.ss_family == AF_INET:
        v4 = cython.cast(cython.pointer(sockaddr_in), address)
        inet_ntop(AF_INET, cython.address(v4.sin_addr), text, cython.sizeof(text))
        return (cython.cast(bytes, text).decode("ascii"), ntohs(v4.sin_port))
    if address.ss_family == AF_INET6:
        v6 = cython.cast(cython.pointer(sockaddr_in6), address)
        inet_ntop(AF_INET6, cython.address(v6.sin6_addr), text, cython.sizeof(text))
        host = cython.cast(bytes, text).decode("ascii")
        return (host, ntohs(v6.sin6_port), ntohl(v6.sin6_flowinfo), v6.sin6_scope_id)
    return None
