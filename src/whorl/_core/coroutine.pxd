# The C side of coroutine.py, for the operations.

cdef class Stepped:
    cdef object future
    cdef bint started
    cdef bint finished

    cdef object step(self)
    cdef int abandon(self) except -1

cdef class Coroutine(Stepped):
    pass

# The exception that was given to throw().
cdef object thrown(object kind, object value)

# What a call returns that is to be awaited and has nothing to wait for.
cdef object DONE
