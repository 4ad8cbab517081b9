# The C side of scheduler.py, for the transports.
cimport cython
from whorl._core.handle cimport Handle
from whorl._core.ready cimport ReadyQueue
from whorl._core.registry cimport Registry, Watch
from whorl._core.timers cimport TimerHandle, TimerHeap
from whorl._core.waker cimport Waker

cdef class Scheduler:
    cdef public bint _closed
    cdef public bint _stopping
    cdef public bint _debug
    cdef public object _thread_id
    cdef public object _current_handle
    cdef public object _task_factory
    cdef public bint own_clock
    cdef object bound_call_soon
    cdef object clock
    cdef dict options
    cdef readonly ReadyQueue ready
    cdef readonly TimerHeap timers
    cdef ReadyQueue due
    cdef ReadyQueue inputs
    cdef Registry registry
    cdef Waker waker
    cdef ReadyQueue corked
    cdef Handle spare  # those that have run and wait for another callback, each with the next as its ``heap``
    cdef Py_ssize_t spares
    cdef Watch served  # the transport whose protocol is told of something now; what it writes is on no list
    cdef bint in_callback
    cdef double longest_wait
    cdef double polled_at
    cdef bint left_to_tasks
    cdef char* scratch
    cdef object kept  # the message that came last, and how many bytes it has room for
    cdef Py_ssize_t kept_room

    cdef int fill(self, Handle handle, object callback, tuple args, object context) except -1
    cdef double now(self) except? -1
    cdef object new_future(self)
    cdef dict own_options(self)
    cdef int check_open(self) except -1
    cdef Handle soon(self, object callback, tuple args, object context)
    cdef int keep(self, Handle handle) except -1
    cdef TimerHandle schedule(self, double due, object callback, tuple args, object context)
    cdef int turn(self) except -1
    cdef bint time_to_poll(self, double now)
    cdef int poll(self, double now) except -1
    cdef int dispatch_events(self) except -1
    cdef int run_queue(self, ReadyQueue queue, Py_ssize_t count) except -1
    cdef int timeout(self, double now) except -1
    cdef int run(self, Handle handle) except -1
    cdef int run_timed(self, Handle handle) except -1
    cdef int report(self, Handle handle) except -1
    cdef int cork(self, Watch watch) except -1
    cdef int flush_corked(self) except -1
    cdef int check_no_transport(self, long long fd, object file) except -1
