# Kernel-facing module: compiled only; readiness.pxd is its C side.
"""Readiness: who waits for a descriptor that no transport owns.

Two kinds of user share one watch. Callbacks of ``add_reader`` and ``add_writer`` are level-triggered, as asyncio
promises: they run in every turn in which the descriptor is ready. Sock operations need more economy: as long as they
are the only users, the socket is registered once, edge-triggered, for its whole life, and ``readable`` and
``writable`` remember what is known, so that an operation need not ask the kernel what it has already said:

- an edge makes a flag true; a system call that would have blocked makes it false;
- on a TCP socket a read that got less than it asked for has emptied it, so nothing is readable until the next edge;
- after a hang-up or an error a socket stays ready for ever: no further edge may come.

With callbacks on the same descriptor the kernel reports by level and the flags are only a hint to try.
"""

import contextlib
import socket
import weakref

import cython
from cython.cimports.libc.stdint import uint32_t
from cython.cimports.whorl._core.handle import Handle
from cython.cimports.whorl._core.linux import (
    EPOLLERR,
    EPOLLET,
    EPOLLHUP,
    EPOLLIN,
    EPOLLOUT,
    EPOLLPRI,
    EPOLLRDHUP,
    socket_fd,
)
from cython.cimports.whorl._core.ready import ReadyQueue
from cython.cimports.whorl._core.registry import Registry, Watch, is_socket

_TCP_FAMILIES = (socket.AF_INET, socket.AF_INET6)


@cython.no_gc_clear
@cython.cclass
class Readiness(Watch):
    """The callbacks and the waiting sock operations of one descriptor."""

    def __cinit__(self, registry: Registry, queue: ReadyQueue):
        self.registry = registry
        self.queue = queue
        self.read_waiters = []
        self.write_waiters = []
        self.readable = True
        self.writable = True

    def set_reader(self, handle):
        """Have a callback run while the descriptor is readable, or none; returns the one before."""
        before = self.reader
        self.reader = handle
        try:
            if self.rearm(handle is not None):
                self.file_changed(handle)
        except OSError:
            self.reader = None
            raise
        return before

    def set_writer(self, handle):
        """Have a callback run while the descriptor is writable, or none; returns the one before."""
        before = self.writer
        self.writer = handle
        try:
            if self.rearm(handle is not None):
                self.file_changed(handle)
        except OSError:
            self.writer = None
            raise
        return before

    def serve(self, sock) -> cython.int:
        """Prepare for sock operations on a socket; a socket not seen before forgets what was known of the number."""
        if self.sock_ref is not None and self.sock_ref() is sock:
            return 0
        self.sock_ref = weakref.ref(sock)
        self.short_read_is_last = sock.type == socket.SOCK_STREAM and sock.family in _TCP_FAMILIES
        self.readable = self.writable = True
        self.hung_up = False
        if self.rearm(True):
            self.file_changed(None)
        return 0

    def rearm(self, verify: cython.bint) -> cython.int:
        mask: uint32_t = 0
        if self.reader is not None or self.read_waiters:
            mask |= EPOLLIN
        if self.writer is not None or self.write_waiters:
            mask |= EPOLLOUT
        if self.reader is None and self.writer is None and self.sock_ref is not None and self.sock_ref() is not None:
            # Urgent data cuts reads short: once it was seen, a short read proves nothing (see on_events).
            mask = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET
        if mask == 0:
            self.file = None
            self.registry.release(self)
            return 0
        return self.registry.arm(self, mask, verify)

    def file_changed(self, kept) -> cython.int:
        """The number turned out to be another file's now: whoever waited for the old one waits in vain."""
        if kept is not None:
            self.sock_ref = None
        self.drop_callbacks(kept)
        self.wake(self.read_waiters)
        self.wake(self.write_waiters)
        return self.rearm(False)

    def drop_callbacks(self, kept) -> cython.int:
        # Swapped out before they are cancelled: what dies with a callback may add or remove another one.
        handle: Handle
        if self.reader is not kept:
            handle, self.reader = self.reader, None
            if handle is not None:
                handle.cancel()
        if self.writer is not kept:
            handle, self.writer = self.writer, None
            if handle is not None:
                handle.cancel()
        return 0

    def on_evicted(self) -> cython.int:
        self.drop_callbacks(None)
        self.wake(self.read_waiters)
        self.wake(self.write_waiters)
        return 0

    def on_events(self, events: uint32_t) -> cython.int:
        if is_socket(self.file) and socket_fd(self.file) != self.fd and self.is_closed():
            return 0
        reader: Handle = self.reader
        writer: Handle = self.writer
        if events & EPOLLPRI:
            self.short_read_is_last = False
        if events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP):
            self.hung_up = True
        if events & ~EPOLLOUT:
            self.readable = True
            if reader is not None and not reader._cancelled:
                self.queue.push(reader)
            if self.read_waiters:
                self.wake(self.read_waiters)
        if events & ~(EPOLLIN | EPOLLPRI | EPOLLRDHUP):
            self.writable = True
            if writer is not None and not writer._cancelled:
                self.queue.push(writer)
            if self.write_waiters:
                self.wake(self.write_waiters)
        if self.by_level():
            # Waiters that are served must not keep the kernel reporting. A file that was closed behind our back is an
            # error to who uses it next; the registry has let go of it.
            with contextlib.suppress(OSError):
                self.rearm(False)
        return 0

    def is_closed(self) -> cython.bint:
        """Whether a socket was closed with its callbacks on; a duplicate may keep reporting, which has an end here."""
        try:
            if self.registry.arm(self, self.armed, True) == 0:
                self.file = None  # only detached: the number is the same file still
                return False
        except OSError:
            pass
        self.on_evicted()
        self.registry.release(self)
        return True

    def by_level(self) -> cython.bint:
        """Whether callbacks share the descriptor: then no edge corrects a flag that is out of date."""
        return self.reader is not None or self.writer is not None

    def received(self, size: cython.Py_ssize_t, wanted: cython.Py_ssize_t) -> cython.int:
        """Learn from a read on a stream that got ``size`` of the ``wanted`` bytes."""
        if 0 < size < wanted and self.short_read_is_last and not self.hung_up:
            self.readable = False
        return 0

    def wake(self, waiters: list) -> cython.int:
        """Let every waiting operation try again; one that was cancelled meanwhile takes nothing with it."""
        # Emptied first: what dies meanwhile may end an operation, which takes its future out of the list.
        woken: list = waiters[:]
        waiters.clear()
        for future in woken:
            if not future.done():
                future.set_result(None)
        return 0
