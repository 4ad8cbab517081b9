# The C side of waker.py, for the scheduler.
cimport cython
from whorl._core.registry cimport Registry, Watch

@cython.final
cdef class Waker(Watch):
    cdef bint sleeping
    cdef bint signalled

    cdef int attach(self, Registry registry) except -1
    cdef int wake(self) except -1
    cdef int close_descriptor(self) except -1
