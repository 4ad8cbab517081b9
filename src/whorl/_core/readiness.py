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

Callbacks keep their file alive, as asyncio's selector does. Sock operations do not: a socket that its program has
forgotten closes itself, and what is known of it goes with it.
"""

import asyncio
import contextlib
import weakref

import cython
from cython.cimports.libc.stdint import uint32_t
from cython.cimports.whorl._core.handle import Handle
from cython.cimports.whorl._core.linux import (
    AF_INET,
    AF_INET6,
    EPOLLERR,
    EPOLLET,
    EPOLLHUP,
    EPOLLIN,
    EPOLLOUT,
    EPOLLPRI,
    EPOLLRDHUP,
    SOCK_STREAM,
    referent,
    socket_family,
    socket_fd,
    socket_type,
)
from cython.cimports.whorl._core.ready import ReadyQueue
from cython.cimports.whorl._core.registry import Registry, Watch, is_socket

_InvalidStateError = asyncio.InvalidStateError


@cython.no_gc_clear
@cython.cclass
class Readiness(Watch):
    """The callbacks and the waiting sock operations of one descriptor."""

    def __cinit__(self, registry: Registry, queue: ReadyQueue):
        self.registry = registry
        self.queue = queue
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
        if self.serves(sock):
            return 0
        before, self.sock_ref = self.sock_ref, weak_reference(sock)
        self.is_native = is_socket(sock)
        self.short_read_is_last = self.is_native and is_tcp(sock)
        self.readable = self.writable = True
        self.hung_up = False
        if self.rearm(True):
            self.file_changed(None)
        del before
        return 0

    def serves(self, sock) -> cython.bint:
        """Whether this very socket object is the one that sock operations use."""
        return self.sock_ref is not None and referent(self.sock_ref) is sock

    def rearm(self, verify: cython.bint) -> cython.int:
        moved: cython.int
        mask: uint32_t = 0
        if not self.by_level() and self.sock_ref is not None and referent(self.sock_ref) is not None:
            # Urgent data cuts reads short: once it was seen, a short read proves nothing (see on_events).
            mask = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET
            moved = self.registry.arm(self, mask, verify)
            if self.file is not None:
                self.keep_file(None)
            return moved
        if self.reader is not None or self.read_waiters is not None:
            mask |= EPOLLIN
        if self.writer is not None or self.write_waiters is not None:
            mask |= EPOLLOUT
        if mask == 0:
            self.keep_file(None)
            self.registry.release(self)
            return 0
        return self.registry.arm(self, mask, verify)

    def file_changed(self, kept) -> cython.int:
        """The number turned out to be another file's now: whoever waited for the old one waits in vain."""
        if kept is None:
            self.keep_file(None)
        else:
            self.sock_ref = None
        self.drop_callbacks(kept)
        self.wake(False)
        self.wake(True)
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

    def watches(self, file) -> cython.bint:
        return self.armed != 0 and self.is_native and self.serves(file) and socket_fd(file) == self.fd

    def on_evicted(self) -> cython.int:
        self.drop_callbacks(None)
        self.wake(False)
        self.wake(True)
        return 0

    def on_events(self, events: uint32_t) -> cython.int:
        if self.lost_its_file() and self.is_closed():
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
            if self.read_waiters is not None:
                self.wake(False)
        if events & ~(EPOLLIN | EPOLLPRI | EPOLLRDHUP):
            self.writable = True
            if writer is not None and not writer._cancelled:
                self.queue.push(writer)
            if self.write_waiters is not None:
                self.wake(True)
        if self.by_level():
            # Waiters that are served must not keep the kernel reporting. A file that was closed behind our back is an
            # error to who uses it next; the registry has let go of it.
            with contextlib.suppress(OSError):
                self.rearm(False)
        return 0

    def lost_its_file(self) -> cython.bint:
        """Whether the file that the number was given with is closed, or forgotten, or has parted from its number."""
        if self.file is None:
            sock = referent(self.sock_ref)
            return sock is None or (self.is_native and socket_fd(sock) != self.fd)
        return is_socket(self.file) and socket_fd(self.file) != self.fd

    def is_closed(self) -> cython.bint:
        """Ask the kernel whether the file is closed; a duplicate may keep reporting, which has an end here."""
        try:
            if self.registry.arm(self, self.armed, True) == 0:
                self.keep_file(self.fd)  # only detached: the number is the same file still
                return False
        except OSError:
            pass
        self.on_evicted()
        self.registry.release(self)
        return True

    def keep_file(self, file) -> cython.int:
        # Swapped: what dies with the old one may come back here.
        before, self.file = self.file, file
        del before
        return 0

    def by_level(self) -> cython.bint:
        """Whether callbacks share the descriptor: then no edge corrects a flag that is out of date."""
        return self.reader is not None or self.writer is not None

    def received(self, size: cython.Py_ssize_t, wanted: cython.Py_ssize_t) -> cython.int:
        """Learn from a read on a stream that got ``size`` of the ``wanted`` bytes."""
        if 0 < size < wanted and self.short_read_is_last and not self.hung_up:
            self.readable = False
        return 0

    # -- who waits ----------------------------------------------------------------------------------------------

    def has_nothing(self, writing: cython.bint) -> cython.bint:
        """Whether the kernel is known to have no data, or no room: then an edge will come, and only then."""
        return not (self.writable if writing else self.readable) and not self.by_level()

    def add_waiter(self, future, writing: cython.bint) -> cython.int:
        """Complete a future at the next edge."""
        before: object = self.write_waiters if writing else self.read_waiters
        # One operation in each direction is the rule, and needs no list.
        if type(before) is list:
            cython.cast(list, before).append(future)
        elif writing:
            self.write_waiters = future if before is None else [before, future]
        else:
            self.read_waiters = future if before is None else [before, future]
        return self.rearm(False)

    def has_waiter(self, future, writing: cython.bint) -> cython.bint:
        """Whether a future waits for an edge still."""
        waiters: object = self.write_waiters if writing else self.read_waiters
        return waiters is future or (type(waiters) is list and future in cython.cast(list, waiters))

    def remove_waiter(self, future, writing: cython.bint) -> cython.int:
        """An operation waits no more, for whatever reason; it may have been woken long ago."""
        waiters: object = self.write_waiters if writing else self.read_waiters
        if waiters is future:
            waiters = None
        elif type(waiters) is list and future in cython.cast(list, waiters):
            cython.cast(list, waiters).remove(future)
            if cython.cast(list, waiters):
                return 0
            waiters = None
        else:
            return 0
        if writing:
            before, self.write_waiters = self.write_waiters, waiters
        else:
            before, self.read_waiters = self.read_waiters, waiters
        del before
        return 0

    def wake(self, writing: cython.bint) -> cython.int:
        """Let every waiting operation try again; one that was cancelled meanwhile takes nothing with it."""
        waiters: object
        # Taken out first: what dies meanwhile may end an operation, which takes its future out.
        if writing:
            waiters, self.write_waiters = self.write_waiters, None
        else:
            waiters, self.read_waiters = self.read_waiters, None
        if type(waiters) is list:
            for future in cython.cast(list, waiters):
                complete(future)
        elif waiters is not None:
            complete(waiters)
        return 0


def known_readiness(registry: Registry, fd: cython.int, sock) -> Readiness:
    """Return the readiness that serves a socket already; None when the table of owners has to be asked properly."""
    entry: object
    if fd < 0 or fd >= len(registry.table):
        return None
    entry = registry.table[fd]
    if type(entry) is not Readiness or not cython.cast(Readiness, entry).serves(sock):
        return None
    return cython.cast(Readiness, entry)


@cython.cfunc
@cython.exceptval(-1, check=False)
def complete(future) -> cython.int:
    # Cheaper than to ask first: most are waited for still.
    try:  # noqa: SIM105  # once for each message: contextlib.suppress() takes longer than all the rest
        future.set_result(None)
    except _InvalidStateError:
        pass
    return 0


@cython.cfunc
def is_tcp(sock) -> cython.bint:
    return socket_type(sock) == SOCK_STREAM and socket_family(sock) in (AF_INET, AF_INET6)


@cython.cfunc
def weak_reference(sock):
    try:
        return weakref.ref(sock)
    except TypeError:
        return sock  # one of the C class that socket.socket is made of: kept until the number has another owner
