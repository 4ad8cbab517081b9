# Kernel-facing module: compiled only; sock.pyi is its face to type checkers.
"""Sock operations: what ``loop.sock_recv`` and its siblings return.

Each is an ``Operation`` (see there) with its own system call. What is known of the socket (``readable``, ``writable``,
see ``readiness``) saves the call that would only say "not yet": an echo server needs one wait, one ``recv`` and one
``send`` for each message.

The functions at the end become methods of the loop, as they are: asyncio's documentation describes each of them. Those
that run once for each message fill the operation's fields themselves; calling the class would take longer than the
rest.
"""

import socket

import cython
from cython.cimports.cpython.buffer import PyBUF_SIMPLE, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cython.cimports.cpython.mem import PyMem_Free, PyMem_Malloc
from cython.cimports.cpython.object import PyObject
from cython.cimports.whorl._core.address import kernel_address, python_address
from cython.cimports.whorl._core.linux import (
    EAGAIN,
    EALREADY,
    EINPROGRESS,
    EINTR,
    ENOTCONN,
    MSG_DONTWAIT,
    MSG_NOSIGNAL,
    SO_ERROR,
    SOL_SOCKET,
    audit,
    connect,
    errno,
    getpeername,
    getsockopt,
    recv,
    send,
    sockaddr,
    sockaddr_storage,
    socket_family,
    socklen_t,
)
from cython.cimports.whorl._core.operation import NEXT_TURN, Operation
from cython.cimports.whorl._core.scheduler import Scheduler

from whorl._core.registry import system_error

_Socket = cython.declare(object, socket.socket)
_connect = cython.declare(object, socket.socket.connect)
_SCRATCH = cython.declare(cython.Py_ssize_t, 256 * 1024)
# Bytes for one system call of sock_sendall: while a fast reader drains the socket, the kernel would take any amount
# in one call and hold up the loop for that long.
_SEND_MOST = cython.declare(cython.Py_ssize_t, 1024 * 1024)


@cython.final
@cython.no_gc_clear
@cython.cclass
class Recv(Operation):
    """Receive up to ``size`` bytes."""

    method = "sock_recv"

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def wants_nothing(self) -> cython.bint:
        return self.size == 0

    @cython.cfunc
    def attempt(self):
        if self.size > _SCRATCH:
            return self.receive_much()
        got: cython.Py_ssize_t = receive(self.descriptor(), self.loop.scratch, self.size)
        if got < 0:
            return self.would_block()
        self.readiness.received(got, self.size)
        return PyBytes_FromStringAndSize(self.loop.scratch, got)

    @cython.cfunc
    def receive_much(self):
        """More than the scratch buffer holds."""
        room: cython.p_char = cython.cast(cython.p_char, PyMem_Malloc(self.size))
        if room is cython.NULL:
            raise MemoryError
        try:
            got: cython.Py_ssize_t = receive(self.descriptor(), room, self.size)
            if got < 0:
                return self.would_block()
            self.readiness.received(got, self.size)
            return PyBytes_FromStringAndSize(room, got)
        finally:
            PyMem_Free(room)


@cython.final
@cython.no_gc_clear
@cython.cclass
class RecvInto(Operation):
    """Receive into a writable buffer; the result is the number of bytes."""

    method = "sock_recv_into"

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def wants_nothing(self) -> cython.bint:
        return memoryview(self.data).nbytes == 0

    @cython.cfunc
    def attempt(self):
        view: cython.Py_buffer
        got: cython.Py_ssize_t
        try:
            PyObject_GetBuffer(self.data, cython.address(view), PyBUF_WRITABLE)
        except (BufferError, TypeError):
            # In the words of socket.recv_into().
            kind = type(self.data).__name__
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
@cython.no_gc_clear
@cython.cclass
class RecvFrom(Operation):
    """Receive one datagram; the result is its bytes and its sender."""

    method = "sock_recvfrom"

    @cython.cfunc
    def attempt(self):
        try:
            return self.sock.recvfrom(self.data)
        except (BlockingIOError, InterruptedError):
            return self.would_block()


