cimport cython

@cython.final
cdef class ReadyQueue:
    cdef list ring
    cdef Py_ssize_t mask
    cdef Py_ssize_t head
    cdef Py_ssize_t count

    @cython.locals(tail=Py_ssize_t)
    cdef int push(self, object handle) except -1
    cdef object pop(self)
    @cython.locals(ring=list, i=Py_ssize_t, places=Py_ssize_t)
    cdef int grow(self) except -1
    @cython.locals(fresh=list, before=list)
    cpdef clear(self)
