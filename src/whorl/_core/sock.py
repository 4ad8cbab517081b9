# Kernel-facing module: compiled only; sock.pyi is its face to type checkers.
"""Sock operations: what ``loop.sock_recv`` and its siblings return.

An operation is a coroutine written by hand: ``send`` tries the system call; if the kernel has nothing (or no room) it
hands a future to the task, which the socket's readiness completes at the next edge; then ``send`` tries again. Data is
received in the task's own step, never ahead of it, so cancelling an operation cannot lose any: either the task got
the bytes or they are still in the kernel.

The functions at the end become methods of the loop, as they are: asyncio's documentation describes each of them.

What is known of the socket (``readable``, ``writable``, see ``readiness``) saves the call that would only say "not
yet": an echo server needs one wait, one ``recv`` and one ``send`` for each message.
"""

import errno as errors
import os
import socket
import ssl
import warnings

import cython
from cython.cimports.cpython.buffer import PyBUF_SIMPLE, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cython.cimports.cpython.bytes import PyBytes_FromStringAndSize
from cython.cimports.cpython.mem import PyMem_Free, PyMem_Malloc
from cython.cimports.whorl._core.linux import (
    EAGAIN,
    EINTR,
    MSG_DONTWAIT,
    MSG_NOSIGNAL,
    errno,
    recv,
    send,
    socket_fd,
)
from cython.cimports.whorl._core.readiness import Readiness
from cython.cimports.whorl._core.registry import is_socket
from cython.cimports.whorl._core.scheduler import Scheduler

from whorl._core.registry import system_error

_SCRATCH = cython.declare(cython.Py_ssize_t, 256 * 1024)
# What attempt() returns when the kernel is not ready, and when it is but others should have their turn first.
_NOT_YET = object()
_NEXT_TURN = object()
# Bytes for one system call of sock_sendall: while a fast reader drains the socket, the kernel would take any amount
# in one call and hold up the loop for that long.
_SEND_MOST = cython.declare(cython.Py_ssize_t, 1024 * 1024)


