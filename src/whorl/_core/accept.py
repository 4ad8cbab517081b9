# Kernel-facing module: compiled only; accept.pyi is its face to type checkers.
"""The listener: takes connections from a listening socket and makes a transport for each.

``accept4`` also gives the peer's address, so that ``peername`` is known whatever happens to the connection later. An
event takes one connection: to ask for another that is not there costs the kernel as much as half an accept, and it
reports again if there is one. Only while many come in is it worth asking: see ``on_events``.

Each connection has a context of its own, a copy of the one in which the server was started. TLS connections go through
a task, as their handshake has to be waited for.

Out of descriptors or memory, the listener pauses for asyncio's ``ACCEPT_RETRY_DELAY``: the kernel would report the
waiting connection in every turn.
"""

import socket
from asyncio import constants, trsock

import cython
from cython.cimports.libc.stdint import uint32_t
from cython.cimports.whorl._core.address import peer_name, python_address
from cython.cimports.whorl._core.linux import (
    EAGAIN,
    ECONNABORTED,
    EINTR,
    EMFILE,
    ENFILE,
    ENOBUFS,
    ENOMEM,
    EPERM,
    EPOLLIN,
    EPROTO,
    SOCK_CLOEXEC,
    SOCK_NONBLOCK,
    accept4,
    context_copy,
    context_copy_current,
    context_enter,
    context_exit,
    errno,
    sockaddr,
    sockaddr_storage,
    socket_fd,
    socklen_t,
)
from cython.cimports.whorl._core.registry import Watch
from cython.cimports.whorl._core.scheduler import Scheduler

from whorl._core.registry import system_error
from whorl._core.stream import StreamTransport

_Socket = cython.declare(object, socket.socket)
# Events in a row that were not enough, before more is taken from each.
_STREAK = cython.declare(cython.int, 4)


@cython.final
@cython.no_gc_clear
@cython.cclass
class Listener(Watch):
    """Accepts connections for one listening socket of a server."""

    loop: Scheduler
    sock: object
    protocol_factory: object
    server: object
    accept_tls: object
    context: object
    backlog: cython.int
    burst: cython.int
    streak: cython.int
    family: object
    type: object
    proto: object

    def __init__(self, loop: Scheduler, sock, protocol_factory, server, backlog, accept_tls=None):
        """Begin to accept; ``accept_tls(protocol_factory, conn, extra)`` is called for each connection if given."""
        self.loop = loop
        self.sock = sock
        self.protocol_factory = protocol_factory
        self.server = server
        self.backlog = max(backlog, 1)  # the kernel takes 0 for a short queue, not for none
        self.accept_tls = accept_tls
        self.burst = 1
        self.context = context_copy_current()
        self.family = int(sock.family)
        # With the flag among its type a socket object knows without a system call that it does not block.
        self.type = int(sock.type | socket.SOCK_NONBLOCK)
        self.proto = sock.proto
        loop.check_no_transport(socket_fd(sock), sock)
        loop.registry.claim(self, socket_fd(sock), sock)
        loop.registry.arm(self, EPOLLIN, False)

    def __repr__(self):
        return f"<Listener fd={self.fd} server={self.server!r}>"

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def on_events(self, events: uint32_t) -> cython.int:
        """Take ``burst`` connections: more once that was not enough a few times, fewer after it was too many."""
        for taken in range(self.burst):
            if self.generation == 0:
                return 0
            if not self.accept_one():
                self.burst = max(taken, 1)
                self.streak = 0
                return 0
        self.streak += 1
        if self.streak == _STREAK:
            self.streak = 0
            self.burst = min(self.burst * 2, self.backlog)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def accept_one(self) -> cython.int:
        """Take one connection; returns 0 when there is no more."""
        address: sockaddr_storage
        size: socklen_t = cython.sizeof(address)
        address.ss_family = 0
        fd: cython.int = accept4(
            socket_fd(self.sock),
            cython.cast(cython.pointer(sockaddr), cython.address(address)),
            cython.address(size),
            SOCK_NONBLOCK | SOCK_CLOEXEC,
        )
        if fd < 0:
            return self.accept_failed(errno)
        conn = _Socket(self.family, self.type, self.proto, fd)
        peername = python_address(cython.address(address))
        if peername is None:
            peername = peer_name(conn)
        context = context_copy(self.context)
        context_enter(context)
        try:
            self.serve(conn, peername, context)
        finally:
            context_exit(context)
        return 1

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def serve(self, conn, peername, context) -> cython.int:
        """Make a protocol and its transport for one connection; what goes wrong is that connection's end only."""
        protocol = None
        if self.loop._debug:
            _log_connection(self.server, peername, conn)
        try:
            if self.accept_tls is not None:
                self.accept_tls(self.protocol_factory, conn, {"peername": peername})
                return 0
            protocol = self.protocol_factory()
            if self.generation == 0:  # the factory has closed the server
                conn.close()
                return 0
            StreamTransport(self.loop, conn, protocol, None, {"peername": peername}, self.server, context)
        except (SystemExit, KeyboardInterrupt):
            conn.close()
            raise
        except BaseException as exc:
            conn.close()
            self.loop.call_exception_handler(
                {
                    "message": "Error on transport creation for incoming connection",
                    "exception": exc,
                    "protocol": protocol,
                }
            )
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def accept_failed(self, code: cython.int) -> cython.int:
        if code == EAGAIN:
            return 0
        if code in (EINTR, ECONNABORTED, EPROTO, EPERM):
            return 1  # that connection came to nothing (accept(2)); there may be others
        error = system_error(code, f"accepting connections for {self.server!r}")
        context = {
            "message": "socket.accept() out of system resource",
            "exception": error,
            "socket": trsock.TransportSocket(self.sock),
        }
        if code in (EMFILE, ENFILE, ENOBUFS, ENOMEM):
            self.loop.registry.arm(self, 0, False)
            self.loop.call_later(constants.ACCEPT_RETRY_DELAY, self._retry)
        else:
            # The listening socket itself is broken (closed behind our back, most likely): nothing more will come.
            self.loop.registry.release(self)
            context["message"] = "the listening socket of a server is no longer usable; it stops accepting"
        self.loop.call_exception_handler(context)
        return 0

    def _retry(self):
        if self.generation and not self.loop._closed:
            self.loop.registry.arm(self, EPOLLIN, False)


def _log_connection(server, peername, conn):
    from asyncio.log import logger

    logger.debug("%r got a new connection from %r: %r", server, peername, conn)