@cython.final
@cython.no_gc_clear
@cython.cclass
class RecvFromInto(Operation):
    """Receive one datagram into a writable buffer; the result is the number of bytes and the sender."""

    method = "sock_recvfrom_into"

    @cython.cfunc
    def attempt(self):
        try:
            return self.sock.recvfrom_into(self.data, self.size)
        except (BlockingIOError, InterruptedError):
            return self.would_block()


@cython.final
@cython.no_gc_clear
@cython.cclass
class Accept(Operation):
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
@cython.no_gc_clear
@cython.cclass
class SendAll(Operation):
    """Send all of a buffer; ``size`` counts what is sent."""

    method = "sock_sendall"

    @cython.cfunc
    def attempt(self):
        view: cython.Py_buffer
        self.loop.registry.stirred = True
        if type(self.data) is bytes:
            return self.send_from(PyBytes_AS_STRING(self.data), PyBytes_GET_SIZE(self.data))
        if type(self.data) is not memoryview:
            # Held until the operation ends, as asyncio does: who resizes a bytearray meanwhile gets the BufferError.
            self.data = memoryview(self.data)
        PyObject_GetBuffer(self.data, cython.address(view), PyBUF_SIMPLE)
        try:
            return self.send_from(cython.cast(cython.p_char, view.buf), view.len)
        finally:
            PyBuffer_Release(cython.address(view))

    @cython.cfunc
    def send_from(self, start: cython.p_char, total: cython.Py_ssize_t):
        got: cython.Py_ssize_t
        while True:
            got = send(
                self.descriptor(), start + self.size, min(total - self.size, _SEND_MOST), MSG_DONTWAIT | MSG_NOSIGNAL
            )
            if got >= 0:
                self.size += got
                return None if self.size == total else NEXT_TURN
            if errno == EAGAIN:
                return self.would_block()
            if errno != EINTR:
                raise system_error(errno)


@cython.final
@cython.no_gc_clear
@cython.cclass
class SendTo(Operation):
    """Send one datagram; the result is the number of bytes."""

    method = "sock_sendto"

    @cython.cfunc
    def attempt(self):
        try:
            self.loop.registry.stirred = True
            return self.sock.sendto(self.data, self.address)
        except (BlockingIOError, InterruptedError):
            return self.would_block()


@cython.final
@cython.no_gc_clear
@cython.cclass
class Connect(Operation):
    """Connect to an address that needs no resolving; in the end ``address`` is the peer's, None if it is not of IP."""

    method = "sock_connect"

    def __init__(self, loop: Scheduler, sock, address):
        Operation.__init__(self, loop, sock)
        self.address = address
        self.writes = True

    @cython.cfunc
    def advance(self):
        if self.passed:
            return self.outcome()
        self.loop.check_no_transport(self.descriptor(), self.sock)
        if self.begin_to_connect():
            return None
        self.passed = True
        if self.find_peer():
            return None  # on this machine: the kernel has said "in progress" and was done before it returned
        # Only now: the kernel reports an unconnected socket as hung up.
        self.find_readiness()
        return self.would_block()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def begin_to_connect(self) -> cython.bint:
        """Return whether the socket is connected already; else the kernel goes on in the background."""
        address: sockaddr_storage
        size: socklen_t = 0
        # What guards programs against connecting puts a method of its own into the class.
        if self.is_native and _Socket.connect is _connect:
            size = kernel_address(self.address, socket_family(self.sock), cython.address(address))
        if size:
            target: object = self.address
            audit(
                "socket.connect",
                "OO",
                cython.cast(cython.pointer(PyObject), self.sock),
                cython.cast(cython.pointer(PyObject), target),
            )
            if connect(self.descriptor(), cython.cast(cython.pointer(sockaddr), cython.address(address)), size) == 0:
                return True
            if errno != EINPROGRESS and errno != EALREADY and errno != EINTR:
                raise system_error(errno)
            return False
        try:
            self.sock.connect(self.address)
            return True
        except InterruptedError:
            pass  # goes on in the background (connect(2))
        except BlockingIOError as exc:
            if exc.errno == EAGAIN:
                raise  # a Unix socket whose listener's queue is full: nothing goes on in the background
        return False

    @cython.cfunc
    def outcome(self):
        """There is a peer, or an error, or the kernel goes on still."""
        code: cython.int = 0
        size: socklen_t = cython.sizeof(code)
        if self.find_peer():
            return None
        if getsockopt(self.descriptor(), SOL_SOCKET, SO_ERROR, cython.address(code), cython.address(size)) < 0:
            raise system_error(errno)
        if code:
            raise OSError(code, f"Connect call failed {self.address}")
        self.find_readiness()
        return self.would_block()  # woken by an event from before the connect

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def find_peer(self) -> cython.bint:
        """Return whether the socket is connected; if it is, ``address`` is the peer's."""
        address: sockaddr_storage
        size: socklen_t = cython.sizeof(address)
        where: cython.pointer(sockaddr) = cython.cast(cython.pointer(sockaddr), cython.address(address))
        if getpeername(self.descriptor(), where, cython.address(size)) == 0:
            self.address = python_address(cython.address(address))
            return True
        if errno != ENOTCONN:
            raise system_error(errno)
        return False