@cython.cclass
class SockOperation:
    """One operation on one socket, to be awaited once."""

    loop: Scheduler
    sock: object
    readiness: Readiness
    future: object
    waiters: list
    started: cython.bint
    finished: cython.bint

    def __init__(self, loop: Scheduler, sock):
        self.loop = loop
        self.sock = sock

    # -- a coroutine as asyncio sees it -------------------------------------------------------------------------

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return self.step()

    def send(self, value):
        """Go on; returns the future to wait for, or ends with StopIteration and the result."""
        return self.step()

    def throw(self, kind, value=None, traceback=None):
        """End the operation with an exception, cancellation for one."""
        self.close()
        if value is None:
            value = kind() if isinstance(kind, type) else kind
        raise value

    def close(self):
        """End the operation; nothing was received that nobody got."""
        self.started = True
        self.finish()
        self.forget_future()

    def __getattr__(self, name):
        # A coroutine's names, for the repr of its task; extension types cannot define these as properties.
        if name in ("__name__", "__qualname__"):
            return self.method
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def cr_running(self):
        return False

    @property
    def cr_frame(self):
        return None

    @property
    def cr_await(self):
        return self.future

    def __repr__(self):
        return f"<{type(self).__name__} on {self.sock!r}>"

    def __del__(self):
        if not self.started:
            warnings.warn(f"coroutine {self!r} was never awaited", RuntimeWarning, source=self, stacklevel=2)

    # -- the steps ----------------------------------------------------------------------------------------------

    @cython.cfunc
    def step(self):
        if self.finished:
            raise RuntimeError("cannot reuse already awaited coroutine")
        if self.future is not None and not self.future.done():
            raise RuntimeError("coroutine is being awaited already")
        try:
            if not self.started:
                self.started = True
                self.check()
            self.forget_future()
            result = self.advance()
            if result is _NOT_YET:
                return self.new_future()
            if result is _NEXT_TURN:
                return None  # a bare yield: the task goes on in the next turn
        except BaseException:
            self.finish()
            raise
        self.finish()
        raise StopIteration(result)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def finish(self) -> cython.int:
        """The operation is over: let go of what it held."""
        self.finished = True
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self) -> cython.int:
        self.loop.check_open()
        if isinstance(self.sock, ssl.SSLSocket):
            raise TypeError("Socket cannot be of type SSLSocket")
        if self.loop._debug and self.sock.gettimeout() != 0:
            raise ValueError("the socket must be non-blocking")
        return 0

    @cython.cfunc
    def advance(self):
        """Try the system call if that makes sense; returns its result or _NOT_YET."""
        self.find_readiness()
        if not self.known_ready() and not self.readiness.by_level() and not self.wants_nothing():
            return _NOT_YET
        return self.attempt()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def find_readiness(self) -> cython.int:
        """Look the socket up anew at each step: it may have been closed, or handed to a transport, meanwhile."""
        self.loop.check_no_transport(self.descriptor(), self.sock)
        self.readiness = self.loop.readiness(self.sock, True)
        self.readiness.serve(self.sock)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def descriptor(self) -> cython.int:
        fd: cython.int = socket_fd(self.sock) if is_socket(self.sock) else self.sock.fileno()
        if fd < 0:
            raise OSError(errors.EBADF, os.strerror(errors.EBADF))
        return fd

    @cython.cfunc
    def attempt(self):
        """Make the system call; returns its result, or _NOT_YET after ``would_block``."""
        raise NotImplementedError

    @cython.cfunc
    def known_ready(self) -> cython.bint:
        return self.readiness.readable

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def wants_nothing(self) -> cython.int:
        """Whether no bytes are asked for: then there is nothing to wait for."""
        return 0

    @cython.cfunc
    def would_block(self):
        self.readiness.readable = False
        return _NOT_YET

    @cython.cfunc
    def wait_list(self) -> list:
        return self.readiness.read_waiters

    @cython.cfunc
    def new_future(self):
        future = self.loop.create_future()
        future._asyncio_future_blocking = True  # the sign by which a task knows a future that it is to wait for
        self.future = future
        self.waiters = self.wait_list()
        self.waiters.append(future)
        self.readiness.rearm(False)
        return future

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def forget_future(self) -> cython.int:
        future, self.future = self.future, None
        waiters, self.waiters = self.waiters, None
        if future is not None and waiters and future in waiters:
            waiters.remove(future)
        return 0


@cython.cclass
class SendOperation(SockOperation):
    """An operation that waits for room instead of data."""

    @cython.cfunc
    def known_ready(self) -> cython.bint:
        return self.readiness.writable

    @cython.cfunc
    def would_block(self):
        self.readiness.writable = False
        return _NOT_YET

    @cython.cfunc
    def wait_list(self) -> list:
        return self.readiness.write_waiters


@cython.final
@cython.cclass
class Recv(SockOperation):
    """Receive up to ``size`` bytes."""

    method = "sock_recv"

    size: cython.Py_ssize_t

    def __init__(self, loop: Scheduler, sock, size):
        self.started = True  # until the arguments are right there is nothing to await
        self.size = size
        if self.size < 0:
            raise ValueError("negative buffersize in recv")
        self.started = False
        SockOperation.__init__(self, loop, sock)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def wants_nothing(self) -> cython.int:
        return self.size == 0

    @cython.cfunc
    def attempt(self):
        got: cython.Py_ssize_t
        room: cython.p_char = self.loop.scratch
        if self.size > _SCRATCH:
            room = cython.cast(cython.p_char, PyMem_Malloc(self.size))
            if room is cython.NULL:
                raise MemoryError
        try:
            got = receive(self.descriptor(), room, self.size)
            if got < 0:
                return self.would_block()
            self.readiness.received(got, self.size)
            return PyBytes_FromStringAndSize(room, got)
        finally:
            if room is not self.loop.scratch:
                PyMem_Free(room)


