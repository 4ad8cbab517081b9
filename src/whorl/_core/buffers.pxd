cimport cython

@cython.final
cdef class WriteBuffer:
    cdef bytes alone
    cdef list chunks
    cdef Py_ssize_t first
    cdef Py_ssize_t offset
    cdef Py_ssize_t size

    @cython.locals(fresh=list)
    cdef int append(self, bytes data) except -1
    @cython.locals(chunk=bytes, left=Py_ssize_t)
    cdef int consume(self, Py_ssize_t count) except -1
    @cython.locals(alone=bytes)
    cpdef clear(self)
