# Kernel-facing module: compiled only; address.pxd is its C side.
"""Addresses: between the kernel's sockaddr and the tuples of Python's socket module.

A server sees few addresses again and again: its own, and its busiest peers'. So the tuples and the host names of IPv4
are remembered, each in a table of one slot per hash: what is asked for most stays, and a table never grows. They are
immutable all the way down, so it does not matter who else has them; thousands of connections share one ``sockname``.

What is not plain IPv4 (or IPv6, from the kernel) is left to the socket module.
"""

import socket

import cython
from cython.cimports.cpython.tuple import PyTuple_GET_SIZE
from cython.cimports.libc.stdint import uint32_t, uint64_t
from cython.cimports.libc.string import strlen
from cython.cimports.whorl._core.linux import (
    AF_INET,
    AF_INET6,
    getpeername,
    getsockname,
    htons,
    in6_addr,
    inet_ntop,
    inet_pton,
    ntohl,
    ntohs,
    sockaddr,
    sockaddr_in,
    sockaddr_in6,
    sockaddr_storage,
    socket_family,
    socket_fd,
    socklen_t,
    utf8,
)

_Socket = cython.declare(object, socket.socket)
# 256 slots in each table, the top 8 bits of the hash: enough for the peers that are busy at one time.
_tuples = cython.declare(list, [None] * 256)
_tuple_keys = cython.declare(uint64_t[256])
_hosts = cython.declare(list, [None] * 256)
_host_keys = cython.declare(uint32_t[256])


def python_address(address: cython.pointer(sockaddr_storage)):
    """Return ``(host, port)`` or ``(host, port, flowinfo, scope_id)``; None for other families."""
    text: cython.char[64]  # INET6_ADDRSTRLEN is 46
    v6: cython.pointer(sockaddr_in6)
    if address.ss_family == AF_INET:
        return ipv4_address(cython.cast(cython.pointer(sockaddr_in), address))
    if address.ss_family == AF_INET6:
        v6 = cython.cast(cython.pointer(sockaddr_in6), address)
        inet_ntop(AF_INET6, cython.address(v6.sin6_addr), text, cython.sizeof(text))
        host = cython.cast(bytes, text).decode("ascii")
        return (host, ntohs(v6.sin6_port), ntohl(v6.sin6_flowinfo), v6.sin6_scope_id)
    return None


@cython.cfunc
def ipv4_address(address: cython.pointer(sockaddr_in)):
    key: uint64_t = (cython.cast(uint64_t, address.sin_addr.s_addr) << 16) | address.sin_port
    slot: cython.int = (key * cython.cast(uint64_t, 0x9E3779B97F4A7C15)) >> 56
    known: object = _tuples[slot]
    if known is None or _tuple_keys[slot] != key:
        known = (ipv4_host(address.sin_addr.s_addr), ntohs(address.sin_port))
        _tuples[slot] = known
        _tuple_keys[slot] = key
    return known


@cython.cfunc
def ipv4_host(key: uint32_t):
    text: cython.char[64]
    slot: cython.int = cython.cast(uint32_t, key * cython.cast(uint32_t, 0x9E3779B1)) >> 24
    known: object = _hosts[slot]
    if known is None or _host_keys[slot] != key:
        inet_ntop(AF_INET, cython.address(key), text, cython.sizeof(text))
        known = cython.cast(bytes, text).decode("ascii")
        _hosts[slot] = known
        _host_keys[slot] = key
    return known


def kernel_address(value, family: cython.int, address: cython.pointer(sockaddr_storage)) -> socklen_t:
    """Fill ``address`` from a tuple with a literal IPv4 host; returns its size, or 0 for whatever is not as plain."""
    v4: cython.pointer(sockaddr_in) = cython.cast(cython.pointer(sockaddr_in), address)
    if family != AF_INET or type(value) is not tuple or PyTuple_GET_SIZE(value) != 2:
        return 0
    host: object = cython.cast(tuple, value)[0]
    port: object = cython.cast(tuple, value)[1]
    if type(host) is not str or len(host) > 15 or type(port) is not int or not 0 <= port <= 0xFFFF:
        return 0
    text: cython.p_const_char = utf8(host)
    # As long as it looks: no zero byte within.
    if (
        strlen(text) != cython.cast(cython.size_t, len(host))
        or inet_pton(AF_INET, text, cython.address(v4.sin_addr)) != 1
    ):
        return 0
    v4.sin_family = AF_INET
    v4.sin_port = htons(port)
    return cython.sizeof(sockaddr_in)


def own_name(sock):
    """Return what ``sock.getsockname()`` does, None if that fails."""
    address: sockaddr_storage
    size: socklen_t = cython.sizeof(address)
    where: cython.pointer(sockaddr) = cython.cast(cython.pointer(sockaddr), cython.address(address))
    if getsockname(socket_fd(sock), where, cython.address(size)) < 0:
        return None
    return python_address(cython.address(address)) or told_by(sock.getsockname)


def peer_name(sock):
    """Return what ``sock.getpeername()`` does, None if that fails."""
    address: sockaddr_storage
    size: socklen_t = cython.sizeof(address)
    where: cython.pointer(sockaddr) = cython.cast(cython.pointer(sockaddr), cython.address(address))
    if getpeername(socket_fd(sock), where, cython.address(size)) < 0:
        return None
    return python_address(cython.address(address)) or told_by(sock.getpeername)


@cython.cfunc
def told_by(ask):
    """Return what the socket object says, for addresses that are not of IP."""
    try:
        return ask()
    except OSError:
        return None


def literal_family(host) -> cython.int:
    """Return AF_INET or AF_INET6 if a host is an address of that family written out, else 0."""
    room: in6_addr
    if type(host) is not str or not 0 < len(host) < 46:
        return 0
    text: cython.p_const_char = utf8(host)
    if strlen(text) != cython.cast(cython.size_t, len(host)):
        return 0
    if inet_pton(AF_INET, text, cython.address(room)) == 1:
        return AF_INET
    return AF_INET6 if inet_pton(AF_INET6, text, cython.address(room)) == 1 else 0


def needs_no_lookup(sock, address) -> cython.bint:
    """Whether the kernel understands an address as it stands: a literal of the socket's own family and a port."""
    if type(sock) is not _Socket or type(address) is not tuple or len(address) != 2 or type(address[1]) is not int:
        return False
    return socket_family(sock) == literal_family(address[0])
