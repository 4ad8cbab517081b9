# Kernel-facing module: compiled only; datagram.pyi is its face to type checkers.
"""The datagram transport: a UDP or Unix datagram socket and the protocol that is told of it.

Each event takes up to ``_READS_MOST`` datagrams, one after the other, as long as the protocol wants them. ``sendto``
hands a datagram to the kernel at once; only when the kernel has no room it is queued, whole and copied, and goes out
when there is room again, in order. What is plain (bytes, to a literal IPv4 address) goes straight to the system call,
the rest through the socket module.
"""

import asyncio
import collections
import os
from asyncio import constants
from asyncio.log import logger

import cython
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cython.cimports.cpython.object import PyObject
from cython.cimports.libc.stdint import uint32_t
from cython.cimports.whorl._core.address import kernel_address, python_address
from cython.cimports.whorl._core.linux import (
    EAGAIN,
    EINTR,
    EPOLLIN,
    EPOLLOUT,
    MSG_DONTWAIT,
    audit,
    errno,
    recvfrom,
    sendto,
    sockaddr,
    sockaddr_storage,
    socket_family,
    socket_fd,
    socklen_t,
)
from cython.cimports.whorl._core.scheduler import Scheduler
from cython.cimports.whorl._core.transport import Transport

from whorl._core.faces import face
from whorl._core.registry import system_error
from whorl.compat import FlowControlMixin

_FACE = cython.declare(object, face("DatagramTransport", asyncio.DatagramTransport, FlowControlMixin))

# Datagrams that one event may take: a socket that many send to is asked of less often, and holds nobody up for long.
_READS_MOST = cython.declare(cython.int, 16)
_READ_MOST = cython.declare(cython.size_t, 256 * 1024)
# What a queued datagram counts for beside its data: as in asyncio, so that empty ones fill the queue too.
_OVERHEAD = cython.declare(cython.Py_ssize_t, 8)


