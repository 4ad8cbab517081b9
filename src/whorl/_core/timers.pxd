cimport cython
from whorl._core.handle cimport Handle

@cython.final
cdef class TimerHandle(Handle):
    pass

@cython.final
cdef class TimerHeap:
    cdef list items
    cdef unsigned long long pushed
    cdef Py_ssize_t cancelled

    @cython.locals(items=list)
    cdef int push(self, TimerHandle timer) except -1
    @cython.locals(items=list, top=TimerHandle, last=TimerHandle)
    cdef TimerHandle pop(self)
    @cython.locals(timer=TimerHandle)
    cdef TimerHandle first(self)
    cdef TimerHandle pop_due(self, double now)
    @cython.locals(live=list, before_this=list, timer=TimerHandle, index=Py_ssize_t)
    cdef int note_cancelled(self) except -1
    @cython.locals(items=list, timer=TimerHandle, parent=TimerHandle, above=Py_ssize_t)
    cdef int sift_up(self, Py_ssize_t index) except -1
    @cython.locals(items=list, timer=TimerHandle, child=TimerHandle, right=TimerHandle, parent=TimerHandle, below=Py_ssize_t, above=Py_ssize_t, top=Py_ssize_t, size=Py_ssize_t)
    cdef int sift_down(self, Py_ssize_t index) except -1
    @cython.locals(timer=TimerHandle)
    cpdef clear(self)

@cython.locals(a=TimerHandle, b=TimerHandle)
cdef bint before(TimerHandle a, TimerHandle b)

@cython.locals(heap=TimerHeap)
cdef int tell_heap(TimerHandle timer) except -1
