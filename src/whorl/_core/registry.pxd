# The C side of registry.py, for the modules that watch descriptors.
cimport cython
from libc.stdint cimport uint32_t, uint64_t
from whorl._core.linux cimport epoll_event

cdef class Watch:
    cdef readonly int fd
    cdef uint32_t generation
    cdef uint32_t armed
    cdef object __weakref__

    cdef bint holds_descriptor(self)
    cdef bint watches(self, object file)
    cdef int on_events(self, uint32_t events) except -1
    cdef int on_evicted(self) except -1
    cdef int flush(self) except -1
    cdef int flush_inside(self) except -1

cdef bint is_socket(object value)

@cython.final
cdef class Registry:
    cdef int epfd
    cdef list table
    cdef uint32_t* reporting
    cdef Py_ssize_t places
    cdef uint32_t last_generation
    cdef epoll_event* events
    cdef bint stirred
    cdef int count
    cdef int position
    cdef bint contended

    cdef Watch owner(self, long long fd)
    cdef int claim(self, Watch watch, long long fd, object file) except -1
    cdef int hand_over(self, Watch before, Watch watch) except -1
    cdef int arm(self, Watch watch, uint32_t mask, bint verify) except -1
    cdef int release(self, Watch watch) except -1
    cdef int wait(self, int timeout) except -1
    cdef int wait_in_hand(self) except? -1
    cdef int dispatch_next(self) except -1
    cdef int fail(self, Watch watch, int code) except -1
    cdef bint is_current(self, uint64_t data)
    cdef int rebuild(self) except -1
    cdef int remember_weakly(self, Watch watch) except -1
    cdef int open(self) except -1
    cdef int reserve(self, Py_ssize_t fd) except -1
    cpdef close(self)
