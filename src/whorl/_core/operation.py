# Kernel-facing module: compiled only; operation.pxd is its C side, operation.pyi its face to type checkers.
"""An operation: a coroutine written by hand around one system call on one socket.

A step looks up what is known of the socket and makes the system call if that makes sense. If the kernel has nothing
(or no room), the task gets a future to wait for, which the socket's readiness completes at the next edge; then comes
the next step. Data is received in the task's own step, never ahead of it, so cancelling an operation cannot lose any:
either the task got the bytes or they are still in the kernel.

Cheap in the common case, and right in all: each step looks the socket up anew, as it may have been closed or handed
to a transport meanwhile. That is one look at the registry's table if the number's owner is a readiness that knows
this very socket object; anything else goes the long way.
"""

import errno as errors
import os
import socket
import ssl

import cython
from cython.cimports.whorl._core.coroutine import Coroutine
from cython.cimports.whorl._core.linux import socket_fd
from cython.cimports.whorl._core.readiness import Readiness, known_readiness
from cython.cimports.whorl._core.registry import Registry, Watch, is_socket
from cython.cimports.whorl._core.scheduler import Scheduler

_Socket = cython.declare(object, socket.socket)

NOT_YET = object()
NEXT_TURN = object()


@cython.no_gc_clear
@cython.cclass
class Operation(Coroutine):
    """One operation on one socket, to be awaited once."""

    def __init__(self, loop: Scheduler, sock):
        self.loop = loop
        self.sock = sock

    def abandon(self) -> cython.int:
        self.finish()
        return self.forget_future()

    def __repr__(self):
        return f"<{type(self).__name__} on {self.sock!r}>"

    # -- the steps ----------------------------------------------------------------------------------------------

    def step(self):
        """Go on: returns the result and is ``finished``, or returns what the task is to wait for."""
        over: cython.bint = True
        if self.finished:
            raise RuntimeError("cannot reuse already awaited coroutine")
        if self.is_awaited():
            raise RuntimeError("coroutine is being awaited already")
        try:
            if not self.started:
                self.started = True
                self.check()
            elif self.future is not None:
                self.forget_future()
            result = self.advance()
            if result is NOT_YET:
                result = self.wait()
                over = False
            elif result is NEXT_TURN:
                result = None  # a bare yield: the task goes on in the next turn
                over = False
        finally:
            if over:
                self.finish()
        return result

    def finish(self) -> cython.int:
        """The operation is over: let go of what it held."""
        self.finished = True
        if self.data is not None:
            # A task keeps its finished coroutine, and that would keep a bytearray from being resized.
            before, self.data = self.data, None
            del before
        return 0

    def check(self) -> cython.int:
        """Look at the arguments when the operation begins, as asyncio does."""
        if self.loop is None:
            raise RuntimeError("the operation has no loop: __init__() was not called")
        self.loop.check_open()
        if type(self.sock) is _Socket:
            self.is_native = True
        else:
            self.is_native = is_socket(self.sock)
            if isinstance(self.sock, ssl.SSLSocket):
                raise TypeError("Socket cannot be of type SSLSocket")
        if self.loop._debug and self.sock.gettimeout() != 0:
            raise ValueError("the socket must be non-blocking")
        return 0

    def advance(self):
        """Try the system call if that makes sense; returns its result or NOT_YET."""
        self.find_readiness()
        if self.readiness.has_nothing(self.writes) and not self.wants_nothing():
            return NOT_YET
        return self.attempt()

    def find_readiness(self) -> cython.int:
        """Look the socket up anew: it may have been closed, or handed to a transport, since the last step."""
        owner: Watch
        fd: cython.int = self.descriptor()
        registry: Registry = self.loop.registry
        readiness: Readiness = known_readiness(registry, fd, self.sock)
        if readiness is None:
            self.loop.check_no_transport(fd, self.sock)
            owner = registry.owner(fd)
            if isinstance(owner, Readiness):
                readiness = owner
            else:
                readiness = Readiness(registry, self.loop.inputs)
                registry.claim(readiness, fd, self.sock)
            readiness.serve(self.sock)
        self.readiness = readiness
        return 0

    def descriptor(self) -> cython.int:
        """The socket's descriptor at this moment; a closed one has none."""
        fd: cython.int = socket_fd(self.sock) if self.is_native else self.sock.fileno()
        if fd < 0:
            raise OSError(errors.EBADF, os.strerror(errors.EBADF))
        return fd

    def attempt(self):
        """Make the system call; returns its result, NEXT_TURN, or NOT_YET after ``would_block``."""
        raise NotImplementedError

    def wants_nothing(self) -> cython.bint:
        """Whether no bytes are asked for: then there is nothing to wait for."""
        return False

    def would_block(self):
        """The kernel has said "not yet": remember that."""
        if self.writes:
            self.readiness.writable = False
        else:
            self.readiness.readable = False
        return NOT_YET

    # -- waiting ------------------------------------------------------------------------------------------------

    def wait(self):
        """Return the future that the task is to wait for."""
        future = self.loop.new_future()
        future._asyncio_future_blocking = True  # the sign by which a task knows a future that it is to wait for
        self.future = future
        self.readiness.add_waiter(future, self.writes)
        return future

    def is_awaited(self) -> cython.bint:
        """Whether somebody else waits for this operation: the future that it handed out is not done."""
        if self.future is None or not self.readiness.has_waiter(self.future, self.writes):
            return False
        return not self.future.done()

    def forget_future(self) -> cython.int:
        future, self.future = self.future, None
        if future is not None:
            self.readiness.remove_waiter(future, self.writes)
        return 0
