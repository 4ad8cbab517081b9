# Kernel-facing module: compiled only; stream.pyi is its face to type checkers.
"""The stream transport: a connected TCP or Unix socket and the protocol that is told of it.

Reading: epoll says readable, one ``recv`` goes into the loop's scratch buffer (or into the protocol's own, for a
``BufferedProtocol``), the protocol gets the bytes. One read for each event, so that a busy connection does not hold
up the others; the kernel reports again what is left.

Writing: ``write`` puts bytes into the buffer and corks the transport; when the callback that wrote ends, one ``send``
or ``sendmsg`` takes all of it. ``on_events`` sees to that for what the protocol writes while it is told of something,
the scheduler (by ``flush``) for what is written from elsewhere. What the kernel does not take waits for EPOLLOUT. More
than the high-water mark, or than ``_CORK_MOST``, is not held back: it is sent at once, and what is left then pauses the
protocol. Whatever asks for the truth (``get_write_buffer_size``, ``write_eof``, ``close``, ``abort``), and a failure of
the protocol, flushes first.
"""

import asyncio
import socket
from asyncio import constants
from asyncio.log import logger

import cython
from cython.cimports.cpython.buffer import PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cython.cimports.cpython.object import PyObject
from cython.cimports.libc.stdint import uint32_t
from cython.cimports.libc.string import memcpy
from cython.cimports.whorl._core.buffers import WriteBuffer
from cython.cimports.whorl._core.coroutine import DONE
from cython.cimports.whorl._core.linux import (
    AF_UNIX,
    EAGAIN,
    EINTR,
    EPOLLIN,
    EPOLLOUT,
    IPPROTO_TCP,
    MSG_DONTWAIT,
    MSG_NOSIGNAL,
    SOCK_STREAM,
    TCP_NODELAY,
    bytes_received,
    bytes_to_read,
    context_enter,
    context_exit,
    errno,
    iovec,
    msghdr,
    recv,
    refill,
    send,
    sendmsg,
    setsockopt,
    socket_family,
    socket_fd,
    socket_proto,
    socket_type,
)
from cython.cimports.whorl._core.scheduler import Scheduler
from cython.cimports.whorl._core.streams import StreamFeed, feed_for
from cython.cimports.whorl._core.transport import Transport

from whorl._core.faces import face
from whorl._core.registry import system_error
from whorl._core.transport import attach_to_server, detach_from_server
from whorl.compat import SENDFILE_MODE, FlowControlMixin, drain_helper

# (Declared, so that it is there to the last: a module's names are gone before its objects.)
_FACE = cython.declare(object, face("StreamTransport", FlowControlMixin, asyncio.Transport))

# Bytes that are held back at most until the callback ends: the kernel's send buffer takes about as many at once.
_CORK_MOST = cython.declare(cython.Py_ssize_t, 64 * 1024)
# Chunks in one sendmsg; more than the kernel's UIO_MAXIOV (1024) would be an error, and few callbacks write more.
_CHUNKS_MOST = cython.declare(cython.int, 256)
# Bytes up to which several chunks are joined: copying as much takes about as long as sendmsg does more than send.
_JOIN_MOST = cython.declare(cython.Py_ssize_t, 16 * 1024)
_READ_MOST = cython.declare(cython.Py_ssize_t, 256 * 1024)
# Bytes from which on a message is worth a question to the kernel (see read_large).
_LARGE = cython.declare(cython.Py_ssize_t, 32 * 1024)
# Bytes of a message that may be filled again: Python's own allocator serves what is smaller, and no more are held.
_KEPT_LEAST = cython.declare(cython.Py_ssize_t, 480)
_KEPT_MOST = cython.declare(cython.Py_ssize_t, 64 * 1024)
_BufferedProtocol = cython.declare(object, asyncio.BufferedProtocol)


