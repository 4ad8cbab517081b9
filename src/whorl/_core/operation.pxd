# The C side of operation.py, for the sock operations.
from whorl._core.coroutine cimport Coroutine
from whorl._core.readiness cimport Readiness
from whorl._core.scheduler cimport Scheduler

# The fields of every kind of operation. (No freelist: an object from there keeps the mark that its finalizer ran.)
cdef class Operation(Coroutine):
    cdef Scheduler loop
    cdef object sock
    cdef Readiness readiness
    cdef object data
    cdef object address
    cdef Py_ssize_t size
    cdef bint writes
    cdef bint is_native
    cdef bint passed

    cdef int finish(self) except -1
    cdef int check(self) except -1
    cdef object advance(self)
    cdef int find_readiness(self) except -1
    cdef int descriptor(self) except -1
    cdef object attempt(self)
    cdef bint wants_nothing(self) except -1
    cdef object would_block(self)
    cdef object wait(self)
    cdef bint is_awaited(self) except -1
    cdef int forget_future(self) except -1

# What attempt() returns when the kernel is not ready, and when it is but others should have their turn first.
cdef object NOT_YET
cdef object NEXT_TURN
