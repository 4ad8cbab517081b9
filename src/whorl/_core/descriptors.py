# Kernel-facing module: compiled only; descriptors.pyi is its face to type checkers.
"""Descriptors: files that the program has the loop watch itself, by ``add_reader`` and ``add_writer``.

What is asked for goes to the `Readiness` of the descriptor, made when it is asked for first. A descriptor that a
transport owns is the transport's alone. asyncio's loop checks what it is given and says what is wrong; these functions
are what it calls then, and ``whorl.EventLoop`` makes methods of them.
"""

import cython
from cython.cimports.whorl._core.handle import Handle
from cython.cimports.whorl._core.readiness import Readiness
from cython.cimports.whorl._core.registry import Watch
from cython.cimports.whorl._core.scheduler import Scheduler

# Larger than any descriptor: what a number that no C type holds stands for.
_NO_FILE = 2**62


def ensure_no_transport(self: Scheduler, fd):
    """Refuse a descriptor that a transport owns; a file that is closed already has none."""
    self.check_no_transport(number_of(fd), fd)


def has_transport(self: Scheduler, file):
    """Return whether a transport owns a file's descriptor."""
    owner: Watch = self.registry.owner(open_number_of(file))
    return owner is not None and owner.holds_descriptor()


def add_reader(self: Scheduler, fd, callback, *args):
    """Have a callback run whenever there is something to read, in place of the one before."""
    self.check_open()
    handle = Handle.__new__(Handle)
    self.fill(handle, callback, args, None)
    before = made_readiness(self, fd).set_reader(handle)
    if before is not None:
        before.cancel()
    return handle


def add_writer(self: Scheduler, fd, callback, *args):
    """Have a callback run whenever there is room to write, in place of the one before."""
    self.check_open()
    handle = Handle.__new__(Handle)
    self.fill(handle, callback, args, None)
    before = made_readiness(self, fd).set_writer(handle)
    if before is not None:
        before.cancel()
    return handle


def remove_reader(self: Scheduler, fd):
    """Have no callback run for reading; return whether there was one."""
    if self._closed:
        return False
    readiness: Readiness = known_readiness(self, fd)
    before: Handle = None if readiness is None else readiness.reader
    if before is None:
        return False
    readiness.set_reader(None)
    before.cancel()
    return True


def remove_writer(self: Scheduler, fd):
    """Have no callback run for writing; return whether there was one."""
    if self._closed:
        return False
    readiness: Readiness = known_readiness(self, fd)
    before: Handle = None if readiness is None else readiness.writer
    if before is None:
        return False
    readiness.set_writer(None)
    before.cancel()
    return True


def watched_events(self: Scheduler):
    """Return ``{descriptor: (reader, writer)}`` of the callbacks, for the selector's view."""
    readiness: Readiness
    found = {}
    for entry in self.registry.table:
        if isinstance(entry, Readiness):
            readiness = entry
            if readiness.reader is not None or readiness.writer is not None:
                found[readiness.fd] = (readiness.reader, readiness.writer)
    return found


def stop_watching(self: Scheduler, file):
    """Let whoever owns a descriptor forget it."""
    owner: Watch = self.registry.owner(open_number_of(file))
    if owner is not None:
        self.registry.release(owner)


@cython.cfunc
def made_readiness(loop: Scheduler, file) -> Readiness:
    """Return who waits for a file's descriptor, made if nobody does."""
    fd: cython.longlong = open_number_of(file)
    owner: Watch = loop.registry.owner(fd)
    readiness: Readiness
    if isinstance(owner, Readiness):
        readiness = owner
    else:
        readiness = Readiness(loop.registry, loop.inputs)
        loop.registry.claim(readiness, fd, file)
    readiness.file = file
    return readiness


@cython.cfunc
def known_readiness(loop: Scheduler, file) -> Readiness:
    """Return who waits for a file's descriptor, or None; a file that was closed since is known by its identity."""
    fd: cython.longlong = number_of(file)
    if fd >= 0:
        owner: Watch = loop.registry.owner(fd)
        return owner if isinstance(owner, Readiness) else None
    for entry in loop.registry.table:
        if isinstance(entry, Readiness) and cython.cast(Readiness, entry).file is file:
            return entry
    raise ValueError(f"Invalid file descriptor: {fd}")


@cython.cfunc
@cython.exceptval(-2)
def number_of(file) -> cython.longlong:
    """Return the descriptor of a file or number, -1 for a closed one, with the errors that selectors give."""
    fd = file
    if not isinstance(file, int):
        try:
            fd = int(file.fileno())
        except (AttributeError, TypeError, ValueError):
            raise ValueError(f"Invalid file object: {file!r}") from None
    return max(-1, min(fd, _NO_FILE))


@cython.cfunc
@cython.exceptval(-1)
def open_number_of(file) -> cython.longlong:
    """Return the descriptor of an open file, or a number."""
    fd: cython.longlong = number_of(file)
    if fd < 0:
        raise ValueError(f"Invalid file descriptor: {fd}")
    return fd
