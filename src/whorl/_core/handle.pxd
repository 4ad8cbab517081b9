cimport cython

cdef class Handle:
    cdef readonly object _callback
    cdef readonly tuple _args
    cdef object context
    cdef readonly object _loop
    cdef readonly bint _cancelled
    cdef public object _source_traceback
    cdef object _repr
    cdef object __weakref__
    # Of TimerHandle, which adds no field of its own: types of one size share the kept ones.
    cdef double _due
    cdef unsigned long long order
    cdef object heap  # of a handle that the scheduler keeps: the next of these

    @cython.locals(args=tuple)
    cdef int let_go(self) except -1
