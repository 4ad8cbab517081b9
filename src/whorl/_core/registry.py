# cython: boundscheck=True
# Kernel-facing module: compiled only; registry.pxd is its C side, registry.pyi its face to type checkers.
"""The registry: which watch owns which descriptor, and what epoll is asked to report for it.

A descriptor number says little: the kernel hands a closed one out again at once. So each watch has, beside its
number, a generation that is never used twice; epoll carries both, and an event whose generation is not the owner's
is dropped. ``table[number]`` holds the owner: strongly while the kernel reports for it (the event must find it),
weakly while it does not (a paused transport that everybody has forgotten may go). ``reporting[number]`` is the owner's
generation in the first case and 0 in the second: a look there tells whether an event is for somebody, and who it is
for is in the table then.

``stirred`` says that the loop has watched or sent something since it last asked the kernel, which may have an answer.

There is one owner for each number. ``claim`` makes a watch the owner and evicts the one before, ``arm`` tells epoll
what to report, ``release`` ends the ownership. Nothing else in whorl calls epoll_ctl.

Watches, and whatever else C code reaches without a check, are ``no_gc_clear``: the garbage collector may take a cycle
of them apart, but never empties one that somebody can still call.

A file that was closed behind our back while a duplicate of it lives on keeps reporting, and epoll_ctl can no longer
name it. ``wait`` sees such events by their generation and builds the epoll set anew without that file.
"""

import contextlib
import fcntl
import os
import socket

import cython
from cython.cimports.cpython.mem import PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cython.cimports.cpython.object import PyTypeObject
from cython.cimports.cpython.weakref import PyWeakref_NewRef
from cython.cimports.libc.limits import INT_MAX
from cython.cimports.libc.stdint import uint32_t, uint64_t
from cython.cimports.whorl._core.linux import (
    EBADF,
    EEXIST,
    EINTR,
    ENOENT,
    EPOLL_CLOEXEC,
    EPOLL_CTL_ADD,
    EPOLL_CTL_DEL,
    EPOLL_CTL_MOD,
    EPOLLET,
    check_signals,
    close,
    epoll_create1,
    epoll_ctl,
    epoll_event,
    epoll_wait,
    errno,
    has_type,
    monotonic,
    socket_family,
    socket_fd,
    socket_proto,
    socket_type,
)

_Socket = socket.socket
# Events taken from the kernel at one time; more are taken in the next turn.
_BATCH = cython.declare(cython.int, 1024)
# Seconds. Who gives up the interpreter while another thread computes has it back after sys.getswitchinterval(), 5 ms;
# who had to wait for longer than `_LATE` takes it for granted that it will be so again, and first waits with the
# interpreter in hand: long enough for the answers of peers nearby, short beside what the other thread gets then.
_LATE = cython.declare(cython.double, 1e-3)
_IN_HAND = cython.declare(cython.double, 100e-6)
# Byte code of Python's own, in which the interpreter goes to a thread that has waited its time.
_give_way = cython.declare(object, eval("lambda: None"))


@cython.no_gc_clear
@cython.cclass
class Watch:
    """What owns a descriptor and hears of its events; the base of every transport, listener and readiness."""

    def __cinit__(self):
        self.fd = -1

    def holds_descriptor(self) -> cython.bint:
        """Whether this is a transport whose socket has the number still: then nobody else may use it."""
        return False

    def watches(self, file) -> cython.bint:
        """Whether epoll reports for this very file object on behalf of this watch."""
        return False

    def on_events(self, events: uint32_t) -> cython.int:
        """React to what epoll reports; errors of user code are handled here, only exits pass."""
        raise NotImplementedError

    def on_evicted(self) -> cython.int:
        """Another watch owns the number now: forget the descriptor, it is somebody else's."""
        return 0

    def flush(self) -> cython.int:
        """Send what was held back until the end of the callback."""
        return 0

    def flush_inside(self) -> cython.int:
        """Do that before the callback has ended."""
        return 0