@cython.final
@cython.cclass
class RecvInto(SockOperation):
    """Receive into a writable buffer; the result is the number of bytes."""

    method = "sock_recv_into"

    buffer: object

    def __init__(self, loop: Scheduler, sock, buffer):
        SockOperation.__init__(self, loop, sock)
        self.buffer = buffer

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def wants_nothing(self) -> cython.int:
        return memoryview(self.buffer).nbytes == 0

    @cython.cfunc
    def attempt(self):
        view: cython.Py_buffer
        got: cython.Py_ssize_t
        try:
            PyObject_GetBuffer(self.buffer, cython.address(view), PyBUF_WRITABLE)
        except (BufferError, TypeError):
            # In the words of socket.recv_into().
            kind = type(self.buffer).__name__
            raise TypeError(f"recv_into() argument 1 must be read-write bytes-like object, not {kind}") from None
        try:
            got = receive(self.descriptor(), view.buf, view.len)
            if got < 0:
                return self.would_block()
            self.readiness.received(got, view.len)
        finally:
            PyBuffer_Release(cython.address(view))
        return got


@cython.final
@cython.cclass
class RecvFrom(SockOperation):
    """Receive one datagram; the result is its bytes and its sender."""

    method = "sock_recvfrom"

    size: object

    def __init__(self, loop: Scheduler, sock, size):
        SockOperation.__init__(self, loop, sock)
        self.size = size

    @cython.cfunc
    def attempt(self):
        try:
            return self.sock.recvfrom(self.size)
        except (BlockingIOError, InterruptedError):
            return self.would_block()


@cython.final
@cython.cclass
class RecvFromInto(SockOperation):
    """Receive one datagram into a writable buffer; the result is the number of bytes and the sender."""

    method = "sock_recvfrom_into"

    buffer: object
    size: object

    def __init__(self, loop: Scheduler, sock, buffer, size):
        self.started = True  # until the arguments are right there is nothing to await
        self.size = size or len(buffer)
        self.started = False
        self.buffer = buffer
        SockOperation.__init__(self, loop, sock)

    @cython.cfunc
    def attempt(self):
        try:
            return self.sock.recvfrom_into(self.buffer, self.size)
        except (BlockingIOError, InterruptedError):
            return self.would_block()


@cython.final
@cython.cclass
class Accept(SockOperation):
    """Accept one connection; the result is its non-blocking socket and the peer's address."""

    method = "sock_accept"

    @cython.cfunc
    def attempt(self):
        try:
            conn, address = self.sock.accept()
        except (BlockingIOError, InterruptedError):
            return self.would_block()
        conn.setblocking(False)
        return conn, address


@cython.final
@cython.cclass
class SendAll(SendOperation):
    """Send all of a buffer."""

    method = "sock_sendall"

    data: object
    sent: cython.Py_ssize_t
    held: cython.bint

    def __init__(self, loop: Scheduler, sock, data):
        SockOperation.__init__(self, loop, sock)
        self.data = data

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def finish(self) -> cython.int:
        SockOperation.finish(self)
        self.data = None  # a task keeps its finished coroutine, and that would keep a bytearray from being resized
        return 0

    @cython.cfunc
    def attempt(self):
        view: cython.Py_buffer
        got: cython.Py_ssize_t
        self.loop.registry.stirred = True
        if not self.held:
            # Held until the operation ends, as asyncio does: who resizes a bytearray meanwhile gets the BufferError.
            self.data = memoryview(self.data)
            self.held = True
        PyObject_GetBuffer(self.data, cython.address(view), PyBUF_SIMPLE)
        try:
            while True:
                got = send(
                    self.descriptor(),
                    cython.cast(cython.p_char, view.buf) + self.sent,
                    min(view.len - self.sent, _SEND_MOST),
                    MSG_DONTWAIT | MSG_NOSIGNAL,
                )
                if got < 0:
                    if errno == EAGAIN:
                        return self.would_block()
                    if errno != EINTR:
                        raise system_error(errno)
                else:
                    self.sent += got
                    return None if self.sent == view.len else _NEXT_TURN
        finally:
            PyBuffer_Release(cython.address(view))


