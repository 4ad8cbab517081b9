# Kernel-facing module: compiled only; connect.pyi is its face to type checkers.
"""Connecting to the only address there is: ``create_connection`` in its plain case, with nothing to choose from.

A coroutine written by hand, in three steps: make a socket and connect it; when the kernel says that it is connected, in
the next turn at the earliest, make the protocol and its transport; when the transport has told the protocol, return
both. For the last step no future is needed: the transport's first callback is queued already, so in the turn after it
is this coroutine's turn, too.
"""

import socket

import cython
from cython.cimports.whorl._core.coroutine import Coroutine
from cython.cimports.whorl._core.operation import Operation
from cython.cimports.whorl._core.scheduler import Scheduler

from whorl._core.sock import Connect
from whorl._core.stream import StreamTransport

# Made so, a socket needs no call of its own to become non-blocking.
_TYPE = cython.declare(object, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)


@cython.final
@cython.no_gc_clear
@cython.cclass
class Opening(Coroutine):
    """Connects to an address and returns the transport and its protocol, once."""

    loop: Scheduler
    protocol_factory: object
    family: object
    proto: object
    address: object
    make_transport: object
    sock: object
    connecting: Operation
    transport: object
    protocol: object

    method = "create_connection"

    def __init__(self, loop: Scheduler, protocol_factory, family, proto, address, make_transport=None):
        """``make_transport`` is a loop's own way to make one, if it has one."""
        self.loop = loop
        self.make_transport = make_transport
        self.protocol_factory = protocol_factory
        self.family = family
        self.proto = proto
        self.address = address

    def __repr__(self):
        return f"<Opening to {self.address!r}>"

    @cython.cfunc
    def step(self):
        if self.finished:
            raise RuntimeError("cannot reuse already awaited coroutine")
        if self.connecting is not None and self.connecting.is_awaited():
            raise RuntimeError("coroutine is being awaited already")
        try:
            return self.advance()
        except BaseException:
            self.abandon()
            raise

    @cython.cfunc
    def advance(self):
        if self.transport is not None:
            pair = self.transport, self.protocol
            self.forget()
            return pair
        if not self.started:
            self.started = True
            self.loop.check_open()
            self.sock = socket.socket(self.family, _TYPE, self.proto)
            self.connecting = Connect(self.loop, self.sock, self.address)
            awaited = self.connecting.step()
            self.future = self.connecting.future
            # Even if it is connected at once, the others have their turn now: connections that are opened together then
            # go through the kernel together, which wakes the server once for all of them.
            return awaited
        if not self.connecting.finished:
            awaited = self.connecting.step()
            self.future = self.connecting.future
            if not self.connecting.finished:
                return awaited
        self.protocol = self.protocol_factory()
        # The kernel was asked for the peer to find out whether there is one.
        extra = {"peername": self.connecting.address} if self.connecting.passed else None
        if self.make_transport is None:
            self.transport = StreamTransport(self.loop, self.sock, self.protocol, None, extra)
        else:
            self.transport = self.make_transport(self.sock, self.protocol, None, extra=extra)
        return None  # a bare yield

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def abandon(self) -> cython.int:
        connecting: Operation = self.connecting
        transport, sock = self.transport, self.sock
        self.forget()
        if connecting is not None:
            connecting.abandon()
        if transport is not None:
            transport.close()
        elif sock is not None:
            sock.close()
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def forget(self) -> cython.int:
        """It is over: let go of what is held, which a task would keep."""
        self.finished = True
        self.connecting = None
        self.transport = self.protocol = self.protocol_factory = self.make_transport = self.sock = self.future = None
        return 0
