# Kernel-facing module: compiled only; waker.pxd is its C side.
"""The waker: how another thread, or a signal handler, ends the loop's wait.

An eventfd in the loop's epoll set, edge-triggered: each write is a new edge, so nobody ever reads it (eventfd(2);
its counter would overflow after 2**64 writes). It is written only while the loop sleeps, and once for each sleep:
all threads change ``sleeping`` and ``signalled`` under the interpreter's lock, and the loop looks at its ready queue
under that lock before it sleeps.
"""

import cython
from cython.cimports.libc.stdint import uint64_t
from cython.cimports.whorl._core.linux import (
    EFD_CLOEXEC,
    EFD_NONBLOCK,
    EPOLLET,
    EPOLLIN,
    close,
    errno,
    eventfd,
    write,
)
from cython.cimports.whorl._core.registry import Registry, Watch

from whorl._core.registry import system_error


@cython.no_gc_clear
@cython.cclass
class Waker(Watch):
    """An eventfd that the loop watches."""

    def __cinit__(self):
        self.fd = -1

    def __dealloc__(self):
        self.close_descriptor()

    def attach(self, registry: Registry) -> cython.int:
        """Open a new eventfd, in place of the last one if there was one, and have the registry watch it."""
        registry.release(self)
        self.close_descriptor()
        fd: cython.int = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)
        if fd < 0:
            raise system_error(errno, "cannot open an eventfd")
        self.sleeping = self.signalled = False
        registry.claim(self, fd, None)
        return registry.arm(self, EPOLLIN | EPOLLET, False)

    def wake(self) -> cython.int:
        """End the loop's sleep, if it sleeps and nobody has woken it yet."""
        one: uint64_t = 1
        if self.sleeping and not self.signalled and self.fd >= 0:
            self.signalled = True
            write(self.fd, cython.address(one), cython.sizeof(one))
        return 0

    def on_events(self, events) -> cython.int:
        return 0

    def close_descriptor(self) -> cython.int:
        if self.fd >= 0:
            close(self.fd)
            self.fd = -1
        return 0