@cython.final
@cython.cclass
class SendTo(SendOperation):
    """Send one datagram; the result is the number of bytes."""

    method = "sock_sendto"

    data: object
    address: object

    def __init__(self, loop: Scheduler, sock, data, address):
        SockOperation.__init__(self, loop, sock)
        self.data = data
        self.address = address

    @cython.cfunc
    def attempt(self):
        try:
            self.loop.registry.stirred = True
            return self.sock.sendto(self.data, self.address)
        except (BlockingIOError, InterruptedError):
            return self.would_block()


@cython.final
@cython.cclass
class Connect(SendOperation):
    """Connect to an address that needs no resolving."""

    method = "sock_connect"

    address: object
    connecting: cython.bint

    def __init__(self, loop: Scheduler, sock, address):
        SockOperation.__init__(self, loop, sock)
        self.address = address

    @cython.cfunc
    def advance(self):
        if self.connecting:
            return self.outcome()
        self.loop.check_no_transport(self.descriptor(), self.sock)
        try:
            self.sock.connect(self.address)
            return None
        except InterruptedError:
            pass  # goes on in the background (connect(2))
        except BlockingIOError as exc:
            if exc.errno == EAGAIN:
                raise  # a Unix socket whose listener's queue is full: nothing goes on in the background
        self.connecting = True
        # Only now: the kernel reports an unconnected socket as hung up.
        self.find_readiness()
        return self.would_block()

    @cython.cfunc
    def outcome(self):
        code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, f"Connect call failed {self.address}")
        try:
            self.sock.getpeername()
        except OSError as exc:
            if exc.errno != errors.ENOTCONN:
                raise
            self.find_readiness()
            return self.would_block()  # woken by an event from before the connect
        return None


@cython.final
@cython.cclass
class Writable(SendOperation):
    """Wait until there is room to send, after a system call of somebody else would have blocked."""

    method = "sock_sendfile"

    waited: cython.bint

    @cython.cfunc
    def attempt(self):
        if self.waited:
            return None
        self.waited = True
        return self.would_block()


@cython.cfunc
def receive(fd: cython.int, room: cython.p_void, size: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """``recv``: the number of bytes, or -1 when there is nothing yet; other errors are raised."""
    if size == 0:
        return 0  # as the socket module has it: the kernel would wait for data that nobody asks for
    got: cython.Py_ssize_t = recv(fd, room, size, MSG_DONTWAIT)
    while got < 0 and errno == EINTR:
        got = recv(fd, room, size, MSG_DONTWAIT)
    if got < 0 and errno != EAGAIN:
        raise system_error(errno)
    return got


def sock_recv(self, sock, n):
    """Receive up to ``n`` bytes from a non-blocking socket; empty bytes mean that the peer has closed."""
    return Recv(self, sock, n)


def sock_recv_into(self, sock, buf):
    """Receive from a non-blocking socket into a writable buffer; the result is the number of bytes."""
    return RecvInto(self, sock, buf)


def sock_recvfrom(self, sock, bufsize):
    """Receive one datagram of up to ``bufsize`` bytes; the result is its bytes and its sender's address."""
    return RecvFrom(self, sock, bufsize)


def sock_recvfrom_into(self, sock, buf, nbytes=0):
    """Receive one datagram into a writable buffer; the result is the number of bytes and the sender's address."""
    return RecvFromInto(self, sock, buf, nbytes)


def sock_accept(self, sock):
    """Accept a connection on a non-blocking, listening socket; the result is a socket and the peer's address."""
    return Accept(self, sock)


def sock_sendall(self, sock, data):
    """Send all of ``data`` to a non-blocking, connected socket."""
    return SendAll(self, sock, data)


def sock_sendto(self, sock, data, address):
    """Send one datagram from a non-blocking socket to ``address``; the result is the number of bytes."""
    return SendTo(self, sock, data, address)
