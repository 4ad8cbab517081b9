# Kernel-facing module: compiled only; transport.pxd is its C side, transport.pyi its face to type checkers.
"""What every socket transport is: the owner of one socket, which tells one protocol what happens to it.

States: made (``_start`` is queued) → open → closing (no more reading, what is pending goes out) → lost
(``connection_lost`` is queued, ``lost`` > 0) → finished (the socket is closed). ``lose`` is the one way into the end,
``finish`` the one place where the descriptor is given back.

Every system call takes the descriptor from the socket object at that moment, so a socket that somebody closed is an
error and never another file. Protocol methods run in the context in which the transport was made.
"""

import errno
import os
import warnings
from asyncio import trsock
from asyncio.log import logger

import cython
from cython.cimports.libc.stdint import uint32_t
from cython.cimports.whorl._core.address import own_name, peer_name
from cython.cimports.whorl._core.linux import (
    EPOLLIN,
    EPOLLOUT,
    context_copy_current,
    context_enter,
    context_exit,
    socket_fd,
)
from cython.cimports.whorl._core.registry import Watch, is_socket
from cython.cimports.whorl._core.scheduler import Scheduler

from whorl import compat

_warn = cython.declare(object, warnings.warn)  # there to the last, when the module's names are gone
_HIGH_WATER = cython.declare(cython.Py_ssize_t, 64 * 1024)  # asyncio's default
_MARK_MOST = 2**62  # a mark above that, infinity for one, is the same as this


