# The C side of streams.py, for the stream transport.
from whorl._core.scheduler cimport Scheduler
from whorl._core.transport cimport Transport

cdef class StreamFeed:
    cdef Transport transport
    cdef Scheduler loop
    cdef object reader_ref
    cdef dict names
    cdef object writer_ref
    cdef object client_connected
    cdef bytearray buffer
    cdef object future
    cdef bint due
    cdef int messages
    cdef double received_at

    cdef bint leave_to_task(self) except -1
    cdef Py_ssize_t receive(self) except -2
    cdef int take_in(self) except -1
    cdef int feed(self, const char* data, Py_ssize_t size) except -1
    cdef int append(self, const char* data, Py_ssize_t size) except -1
    cdef int pause(self) except -1
    cdef int count_message(self) except -1
    cdef int bind(self) except -1
    cdef object kept_writer(self)
    cdef int unbind(self) except -1

cdef StreamFeed feed_for(Transport transport, object protocol)
