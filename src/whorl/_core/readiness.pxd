# The C side of readiness.py, for the scheduler and the sock operations.
cimport cython
from libc.stdint cimport uint32_t
from whorl._core.handle cimport Handle
from whorl._core.ready cimport ReadyQueue
from whorl._core.registry cimport Registry, Watch

@cython.final
cdef class Readiness(Watch):
    cdef Registry registry
    cdef ReadyQueue queue
    cdef Handle reader
    cdef Handle writer
    cdef object read_waiters  # None, the future that waits, or a list of them
    cdef object write_waiters
    cdef object sock_ref
    cdef object file  # of the callbacks; None while there are only sock operations
    cdef bint is_native
    cdef bint short_read_is_last
    cdef bint readable
    cdef bint writable
    cdef bint hung_up

    cdef Handle set_reader(self, Handle handle)
    cdef Handle set_writer(self, Handle handle)
    cdef int serve(self, object sock) except -1
    cdef bint serves(self, object sock)
    cdef bint lost_its_file(self)
    cdef bint is_closed(self) except -1
    cdef int keep_file(self, object file) except -1
    cdef bint by_level(self)
    cdef int received(self, Py_ssize_t size, Py_ssize_t wanted) except -1
    cdef int rearm(self, bint verify) except -1
    cdef int file_changed(self, Handle kept) except -1
    cdef int drop_callbacks(self, Handle kept) except -1
    cdef bint has_nothing(self, bint writing)
    cdef int add_waiter(self, object future, bint writing) except -1
    cdef bint has_waiter(self, object future, bint writing)
    cdef int remove_waiter(self, object future, bint writing) except -1
    cdef int wake(self, bint writing) except -1

cdef Readiness known_readiness(Registry registry, int fd, object sock)