@cython.no_gc_clear
@cython.cclass
class Transport(Watch):
    """The part that stream and datagram transports have in common."""

    max_size = 256 * 1024

    def take_over(self, loop: Scheduler, sock, protocol, waiter, extra, context) -> cython.int:
        """Become the owner of a non-blocking socket; the transport queues ``_start`` when all else is done."""
        if not is_socket(sock):
            raise TypeError(f"a socket.socket was expected, got {sock!r}")
        loop.check_open()
        protocol.connection_made  # noqa: B018  # a factory that returns no protocol is told so before anything is owned
        loop.check_no_transport(socket_fd(sock), sock)
        loop.registry.claim(self, socket_fd(sock), sock)
        try:
            self.begin(loop, sock, protocol, waiter, extra, context)
        except BaseException:
            loop.registry.release(self)
            raise
        return 0

    def begin(self, loop: Scheduler, sock, protocol, waiter, extra, context) -> cython.int:
        self.loop = loop
        self.sock = sock
        self.waiter = waiter
        self.extra = extra
        self.context = context_copy_current() if context is None else context
        self.high = _HIGH_WATER
        self.low = _HIGH_WATER // 4
        self.change_protocol(protocol)
        self.sockname = own_name(sock)
        if extra is not None and "peername" in extra:
            self.peername = extra["peername"]
            if len(extra) == 1:
                self.extra = None  # one of 200 bytes less for each connection that was accepted
        else:
            self.peername = peer_name(sock)
        return 0

    def _start(self):
        """Tell the protocol, begin to read, wake up who waits for the connection."""
        try:
            self.protocol.connection_made(self)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self.report(exc, "Exception in protocol.connection_made()")
        finally:
            # Whatever left connection_made(), an exit too: the connection begins, and who waits for it is told.
            self.started = True
            waiter, self.waiter = self.waiter, None
            if waiter is not None and not waiter.done():
                waiter.set_result(None)
            try:
                self.rearm()
            except OSError as exc:  # the socket was closed by somebody else
                self._fatal_error(exc, "Fatal error on transport: its socket cannot be watched")

    # -- asyncio's private names, which libraries and asyncio's own TLS read ------------------------------------

    @property
    def _loop(self):
        return None if self.finished else self.loop

    @property
    def _sock(self):
        return None if self.finished else self.sock

    @property
    def _sock_fd(self):
        return self.fd

    @property
    def _protocol(self):
        return self.protocol

    @property
    def _protocol_paused(self):
        return self.protocol_paused

    @property
    def _conn_lost(self):
        return self.lost

    @property
    def _closing(self):
        return self.closing

    @property
    def _paused(self):
        return self.paused

    # -- what is known ------------------------------------------------------------------------------------------

    def get_extra_info(self, name, default=None):
        """Return what is known of the connection: ``socket``, ``peername``, ``sockname`` and what was added."""
        if name == "socket":
            if self.public_sock is None:
                self.public_sock = trsock.TransportSocket(self.sock)
            return self.public_sock
        if name == "peername":
            return self.peername
        if name == "sockname":
            return self.sockname
        if self.extra is None:
            return default
        return self.extra.get(name, default)

    def set_protocol(self, protocol):
        """Have another protocol hear of this transport."""
        self.change_protocol(protocol)

    def change_protocol(self, protocol) -> cython.int:
        # Swapped, here and below: what dies with the old one may still ask for it.
        before, self.protocol = self.protocol, protocol
        del before
        return 0

    def get_protocol(self):
        """Return the protocol that hears of this transport."""
        return self.protocol

    def is_closing(self):
        """Return whether the transport is closing or closed."""
        return self.closing

    def __repr__(self):
        info = [self.__class__.__name__]
        if self.finished:
            info.append("closed")
        elif self.closing:
            info.append("closing")
        info.append(f"fd={self.fd}")
        if not self.finished and self.loop is not None and not self.loop._closed:
            info.append(f"read={'polling' if self.armed & EPOLLIN else 'idle'}")
            state = "polling" if self.armed & EPOLLOUT else "idle"
            info.append(f"write=<{state}, bufsize={self.pending()}>")
        return f"<{' '.join(info)}>"

    # -- events -------------------------------------------------------------------------------------------------

    def wanted(self) -> uint32_t:
        """The events that this state wants to hear of."""
        raise NotImplementedError

    def readable(self) -> cython.int:
        raise NotImplementedError

    def writable(self) -> cython.int:
        raise NotImplementedError

    def read_nothing(self, size: cython.Py_ssize_t, code: cython.int) -> cython.int:
        """Act on a read that brought no bytes: 0 is the end, less is the error ``code``."""
        raise NotImplementedError

    def holds_descriptor(self) -> cython.bint:
        return not self.finished and socket_fd(self.sock) == self.fd

    def rearm(self) -> cython.int:
        self.loop.registry.arm(self, 0 if self.lost else self.wanted(), False)
        return 0

    def on_events(self, events: uint32_t) -> cython.int:
        armed: uint32_t = self.armed
        try:
            context_enter(self.context)
        except RuntimeError as exc:  # somebody turns the loop within a method of this very protocol
            self.report(exc, "a transport cannot be served within one of its protocol's methods")
            return 0
        # What it writes to itself now is sent here in the end, with nobody else asked to see to it.
        before: Watch = self.loop.served
        self.loop.served = self
        try:
            # A hang-up or an error is reported to both sides: the system call finds out what it is.
            if armed & EPOLLIN and events & ~EPOLLOUT:
                self.readable()
            if armed & self.armed & EPOLLOUT and events & ~EPOLLIN:
                self.writable()
            self.flush_inside()
        except BaseException:
            self.loop.cork(self)
            raise
        finally:
            self.loop.served = before
            context_exit(self.context)
        return 0

    def is_reading(self):
        """Return whether the protocol gets data that arrives."""
        return not self.closing and not self.paused

    def pause_reading(self):
        """Let data wait in the kernel until ``resume_reading``."""
        if self.closing or self.paused:
            return
        self.paused = True
        self.rearm()
        if self.loop._debug:
            logger.debug("%r pauses reading", self)

    def resume_reading(self):
        """Undo ``pause_reading``."""
        if self.closing or not self.paused:
            return
        self.paused = False
        self.rearm()
        if self.loop._debug:
            logger.debug("%r resumes reading", self)

    # -- flow control -------------------------------------------------------------------------------------------

    def pending(self) -> cython.Py_ssize_t:
        """How many bytes wait for the kernel to take them."""
        return 0

    def drop_pending(self) -> cython.int:
        return 0

    def get_write_buffer_limits(self):
        """Return the low-water and the high-water mark, in bytes."""
        return (self.low, self.high)

    def set_write_buffer_limits(self, high=None, low=None):
        """Set the marks (bytes) above which the protocol is paused and below which it is resumed."""
        if high is None:
            high = 64 * 1024 if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(f"high ({high!r}) must be >= low ({low!r}) must be >= 0")
        self.high = int(min(high, _MARK_MOST))
        self.low = int(min(low, _MARK_MOST))
        self.maybe_pause_protocol()

    def maybe_pause_protocol(self) -> cython.int:
        if self.protocol_paused or self.pending() <= self.high:
            return 0
        self.protocol_paused = True
        return self.tell_protocol("pause_writing")

    def maybe_resume_protocol(self) -> cython.int:
        if not self.protocol_paused or self.pending() > self.low:
            return 0
        self.protocol_paused = False
        return self.tell_protocol("resume_writing")

    def tell_protocol(self, method: str) -> cython.int:
        try:
            getattr(self.protocol, method)()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self.report(exc, f"protocol.{method}() failed")
        return 0

    # -- the end ------------------------------------------------------------------------------------------------

    def report(self, exc, message: str) -> cython.int:
        self.loop.call_exception_handler(
            {"message": message, "exception": exc, "transport": self, "protocol": self.protocol}
        )
        return 0

    def close(self):
        """Close once everything pending is sent; ``connection_lost(None)`` follows."""
        if self.closing:
            return
        self.closing = True
        if self.pending() == 0:
            self.lose(None)
        else:
            self.rearm()

    def abort(self):
        """Close now; what the kernel has not taken is dropped."""
        self._force_close(None)

    def _fatal_error(self, exc, message="Fatal error on transport"):
        if not isinstance(exc, OSError):
            self.report(exc, message)
        elif self.loop._debug:
            logger.debug("%r: %s", self, message, exc_info=exc)
        self._force_close(exc)

    def _force_close(self, exc):
        if not self.lost:
            self.flush_inside()  # what was written before belongs to the time before
        if not self.lost:
            self.drop_pending()
            self.lose(exc)

    def lose(self, exc) -> cython.int:
        """Nothing more is read or written; the protocol hears of it in the next turn."""
        if self.lost:
            return 0
        self.lost = 1
        self.closing = True
        self.rearm()
        self.loop.soon(self._call_connection_lost, (exc,), self.context)
        return 0

    def _call_connection_lost(self, exc):
        try:
            self.protocol.connection_lost(exc)
        finally:
            self.finish()
            self.change_protocol(None)

    def finish(self) -> cython.int:
        if self.finished:
            return 0
        self.finished = True
        self.loop.registry.release(self)
        self.sock.close()
        if self.server is not None:
            server, self.server = self.server, None
            detach_from_server(server, self)
        return 0

    def on_evicted(self) -> cython.int:
        # Only a transport that is lost already, or whose socket was closed behind its back, is evicted.
        self._force_close(OSError(errno.EBADF, f"{os.strerror(errno.EBADF)}: {self!r} was closed by somebody else"))
        return 0

    def __del__(self):
        if self.finished or self.sock is None:
            return
        message = f"unclosed transport {self!r}"
        self.finish()  # first: a warning may be an error
        if not self.lost or self.loop._closed:
            # Otherwise a writer that died with us has closed us, and connection_lost() is on its way.
            self.closing = True
            self.lost = 1
            self.change_protocol(None)  # the collector empties neither a transport nor the feed of its reader
        _warn(message, ResourceWarning, source=self, stacklevel=2)


def attach_to_server(server, transport):
    """Count a transport among those that a server waits for."""
    if compat.SERVER_KNOWS_TRANSPORTS:
        server._attach(transport)
    else:
        server._attach()


def detach_from_server(server, transport):
    """Undo ``attach_to_server``."""
    if compat.SERVER_KNOWS_TRANSPORTS:
        server._detach(transport)
    else:
        server._detach()