@cython.final
@cython.no_gc_clear
@cython.cclass
class Writable(Operation):
    """Wait until there is room to send, after a system call of somebody else would have blocked."""

    method = "sock_sendfile"

    def __init__(self, loop: Scheduler, sock):
        Operation.__init__(self, loop, sock)
        self.writes = True

    @cython.cfunc
    def attempt(self):
        if self.passed:
            return None
        self.passed = True
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
    size: cython.Py_ssize_t = n
    if size < 0:
        raise ValueError("negative buffersize in recv")
    operation: Recv = Recv.__new__(Recv)
    begin(operation, self, sock)
    operation.size = size
    return operation


def sock_recv_into(self, sock, buf):
    """Receive from a non-blocking socket into a writable buffer; the result is the number of bytes."""
    operation: RecvInto = RecvInto.__new__(RecvInto)
    begin(operation, self, sock)
    operation.data = buf
    return operation


def sock_recvfrom(self, sock, bufsize):
    """Receive one datagram of up to ``bufsize`` bytes; the result is its bytes and its sender's address."""
    operation: RecvFrom = RecvFrom.__new__(RecvFrom)
    begin(operation, self, sock)
    operation.data = bufsize
    return operation


def sock_recvfrom_into(self, sock, buf, nbytes=0):
    """Receive one datagram into a writable buffer; the result is the number of bytes and the sender's address."""
    size: cython.Py_ssize_t = nbytes or len(buf)
    operation: RecvFromInto = RecvFromInto.__new__(RecvFromInto)
    begin(operation, self, sock)
    operation.data = buf
    operation.size = size
    return operation


def sock_accept(self, sock):
    """Accept a connection on a non-blocking, listening socket; the result is a socket and the peer's address."""
    operation: Accept = Accept.__new__(Accept)
    begin(operation, self, sock)
    return operation


def sock_sendall(self, sock, data):
    """Send all of ``data`` to a non-blocking, connected socket."""
    operation: SendAll = SendAll.__new__(SendAll)
    begin(operation, self, sock)
    operation.data = data
    operation.writes = True
    return operation


def sock_sendto(self, sock, data, address):
    """Send one datagram from a non-blocking socket to ``address``; the result is the number of bytes."""
    operation: SendTo = SendTo.__new__(SendTo)
    begin(operation, self, sock)
    operation.data = data
    operation.address = address
    operation.writes = True
    return operation


@cython.cfunc
@cython.exceptval(-1, check=False)
def begin(operation: Operation, loop: Scheduler, sock) -> cython.int:
    operation.loop = loop
    operation.sock = sock
    return 0