@cython.no_gc_clear
@cython.cclass
class Registry:
    """An epoll instance and the owner of each descriptor in it."""

    def __cinit__(self):
        self.epfd = -1
        self.table = []
        self.last_generation = 0
        self.count = 0
        self.position = 0
        self.events = cython.cast(cython.pointer(epoll_event), PyMem_Malloc(_BATCH * cython.sizeof(epoll_event)))
        if self.events is cython.NULL:
            raise MemoryError
        self.open()

    def __dealloc__(self):
        PyMem_Free(self.events)
        PyMem_Free(self.reporting)
        if self.epfd >= 0:
            close(self.epfd)

    def open(self) -> cython.int:
        epfd: cython.int = epoll_create1(EPOLL_CLOEXEC)
        if epfd < 0:
            raise system_error(errno, "cannot open an epoll instance")
        self.epfd = epfd
        return 0

    def owner(self, fd: cython.longlong) -> Watch:
        """Return the watch that owns a descriptor number, or None."""
        entry: object
        if fd < 0 or fd >= len(self.table):
            return None
        entry = self.table[fd]
        if entry is None or isinstance(entry, Watch):
            return entry
        return entry()

    def claim(self, watch: Watch, fd: cython.longlong, file) -> cython.int:
        """Make a watch the owner of a descriptor number, which is that of ``file``; who owned it before is evicted."""
        before: Watch
        if fd < 0:
            raise ValueError(f"Invalid file descriptor: {fd}")
        if fd > INT_MAX:
            raise OverflowError("signed integer is greater than maximum")
        if self.epfd < 0:
            raise RuntimeError("Event loop is closed")
        if fd >= len(self.table):
            fcntl.fcntl(fd, fcntl.F_GETFD)  # fails for a number that is no descriptor: no table for that
        before = self.owner(fd)
        if before is not None and before is not watch:
            if before.watches(file):
                return self.hand_over(before, watch)
            self.release(before)
            before.on_evicted()
        while fd >= len(self.table):
            self.table.append(None)
        self.reserve(fd)
        self.last_generation += 1
        if self.last_generation == 0:
            self.last_generation = 1  # 0 marks a watch that owns nothing
        watch.fd = fd
        watch.generation = self.last_generation
        watch.armed = 0
        return self.remember_weakly(watch)

    def reserve(self, fd: cython.Py_ssize_t) -> cython.int:
        """Have a place for a descriptor number in ``reporting``."""
        if fd < self.places:
            return 0
        places: cython.Py_ssize_t = 2 * fd + 64
        room: cython.p_void = PyMem_Realloc(self.reporting, places * cython.sizeof(uint32_t))
        if room is cython.NULL:
            raise MemoryError
        self.reporting = cython.cast(cython.pointer(uint32_t), room)
        for i in range(self.places, places):
            self.reporting[i] = 0
        self.places = places
        return 0

    def hand_over(self, before: Watch, watch: Watch) -> cython.int:
        """Give one watch the place of another, for the same file: saves asking epoll to forget it first.

        Until the new one arms it, epoll goes on reporting what the old one wanted, and nobody minds.
        """
        watch.fd = before.fd
        watch.generation = before.generation
        watch.armed = EPOLLET  # something, but none of the events that a watch can want
        self.table[watch.fd] = watch
        before.generation = 0
        before.armed = 0
        return before.on_evicted()

    def remember_weakly(self, watch: Watch) -> cython.int:
        entry: object = PyWeakref_NewRef(
            watch, None
        )  # may start the garbage collector, and a finalizer may close the loop
        if watch.fd < len(self.table):
            self.reporting[watch.fd] = 0
            self.table[watch.fd] = entry
        return 0

    def arm(self, watch: Watch, mask: uint32_t, verify: cython.bint) -> cython.int:
        """Have the kernel report exactly the events in ``mask`` to a watch; 0 for none.

        With ``verify`` the kernel is asked even when nothing changes, which finds out (and mends) that the number
        belongs to another file by now. Returns 1 when that was so, else 0.
        """
        event: epoll_event
        moved: cython.int = 0
        operation: cython.int
        if watch.generation == 0 or self.epfd < 0:
            return 0
        if mask == 0:
            if watch.armed:
                # An error here means that the file is closed already, and epoll has forgotten it with that.
                epoll_ctl(self.epfd, EPOLL_CTL_DEL, watch.fd, cython.address(event))
                watch.armed = 0
                self.remember_weakly(watch)
            return 0
        if mask == watch.armed and not verify:
            return 0
        self.stirred = True
        event.events = mask
        event.data.u64 = (cython.cast(uint64_t, watch.generation) << 32) | cython.cast(uint32_t, watch.fd)
        operation = EPOLL_CTL_MOD if watch.armed else EPOLL_CTL_ADD
        if epoll_ctl(self.epfd, operation, watch.fd, cython.address(event)) < 0:
            if errno == ENOENT and operation == EPOLL_CTL_MOD:
                moved = 1  # the number was closed and given out again since we asked last
                operation = EPOLL_CTL_ADD
                # A duplicate of the old file may still report, under the old generation.
                self.last_generation += 1
                watch.generation = self.last_generation
                event.data.u64 = (cython.cast(uint64_t, watch.generation) << 32) | cython.cast(uint32_t, watch.fd)
            elif errno == EEXIST and operation == EPOLL_CTL_ADD:
                operation = EPOLL_CTL_MOD  # left by an owner that never said goodbye
            else:
                return self.fail(watch, errno)
            if epoll_ctl(self.epfd, operation, watch.fd, cython.address(event)) < 0:
                return self.fail(watch, errno)
        if watch.armed == 0:
            self.table[watch.fd] = watch
        self.reporting[watch.fd] = watch.generation
        watch.armed = mask
        return moved

    def fail(self, watch: Watch, code: cython.int) -> cython.int:
        fd: cython.int = watch.fd
        if code == EBADF:
            self.release(watch)
        raise system_error(code, f"epoll cannot watch descriptor {fd}")

    def release(self, watch: Watch) -> cython.int:
        """End a watch's ownership. Safe to call at any time, any number of times."""
        if watch.generation == 0:
            return 0
        self.arm(watch, 0, False)
        watch.generation = 0
        watch.armed = 0
        if watch.fd < len(self.table):
            self.reporting[watch.fd] = 0
            self.table[watch.fd] = None
        return 0

    def wait(self, timeout: cython.int) -> cython.int:
        """Take events from the kernel; ``timeout`` in milliseconds, 0 not to wait."""
        count: cython.int = 0
        code: cython.int = 0
        epfd: cython.int = self.epfd
        events: cython.pointer(epoll_event) = self.events
        woken: cython.double
        if timeout == 0:
            # Too short to be worth handing the interpreter to another thread and queueing for it again.
            count = epoll_wait(epfd, events, _BATCH, 0)
        elif self.contended:
            count = self.wait_in_hand()
        if count < 0:
            code = errno
        elif count == 0 and timeout != 0:
            check_signals()  # one that came just now would not interrupt the wait any more
            with cython.nogil:
                count = epoll_wait(epfd, events, _BATCH, timeout)
                if count < 0:
                    code = errno
                woken = monotonic()
            self.contended = monotonic() - woken > _LATE
        self.position = 0
        self.count = 0
        self.stirred = False
        if count < 0:
            if code != EINTR:
                raise system_error(code, "epoll_wait failed; the loop's epoll descriptor is no longer its own")
            check_signals()
            return 0
        self.count = count
        for i in range(count):
            if not self.is_current(events[i].data.u64):
                # Without a descriptor left the event is dropped, and this is tried again when it comes back.
                with contextlib.suppress(OSError):
                    self.rebuild()
                break
        return 0

    def wait_in_hand(self) -> cython.int:
        """Wait for events without giving up the interpreter, for a moment."""
        count: cython.int = 0
        ends: cython.double
        _give_way()
        ends = monotonic() + _IN_HAND
        while count == 0 and monotonic() < ends:
            count = epoll_wait(self.epfd, self.events, _BATCH, 0)
        return count

    def is_current(self, data: uint64_t) -> cython.bint:
        fd: uint32_t = cython.cast(uint32_t, data)
        return fd < self.places and self.reporting[fd] == cython.cast(uint32_t, data >> 32)

    def dispatch_next(self) -> cython.int:
        """Hand the next event to its owner, unless an event before it ended the ownership."""
        watch: Watch
        event: epoll_event = self.events[self.position]
        self.position += 1
        if not self.is_current(event.data.u64):
            return 0
        watch = cython.cast(Watch, self.table[cython.cast(uint32_t, event.data.u64)])
        return watch.on_events(event.events)

    def rebuild(self) -> cython.int:
        """Open a new epoll instance and ask it for the same; events already taken stay valid."""
        old: cython.int = self.epfd
        mask: uint32_t
        watch: Watch
        self.open()
        close(old)
        for entry in list(self.table):
            if isinstance(entry, Watch):
                watch = entry
                mask = watch.armed
                watch.armed = 0
                try:
                    self.arm(watch, mask, False)
                except OSError:
                    # The descriptor was closed behind our back; its owner hears of it when it is used next.
                    self.remember_weakly(watch)
        return 0

    def close(self):
        """Give up every descriptor and the epoll instance; the descriptors themselves stay open."""
        watch: Watch
        # Swapped first: what dies with a watch may ask for the owner of a descriptor.
        before, self.table = self.table, []
        for i in range(self.places):
            self.reporting[i] = 0
        self.count = 0
        self.position = 0
        for entry in before:
            watch = entry if entry is None or isinstance(entry, Watch) else entry()
            if watch is not None:
                watch.generation = 0
                watch.armed = 0
        if self.epfd >= 0:
            close(self.epfd)
            self.epfd = -1


def is_socket(value) -> cython.bint:
    """Whether a value really is a socket object, whose descriptor may be read with ``socket_fd``."""
    return has_type(value, cython.cast(cython.pointer(PyTypeObject), _Socket))


def system_error(code, doing=None):
    """Return the OSError of an errno, as Python's own calls raise it; ``doing`` adds what was being done."""
    return OSError(code, os.strerror(code) if doing is None else f"{os.strerror(code)}: {doing}")


def _check_layout():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP) as probe:
        said = (probe.fileno(), probe.family, probe.type, probe.proto)
        if (socket_fd(probe), socket_family(probe), socket_type(probe), socket_proto(probe)) != said:
            raise ImportError("whorl._core: this interpreter lays its socket objects out in an unknown way")


_check_layout()
