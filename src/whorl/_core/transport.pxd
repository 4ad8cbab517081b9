# The C side of transport.py, for the stream and the datagram transport.
cimport cython
from libc.stdint cimport uint32_t
from whorl._core.registry cimport Watch
from whorl._core.scheduler cimport Scheduler

cdef class Transport(Watch):
    cdef Scheduler loop
    cdef dict __dict__  # asyncio's transports take attributes, and tests replace their methods
    cdef object sock
    cdef object public_sock
    cdef object protocol
    cdef object context
    cdef object server
    cdef object waiter
    cdef dict extra
    cdef object peername
    cdef object sockname
    cdef Py_ssize_t high
    cdef Py_ssize_t low
    cdef int lost
    cdef bint started
    cdef bint closing
    cdef bint finished
    cdef bint paused
    cdef bint protocol_paused

    cdef int take_over(self, Scheduler loop, object sock, object protocol, object waiter, dict extra, object context) except -1
    cdef int begin(self, Scheduler loop, object sock, object protocol, object waiter, dict extra, object context) except -1
    cdef int change_protocol(self, object protocol) except -1
    cdef int rearm(self) except -1
    cdef uint32_t wanted(self)
    cdef int readable(self) except -1
    cdef int writable(self) except -1
    cdef int read_nothing(self, Py_ssize_t size, int code) except -1
    cdef Py_ssize_t pending(self)
    cdef int drop_pending(self) except -1
    cdef int maybe_pause_protocol(self) except -1
    cdef int maybe_resume_protocol(self) except -1
    cdef int tell_protocol(self, str method) except -1
    cdef int report(self, object exc, str message) except -1
    cdef int lose(self, object exc) except -1
    cdef int finish(self) except -1