@cython.final
@cython.no_gc_clear
@cython.cclass
class StreamTransport(Transport):
    """A connection as asyncio's transports describe it."""

    buffer: WriteBuffer
    empty_waiter: object
    room_waiter: object
    buffered: cython.bint
    eof_read: cython.bint
    eof_written: cython.bint
    corked: cython.bint
    large: cython.bint  # what was received last
    feed: StreamFeed  # in place of data_received(), for asyncio's own stream protocol

    _start_tls_compatible = True
    _sendfile_compatible = SENDFILE_MODE

    def __init__(self, loop: Scheduler, sock, protocol, waiter=None, extra=None, server=None, context=None):
        """Take a connected, non-blocking socket over; ``connection_made`` follows in the next turn."""
        if server is not None:
            attach_to_server(server, self)  # fails when the server is closed, and nothing is taken over then
        try:
            self.take_over(loop, sock, protocol, waiter, extra, context)
        except BaseException:
            if server is not None:
                detach_from_server(server, self)
            raise
        self.server = server
        if (
            socket_family(sock) != AF_UNIX
            and socket_type(sock) == SOCK_STREAM
            and (socket_proto(sock) == 0 or socket_proto(sock) == IPPROTO_TCP)
        ):
            self.set_nodelay()
        loop.soon(self._start, (), self.context)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def set_nodelay(self) -> cython.int:
        """Small writes go out without waiting for the acknowledgement of the last, as asyncio has it."""
        on: cython.int = 1
        if setsockopt(socket_fd(self.sock), IPPROTO_TCP, TCP_NODELAY, cython.address(on), cython.sizeof(on)) < 0:
            raise system_error(errno)
        return 0

    @property
    def __class__(self):
        return _FACE

    @property
    def _eof(self):
        return self.eof_written

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def change_protocol(self, protocol) -> cython.int:
        self.buffered = isinstance(protocol, _BufferedProtocol)
        before, self.feed = self.feed, None
        if before is not None:
            before.unbind()
        Transport.change_protocol(self, protocol)
        self.feed = feed_for(self, protocol)
        return 0

    @cython.cfunc
    def wanted(self) -> uint32_t:
        mask: uint32_t = 0
        if self.started and not (self.closing or self.paused or self.eof_read):
            mask |= EPOLLIN
        if (self.pending() and not self.corked) or self.room_waiter is not None:
            mask |= EPOLLOUT
        return mask

    # -- reading ------------------------------------------------------------------------------------------------

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def readable(self) -> cython.int:
        return self.read_into_protocol() if self.buffered else self.read()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def read(self) -> cython.int:
        scratch: cython.p_char = self.loop.scratch
        size: cython.Py_ssize_t
        if self.feed is not None and self.feed.leave_to_task():
            return 0
        if self.large and self.feed is None and self.read_large():
            return 0
        size = recv(socket_fd(self.sock), scratch, _READ_MOST, MSG_DONTWAIT)
        if size <= 0:
            return self.read_nothing(size, errno)
        self.large = size >= _LARGE
        try:
            if self.feed is not None and self.feed.names is not None:
                self.feed.feed(scratch, size)
            else:
                self.protocol.data_received(self.received(size))
                if self.feed is not None:
                    self.feed.count_message()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fatal_error(exc, "Fatal error: protocol.data_received() call failed.")
        return 0

    @cython.cfunc
    def received(self, size: cython.Py_ssize_t):
        """Return what was received into the scratch buffer.

        A message of a middling size is too large for Python's own allocator, and malloc would take as long as all else
        here: the one before is filled again, unless somebody has kept it.
        """
        loop: Scheduler = self.loop
        if not _KEPT_LEAST <= size <= _KEPT_MOST:
            return PyBytes_FromStringAndSize(loop.scratch, size)
        again = refill(cython.cast(cython.pointer(PyObject), loop.kept), loop.kept_room, loop.scratch, size)
        if again is not cython.NULL:
            return cython.cast(object, again)
        loop.kept = PyBytes_FromStringAndSize(loop.scratch, size)
        loop.kept_room = size
        return loop.kept

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def read_large(self) -> cython.bint:
        """Receive as much as there is into its bytes object; False if it is little.

        To ask the kernel how much there is takes less time than to copy as much out of the scratch buffer.
        """
        got: cython.Py_ssize_t
        most: cython.Py_ssize_t = min(bytes_to_read(socket_fd(self.sock)), _READ_MOST)
        if most < _LARGE:
            return False
        data = bytes_received(socket_fd(self.sock), most, MSG_DONTWAIT, cython.address(got))
        if got <= 0:
            self.read_nothing(got, -got)
            return True
        try:
            self.protocol.data_received(data)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fatal_error(exc, "Fatal error: protocol.data_received() call failed.")
        return True

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def read_into_protocol(self) -> cython.int:
        # A buffer that is filled leaves the rest in the kernel. As much is taken for one event as other protocols get.
        left: cython.Py_ssize_t = _READ_MOST
        size: cython.Py_ssize_t
        while left > 0 and self.armed & EPOLLIN:
            size = self.fill_buffer()
            if size <= 0:
                break
            left -= size
        return 0

    @cython.cfunc
    @cython.exceptval(-2, check=False)
    def fill_buffer(self) -> cython.Py_ssize_t:
        """Receive once into the protocol's buffer; returns its size if it was filled, else 0."""
        view: cython.Py_buffer
        size: cython.Py_ssize_t
        room: cython.Py_ssize_t
        try:
            buffer = self.protocol.get_buffer(-1)
            if not len(buffer):
                raise RuntimeError("get_buffer() returned an empty buffer")
            PyObject_GetBuffer(buffer, cython.address(view), PyBUF_WRITABLE)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fatal_error(exc, "Fatal error: protocol.get_buffer() call failed.")
            return 0
        room = view.len
        size = recv(socket_fd(self.sock), view.buf, room, MSG_DONTWAIT)
        code: cython.int = errno
        PyBuffer_Release(cython.address(view))
        if size <= 0:
            self.read_nothing(size, code)
            return 0
        try:
            self.protocol.buffer_updated(size)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fatal_error(exc, "Fatal error: protocol.buffer_updated() call failed.")
            return 0
        return room if size == room and self.buffered else 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def read_nothing(self, size: cython.Py_ssize_t, code: cython.int) -> cython.int:
        if size == 0:
            return self.read_eof()
        if code != EAGAIN and code != EINTR:
            self._fatal_error(system_error(code), "Fatal read error on socket transport")
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def read_eof(self) -> cython.int:
        if self.loop._debug:
            logger.debug("%r received EOF", self)
        try:
            keep_open = bool(self.protocol.eof_received())
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fatal_error(exc, "Fatal error: protocol.eof_received() call failed.")
            return 0
        if keep_open:
            # The protocol may still write, but there is nothing left to read.
            self.eof_read = True
            self.rearm()
        else:
            self.close()
        return 0

    # -- writing ------------------------------------------------------------------------------------------------

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def writable(self) -> cython.int:
        if self.room_waiter is not None:
            self.end_wait_for_room(None)
        return self.send_buffered()

    @cython.cfunc
    def pending(self) -> cython.Py_ssize_t:
        return 0 if self.buffer is None else self.buffer.size

    def write(self, data):
        """Send bytes; returns at once, they are buffered as long as the kernel does not take them."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")
        self.check_writable("write")
        if not data:
            return
        if self.refuse_write():
            return
        self.keep(data)
        self.cork_or_flush()

    def writelines(self, list_of_data):
        """Send several pieces of bytes, one after the other, as one write."""
        self.check_writable("writelines")
        pieces = list(list_of_data)
        for data in pieces:
            if not isinstance(data, (bytes, bytearray, memoryview)):
                raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")
        if not any(pieces) or self.refuse_write():
            return
        for data in pieces:
            if data:
                self.keep(data)
        self.cork_or_flush()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check_writable(self, what) -> cython.int:
        if self.eof_written:
            raise RuntimeError(f"Cannot call {what}() after write_eof()")
        if self.empty_waiter is not None:
            raise RuntimeError(f"unable to {what}; sendfile is in progress")
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def refuse_write(self) -> cython.bint:
        """Return whether the connection is lost; then the write is only counted, and the log tells of many."""
        if not self.lost:
            return False
        if self.lost >= constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES:
            logger.warning("socket.send() raised exception.")
        self.lost += 1
        return True

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def keep(self, data) -> cython.int:
        if self.buffer is None:
            self.buffer = WriteBuffer()
        # Only bytes cannot change under us until they are sent; anything else is copied.
        return self.buffer.append(data if type(data) is bytes else memoryview(data).tobytes())

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def cork_or_flush(self) -> cython.int:
        size: cython.Py_ssize_t = self.buffer.size
        if self.armed & EPOLLOUT:
            return self.maybe_pause_protocol()
        if self.loop.in_callback and size <= _CORK_MOST and size <= self.high:
            if not self.corked:
                self.corked = True
                if self.loop.served is not self:  # else on_events() takes the cork out
                    self.loop.cork(self)
            return 0
        return self.send_buffered()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def flush(self) -> cython.int:
        """The callback that wrote has ended: take the cork out."""
        code: cython.int
        if not self.corked:
            return 0
        code = self.send_all()
        if code == 0 and self.pending() == 0 and not self.protocol_paused and not self.lost:
            return self.drained()  # nobody has to be told
        context_enter(self.context)
        try:
            self.act_on_sending(code)
        finally:
            context_exit(self.context)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def send_buffered(self) -> cython.int:
        """Send what is buffered, as far as the kernel takes it, and act on what that leaves."""
        return self.act_on_sending(self.send_all())

    @cython.cfunc
    def send_all(self) -> cython.int:
        """Send what is buffered, as far as the kernel takes it; returns 0, or the errno of a lost connection."""
        sent: cython.Py_ssize_t
        buffer: WriteBuffer = self.buffer
        self.corked = False
        if self.lost or self.finished or self.pending() == 0:
            return 0
        while True:
            # More than one call takes: the kernel may have room for the rest, too.
            more: cython.bint = buffer.alone is None and len(buffer.chunks) - buffer.first > _CHUNKS_MOST
            sent = self.send_once()
            if sent < 0:
                code: cython.int = errno
                return 0 if code in (EAGAIN, EINTR) else code
            buffer.consume(sent)
            if not more or buffer.size == 0:
                return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def act_on_sending(self, code: cython.int) -> cython.int:
        if self.lost or self.finished:
            return 0
        if code:
            error = system_error(code)
            self.buffer.clear()
            self._fatal_error(error, "Fatal write error on socket transport")
            if self.empty_waiter is not None and not self.empty_waiter.done():
                self.empty_waiter.set_exception(error)
            return 0
        if self.pending():
            self.loop.check_open()  # nobody would ever send the rest
            self.rearm()
            return self.maybe_pause_protocol()
        return self.drained()

    @cython.cfunc
    def send_once(self) -> cython.Py_ssize_t:
        """One ``send`` or ``sendmsg``; the number of bytes taken, or -1 with errno."""
        # Safe: the chunks are bytes objects that the buffer holds on to, and no Python code runs before it returns.
        vectors: iovec[256]
        message: msghdr
        chunk: bytes
        self.loop.registry.stirred = True
        buffer: WriteBuffer = self.buffer
        index: cython.Py_ssize_t = buffer.first
        count: cython.int = 0
        if buffer.alone is not None:
            return send(
                socket_fd(self.sock),
                PyBytes_AS_STRING(buffer.alone) + buffer.offset,
                buffer.size,
                MSG_DONTWAIT | MSG_NOSIGNAL,
            )
        if buffer.size <= _JOIN_MOST:
            return self.send_joined()
        while count < _CHUNKS_MOST and index < len(buffer.chunks):
            chunk = buffer.chunks[index]
            vectors[count].iov_base = cython.cast(cython.p_void, PyBytes_AS_STRING(chunk))
            vectors[count].iov_len = PyBytes_GET_SIZE(chunk)
            count += 1
            index += 1
        vectors[0].iov_base = cython.cast(cython.p_char, vectors[0].iov_base) + buffer.offset
        vectors[0].iov_len -= buffer.offset
        message.msg_name = message.msg_control = cython.NULL
        message.msg_namelen = message.msg_controllen = message.msg_flags = 0
        message.msg_iov = vectors
        message.msg_iovlen = count
        return sendmsg(socket_fd(self.sock), cython.address(message), MSG_DONTWAIT | MSG_NOSIGNAL)

    @cython.cfunc
    def send_joined(self) -> cython.Py_ssize_t:
        """One ``send`` of all chunks, joined in the loop's scratch buffer."""
        start: cython.p_char = self.loop.scratch
        size: cython.Py_ssize_t = 0
        offset: cython.Py_ssize_t = self.buffer.offset
        index: cython.Py_ssize_t
        chunk: bytes
        for index in range(self.buffer.first, len(self.buffer.chunks)):
            chunk = self.buffer.chunks[index]
            memcpy(start + size, PyBytes_AS_STRING(chunk) + offset, PyBytes_GET_SIZE(chunk) - offset)
            size += PyBytes_GET_SIZE(chunk) - offset
            offset = 0
        return send(socket_fd(self.sock), start, size, MSG_DONTWAIT | MSG_NOSIGNAL)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def drained(self) -> cython.int:
        """Everything is sent: do what waited for that."""
        self.maybe_resume_protocol()  # may write again
        if self.pending() or self.lost:
            return 0
        if self.armed & EPOLLOUT:
            self.rearm()
        if self.empty_waiter is not None and not self.empty_waiter.done():
            self.empty_waiter.set_result(None)
        if self.closing:
            self.lose(None)
        elif self.eof_written:
            self.shut_down_writing()
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def shut_down_writing(self) -> cython.int:
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError as exc:
            self._fatal_error(exc, "Fatal error on shutdown of socket transport")
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def flush_if_corked(self) -> cython.int:
        return self.send_buffered() if self.corked else 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def flush_inside(self) -> cython.int:
        return self.flush_if_corked()

    def get_extra_info(self, name, default=None):
        """Return what is known of the connection; the socket comes after all that was written before."""
        if name == "socket":
            self.flush_if_corked()
        return Transport.get_extra_info(self, name, default)

    def can_write_eof(self):
        """Return True: a stream's sending side can be closed alone."""
        return True

    def write_eof(self):
        """Close the sending side once everything is sent; reading goes on."""
        if self.closing or self.eof_written:
            return
        self.flush_if_corked()
        if self.lost:
            return
        self.eof_written = True
        if self.pending() == 0:
            self.sock.shutdown(socket.SHUT_WR)

    def get_write_buffer_size(self):
        """Return how many bytes the kernel has not taken yet."""
        self.flush_if_corked()
        return self.pending()

    def set_write_buffer_limits(self, high=None, low=None):
        """Set the marks (bytes) above which the protocol is paused and below which it is resumed."""
        self.flush_if_corked()
        Transport.set_write_buffer_limits(self, high, low)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def drop_pending(self) -> cython.int:
        if self.buffer is not None:
            self.buffer.clear()
        return 0

    # -- the end ------------------------------------------------------------------------------------------------

    def close(self):
        """Close the connection once everything is sent; ``connection_lost(None)`` follows."""
        if self.feed is not None:
            self.feed.take_in()
        self.flush_if_corked()
        Transport.close(self)

    def abort(self):
        """Close the connection now; what the kernel has not taken is dropped."""
        if self.feed is not None:
            self.feed.take_in()
        self.flush_if_corked()
        Transport.abort(self)

    def _call_connection_lost(self, exc):
        try:
            Transport._call_connection_lost(self, exc)
        finally:
            if self.empty_waiter is not None and not self.empty_waiter.done():
                self.empty_waiter.set_exception(ConnectionError("Connection is closed by peer"))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def lose(self, exc) -> cython.int:
        lost: cython.bint = self.lost
        Transport.lose(self, exc)
        if not lost and self.room_waiter is not None:
            self.end_wait_for_room(ConnectionError("the connection was lost while a file was being sent"))
        return 0

    def _drain_helper(self):
        """What ``StreamWriter.drain()`` waits for: nothing, most of the time."""
        return drain_helper(self.protocol) if self.protocol_paused or self.lost else DONE

    # -- for sendfile -------------------------------------------------------------------------------------------

    def _make_empty_waiter(self):
        """Return a future that is done when everything is sent; until it is reset nothing can be written."""
        if self.empty_waiter is not None:
            raise RuntimeError("Empty waiter is already set")
        self.flush_if_corked()
        self.empty_waiter = self.loop.new_future()
        if self.pending() == 0:
            self.empty_waiter.set_result(None)
        return self.empty_waiter

    def _reset_empty_waiter(self):
        before, self.empty_waiter = self.empty_waiter, None
        del before

    def _wait_for_room(self):
        """Return a future that is done when the kernel takes more, or fails when the connection is lost."""
        future = self.loop.new_future()
        if self.lost:
            future.set_exception(ConnectionError("the connection is lost"))
        else:
            self.room_waiter = future
            self.rearm()
        return future

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def end_wait_for_room(self, error) -> cython.int:
        future, self.room_waiter = self.room_waiter, None
        self.rearm()
        if not future.done():
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
        return 0