@cython.final
@cython.no_gc_clear
@cython.cclass
class DatagramTransport(Transport):
    """A datagram endpoint as asyncio's transports describe it."""

    address: object
    queue: object
    size: cython.Py_ssize_t

    def __init__(self, loop: Scheduler, sock, protocol, address=None, waiter=None, extra=None):
        """Take a non-blocking datagram socket over; ``connection_made`` follows in the next turn."""
        self.queue = collections.deque()
        self.address = address
        self.take_over(loop, sock, protocol, waiter, extra, None)
        loop.soon(self._start, (), self.context)

    @property
    def __class__(self):
        return _FACE

    @property
    def _address(self):
        return self.address

    @cython.cfunc
    def wanted(self) -> uint32_t:
        mask: uint32_t = 0
        if self.started and not (self.closing or self.paused):
            mask |= EPOLLIN
        if self.queue:
            mask |= EPOLLOUT
        return mask

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def readable(self) -> cython.int:
        for _ in range(_READS_MOST):
            if not self.read_one() or not self.armed & EPOLLIN:
                break
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def read_one(self) -> cython.int:
        """Take one datagram; returns 0 when there is no more."""
        address: sockaddr_storage
        address_size: socklen_t = cython.sizeof(address)
        scratch: cython.p_char = self.loop.scratch
        address.ss_family = 0
        size: cython.Py_ssize_t = recvfrom(
            socket_fd(self.sock),
            scratch,
            _READ_MOST,
            MSG_DONTWAIT,
            cython.cast(cython.pointer(sockaddr), cython.address(address)),
            cython.address(address_size),
        )
        if size < 0:
            if errno == EAGAIN:
                return 0
            if errno != EINTR:
                self.tell_error(system_error(errno))
            return 1
        data = PyBytes_FromStringAndSize(scratch, size)
        sender = python_address(cython.address(address))
        if sender is None and address_size > 0:
            sender = unix_address(cython.cast(cython.p_char, cython.address(address)), address_size)
        try:
            self.protocol.datagram_received(data, sender)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self.report(exc, "Exception in protocol.datagram_received()")
        return 1

    def sendto(self, data, addr=None):
        """Send one datagram, to ``addr`` or to the endpoint's remote address."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")
        if self.address:
            if addr not in (None, self.address):
                raise ValueError(f"Invalid address: must be None or {self.address}")
            addr = self.address
        if self.lost and (self.address or self.finished):
            if self.lost >= constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES:
                logger.warning("socket.send() raised exception.")
            self.lost += 1
            return
        if not self.queue:
            try:
                self.send(data, addr)
                return
            except (BlockingIOError, InterruptedError):
                pass  # no room: queue it
            except OSError as exc:
                self.tell_error(exc)
                return
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as exc:
                self._fatal_error(exc, "Fatal write error on datagram transport")
                return
        self.queue.append((bytes(data), addr))
        self.size += len(data) + _OVERHEAD
        self.rearm()
        self.maybe_pause_protocol()

    @cython.cfunc
    def send(self, data, addr):
        address: sockaddr_storage
        size: socklen_t = 0
        self.loop.registry.stirred = True
        if type(data) is bytes:
            if self.peername or addr is None:
                return self.send_native(data, cython.NULL, 0)
            size = kernel_address(addr, socket_family(self.sock), cython.address(address))
            if size:
                audit(
                    "socket.sendto",
                    "OO",
                    cython.cast(cython.pointer(PyObject), self.sock),
                    cython.cast(cython.pointer(PyObject), addr),
                )
                return self.send_native(data, cython.address(address), size)
        if self.peername or addr is None:
            return self.sock.send(data)
        return self.sock.sendto(data, addr)

    @cython.cfunc
    def send_native(self, data: bytes, address: cython.pointer(sockaddr_storage), size: socklen_t):
        sent: cython.Py_ssize_t = sendto(
            socket_fd(self.sock),
            PyBytes_AS_STRING(data),
            PyBytes_GET_SIZE(data),
            MSG_DONTWAIT,
            cython.cast(cython.pointer(sockaddr), address),
            size,
        )
        if sent < 0:
            raise system_error(errno)
        return sent

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def writable(self) -> cython.int:
        while self.queue:
            data, addr = self.queue[0]
            try:
                self.send(data, addr)
            except (BlockingIOError, InterruptedError):
                break
            except OSError as exc:
                # This one is lost and reported; the ones behind it are not.
                self.drop_first(data)
                self.tell_error(exc)
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as exc:
                self._fatal_error(exc, "Fatal write error on datagram transport")
                return 0
            else:
                self.drop_first(data)
        self.maybe_resume_protocol()
        self.rearm()
        if not self.queue and self.closing:
            self.lose(None)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def drop_first(self, data) -> cython.int:
        if self.queue:  # error_received() may have aborted the transport
            self.queue.popleft()
            self.size -= len(data) + _OVERHEAD
        return 0

    def get_write_buffer_size(self):
        """Return how many bytes wait for the kernel to have room, with what asyncio adds for each datagram."""
        return self.size

    @cython.cfunc
    def pending(self) -> cython.Py_ssize_t:
        return self.size

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def drop_pending(self) -> cython.int:
        self.queue.clear()
        self.size = 0
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def tell_error(self, error) -> cython.int:
        """An error that the kernel reports, often of a datagram sent earlier: the protocol's to judge."""
        try:
            self.protocol.error_received(error)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self.report(exc, "Exception in protocol.error_received()")
        return 0


@cython.cfunc
def unix_address(raw: cython.p_char, size: socklen_t):
    """Return a Unix socket's name as Python's socket module does: text, bytes if abstract, empty if unnamed."""
    # sockaddr_un is a two-byte family and then the name, up to ``size`` (unix(7)).
    if size <= 2:
        return None if size == 0 else ""
    name = PyBytes_FromStringAndSize(raw + 2, size - 2)
    if name[:1] == b"\0":
        return name
    return os.fsdecode(name.split(b"\0", 1)[0])
