# Kernel-facing module: compiled only; scheduler.pxd is its C side, scheduler.pyi its face to type checkers.
"""The scheduler: one turn of the loop, again and again until it is stopped.

A turn is, in asyncio's order: look what the kernel has to report and which timers are due; run the callbacks that were
ready before that look; hand the events to the watches that own the descriptors; run the timers. Callbacks that any of
these make ready wait for the next turn.

Three rules keep it fast and fair:

- While callbacks are ready the kernel is asked only every ``_POLL_GAP`` seconds: a chain of callbacks does not pay for
  a system call at each link, and input never waits longer than the gap for a chain. It is asked at once when the loop
  has done something that it may answer to: watched another descriptor, or sent something.
- What a callback writes to a transport is corked until the callback ends, then sent at once.
- Another thread's callback ends the loop's sleep through the waker, and costs no system call while the loop is awake.

``Scheduler`` stands before asyncio's own loop among the bases of ``whorl.EventLoop``. Its public fields bear the names
of asyncio's attributes (``_stopping``, ``_closed``, ``_debug``, ``_thread_id``), so that inherited code reads and
writes these very fields.
"""

import asyncio
import sys
import threading
import time
from asyncio import coroutines, format_helpers
from asyncio.log import logger

import cython
from cython.cimports.cpython.mem import PyMem_Free, PyMem_Malloc
from cython.cimports.cpython.object import PyObject, PyObject_Call
from cython.cimports.libc.math import ceil
from cython.cimports.whorl._core.context import lend, take_back, variables_here
from cython.cimports.whorl._core.handle import Handle
from cython.cimports.whorl._core.linux import (
    context_enter,
    drop,
    is_context,
    is_mine_alone,
    monotonic,
    raise_pending,
    raw_call,
    raw_context_exit,
)
from cython.cimports.whorl._core.ready import ReadyQueue
from cython.cimports.whorl._core.registry import Registry, Watch
from cython.cimports.whorl._core.timers import TimerHandle, TimerHeap
from cython.cimports.whorl._core.waker import Waker

from whorl.compat import format_handle

# Seconds for which ready callbacks may keep the kernel waiting. An empty poll takes about 0.3 µs, so that the polls of
# a busy loop stay below one percent; 50 µs are less than the latency that a loaded asyncio loop has anyway.
_POLL_GAP = cython.declare(cython.double, 50e-6)
# A timer counts as due when it is this close, as in asyncio: the resolution of its clock.
_RESOLUTION = cython.declare(cython.double, 1e-9)
# Milliseconds; asyncio's bound for one wait, kept because epoll_wait takes an int. The main thread looks up sooner: a
# signal that comes after Python's last look for one and before the kernel's wait begins interrupts nothing.
_LONGEST_WAIT = cython.declare(cython.double, 24 * 3600 * 1000.0)
_LONGEST_WAIT_IN_MAIN = cython.declare(cython.double, 1000.0)
# Bytes that one read may take, asyncio's number: large enough for bulk, small enough that one connection cannot hold up
# the others. The readers (stream, datagram, sock) rely on it.
_SCRATCH_SIZE = cython.declare(cython.size_t, 256 * 1024)

# Handles that wait for their next callback: as many as a busy turn needs, 160 KiB.
_MOST_SPARES = cython.declare(cython.Py_ssize_t, 1024)

# What loop.time is: a function of C's that is bound to nothing takes less time to call than a method.
_monotonic = cython.declare(object, time.monotonic)

_Task = cython.declare(object, asyncio.Task)
_Future = cython.declare(object, asyncio.Future)


@cython.no_gc_clear
@cython.cclass
class Scheduler:
    """The turning part of the loop."""

    def __cinit__(self):
        self._closed = True  # until asyncio's constructor has opened the loop: there is nothing to close before
        self.ready = ReadyQueue()
        self.timers = TimerHeap()
        self.due = ReadyQueue()
        self.inputs = ReadyQueue()
        self.registry = Registry()
        self.corked = ReadyQueue()
        self.scratch = cython.cast(cython.p_char, PyMem_Malloc(_SCRATCH_SIZE))
        if self.scratch is cython.NULL:
            raise MemoryError
        self.waker = Waker()
        self.waker.attach(self.registry)

    def __dealloc__(self):
        PyMem_Free(self.scratch)

    # -- what asyncio's Task and Future ask for at each step ----------------------------------------------------

    def get_debug(self):
        """Return whether asyncio's debug mode is on."""
        return self._debug

    def is_running(self):
        """Return whether the loop runs now."""
        return self._thread_id is not None

    def is_closed(self):
        """Return whether the loop was closed."""
        return self._closed

    @property
    def time(self):
        """The loop's clock in seconds, to be called: that of ``time.monotonic()``.

        A property, so that a test that puts a clock of its own in its place (``mock.patch.object(loop, "time")``) is
        noticed, and the timers follow that clock.
        """
        return _monotonic if self.clock is None else self.clock

    @time.setter
    def time(self, clock):
        self.clock = clock
        self.own_clock = True

    @time.deleter
    def time(self):
        self.clock = None
        self.own_clock = False

    def now(self) -> cython.double:
        """The time on the clock of the timers."""
        return self.time() if self.own_clock else monotonic()

    def create_future(self):
        """Return a new future of this loop."""
        return self.new_future()

    def new_future(self):
        return PyObject_Call(_Future, (), self.own_options())

    def own_options(self) -> dict:
        """The keyword arguments of futures and tasks, kept: making a dict takes longer than making a future."""
        if self.options is not None:
            return self.options
        options = {"loop": self}
        if not self._closed:  # it refers to the loop: close() lets go of it
            self.options = options
        return options

    def create_task(self, coro, *, name=None, context=None, **kwargs):
        """Run a coroutine as a task; keyword arguments unknown here go on to the task or its factory."""
        self.check_open()
        if self._task_factory is None:
            if name is None and context is None and not kwargs:
                return PyObject_Call(_Task, (coro,), self.own_options())
            return _Task(coro, loop=self, name=name, context=context, **kwargs)
        if context is not None:
            kwargs["context"] = context
        task = self._task_factory(self, coro, **kwargs)
        if name is not None:
            task.set_name(name)
        return task

    # -- scheduling ---------------------------------------------------------------------------------------------

    def call_soon(self, callback, *args, context=None):
        """Run a callback in the next turn, in the order of calls; returns its handle."""
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_soon")
        return self.soon(callback, args, context)

    def call_soon_threadsafe(self, callback, *args, context=None):
        """Like ``call_soon``, from any thread or signal handler: the loop wakes up for it."""
        if self._debug:
            self._check_callback(callback, "call_soon_threadsafe")
        handle = self.soon(callback, args, context)
        self.waker.wake()
        return handle

    def call_later(self, delay, callback, *args, context=None):
        """Run a callback after ``delay`` seconds; returns its handle."""
        if delay is None:
            raise TypeError("delay must not be None")
        seconds: cython.double
        if type(delay) is float or type(delay) is int:
            seconds = delay
            return self.schedule(self.now() + seconds, callback, args, context)
        due: cython.double = self.now() + delay  # a number of another kind adds itself in its own way
        return self.schedule(due, callback, args, context)

    def call_at(self, when, callback, *args, context=None):
        """Run a callback at a time of ``loop.time()``; returns its handle."""
        if when is None:
            raise TypeError("when cannot be None")
        due: cython.double = when
        return self.schedule(due, callback, args, context)

    def schedule(self, due: cython.double, callback, args: tuple, context) -> TimerHandle:
        timer: TimerHandle
        self.check_open()
        if due != due:  # NaN, which would have no place in the heap
            raise ValueError("a timer's time must be a number, got NaN")
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_at")
        timer = TimerHandle.__new__(TimerHandle)
        timer._due = due
        self.fill(timer, callback, args, context)
        self.timers.push(timer)
        return timer

    def fill(self, handle: Handle, callback, args: tuple, context) -> cython.int:
        handle._callback = callback
        handle._args = args
        handle._loop = self
        if context is None:
            handle.context = variables_here()
        elif is_context(context):
            handle.context = context
        else:
            raise TypeError(f"a contextvars.Context was expected, got {context!r}")
        if self._debug:
            handle._source_traceback = format_helpers.extract_stack(sys._getframe())
        return 0

    def soon(self, callback, args: tuple, context) -> Handle:
        handle: Handle
        self.check_open()
        handle = self.spare
        if handle is not None:
            self.spare = handle.heap
            handle.heap = None
            handle._cancelled = False
            self.spares -= 1
        if handle is None or not is_mine_alone(handle):  # who asks the garbage collector finds those that wait here
            handle = Handle.__new__(Handle)
        self.fill(handle, callback, args, context)
        self.ready.push(handle)
        return handle

    def keep(self, handle: Handle) -> cython.int:
        """Keep a handle that has run for another callback, if nobody else has it; it lets go of this one now."""
        if type(handle) is not Handle or handle._source_traceback is not None or self.spares >= _MOST_SPARES:
            return 0
        if not is_mine_alone(handle):
            return 0
        handle.let_go()
        handle.context = handle._loop = None
        if is_mine_alone(handle):  # still: what died with the callback may have found it
            handle.heap = self.spare
            self.spare = handle
            self.spares += 1
        return 0

    def _add_callback(self, handle):
        """Queue a handle of asyncio's own (signal handlers have one)."""
        if not handle._cancelled:
            self.soon(handle._run, (), None)

    def _write_to_self(self):
        """Wake the loop up; inherited code calls this after it queued something."""
        self.waker.wake()

    def _check_closed(self):
        self.check_open()

    def _check_thread(self):
        if self._thread_id is not None and threading.get_ident() != self._thread_id:
            raise RuntimeError("Non-thread-safe operation invoked on an event loop other than the current one")

    def _check_callback(self, callback, method):
        if coroutines.iscoroutine(callback) or coroutines.iscoroutinefunction(callback):
            raise TypeError(f"coroutines cannot be used with {method}()")
        if not callable(callback):
            raise TypeError(f"a callable object was expected by {method}(), got {callback!r}")

    def check_open(self) -> cython.int:
        if self._closed:
            raise RuntimeError("Event loop is closed")
        return 0

    # -- the turn -----------------------------------------------------------------------------------------------

    def _run_once(self):
        """Turn until the loop is stopped; once only, when nobody runs the loop, or a callback of its own calls this.

        asyncio's ``run_forever`` calls this and looks at ``_stopping`` after it; some programs call it themselves.
        """
        if self.in_callback:
            self.turn()
            return
        in_main = threading.get_ident() == threading.main_thread().ident
        self.longest_wait = _LONGEST_WAIT_IN_MAIN if in_main else _LONGEST_WAIT
        self.polled_at = 0.0  # each run begins with a look at the kernel
        self.in_callback = True
        try:
            while True:
                self.turn()
                if self._stopping or self._thread_id is None:
                    break
        finally:
            self.in_callback = False
            if self.corked.count:
                self.flush_corked()

    def turn(self) -> cython.int:
        timer: TimerHandle
        count: cython.Py_ssize_t
        now: cython.double = monotonic()
        if self.time_to_poll(now):
            self.poll(now)
            now = self.polled_at
        count = self.ready.count
        if len(self.timers.items):
            if self.own_clock:
                now = self.now()
            timer = self.timers.pop_due(now + _RESOLUTION)
            while timer is not None:
                self.due.push(timer)
                timer = self.timers.pop_due(now + _RESOLUTION)
        self.run_queue(self.ready, count)
        if self.registry.position < self.registry.count or self.inputs.count:
            self.dispatch_events()
        if self.due.count:
            self.run_queue(self.due, self.due.count)
        return 0

    def time_to_poll(self, now: cython.double) -> cython.bint:
        if self.ready.count == 0 or self._stopping:
            return True
        if self.left_to_tasks:
            # What the kernel has said is received by tasks that are ready now; until then it would say it again.
            self.left_to_tasks = False
            return False
        return self.registry.stirred or now - self.polled_at >= _POLL_GAP

    def poll(self, now: cython.double) -> cython.int:
        """Take events from the kernel, waiting for them if nothing else is to be done."""
        registry: Registry = self.registry
        timeout: cython.int
        if self.served is not None:
            self.served.flush_inside()  # its protocol turns the loop, and may wait for an answer
        timeout = self.timeout(self.now() if self.own_clock else now)
        if self.corked.count:
            # Written by a destructor, after the callback that it belongs to: nobody else would flush it.
            self.flush_corked()
            timeout = 0
        if registry.position < registry.count:
            pass  # Ctrl-C left some of the last ones; an edge among them would not be reported again
        elif timeout == 0:
            registry.wait(0)
        else:
            self.in_callback = False
            self.waker.signalled = False
            self.waker.sleeping = True
            try:
                registry.wait(timeout)
            finally:
                self.waker.sleeping = False
                self.in_callback = True
        self.polled_at = monotonic()
        self.left_to_tasks = False
        return 0

    def dispatch_events(self) -> cython.int:
        """Hand the events to their owners, and run the callbacks of ``add_reader`` and ``add_writer``."""
        registry: Registry = self.registry
        started: cython.double
        fd: cython.int
        if self.inputs.count:
            self.run_queue(self.inputs, self.inputs.count)
        while registry.position < registry.count:
            if self._debug:
                fd = cython.cast(cython.int, registry.events[registry.position].data.u64 & 0xFFFFFFFF)
                started = monotonic()
                registry.dispatch_next()
                self._log_if_slow(started, self.registry.owner(fd))
            else:
                registry.dispatch_next()
            if self.corked.count:
                self.flush_corked()
            if self.inputs.count:
                self.run_queue(self.inputs, self.inputs.count)
        return 0

    def run_queue(self, queue, count: cython.Py_ssize_t) -> cython.int:
        """Run the first ``count`` handles of a queue; fewer if a callback empties it, as ``close()`` does."""
        handle: Handle
        while count > 0 and queue.count > 0:
            count -= 1
            handle = queue.pop()
            if handle._cancelled:
                continue
            if self._debug:
                self.run_timed(handle)
            else:
                self.run(handle)
                self.keep(handle)
            if self.corked.count:
                self.flush_corked()
        return 0

    def timeout(self, now: cython.double) -> cython.int:
        """Milliseconds that the kernel may be waited for; 0 with work at hand."""
        timer: TimerHandle
        wait: cython.double = self.longest_wait
        # First of all: cancelled timers that it lets go may run code that makes callbacks ready.
        timer = self.timers.first()
        if self.ready.count or self.due.count or self.inputs.count or self._stopping:
            return 0
        if timer is not None:
            wait = ceil(min((timer._due - now) * 1000.0, wait))
        return 0 if wait <= 0 else cython.cast(cython.int, wait)

    def run(self, handle: Handle) -> cython.int:
        """Run a handle in its context; its exception goes to the exception handler, an exit goes on."""
        result: cython.pointer(PyObject)
        context = handle.context
        lent: cython.bint = not is_context(context)
        if lent:
            context = handle.context = lend(context)
        try:
            context_enter(context)
        except Exception as exc:
            handle._report(exc)
            return 0
        result = raw_call(handle._callback, handle._args)
        raw_context_exit(context)
        if lent:
            variables = take_back(context)
            if variables is not None:
                handle.context = variables
        if result is cython.NULL:
            return self.report(handle)
        drop(result)
        return 0

    def report(self, handle: Handle) -> cython.int:
        try:
            raise_pending()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            handle._report(exc)
        return 0

    def run_timed(self, handle: Handle) -> cython.int:
        """Run a handle in debug mode: say which one is at work, and which one took long."""
        started: cython.double = monotonic()
        self._current_handle = handle
        try:
            self.run(handle)
        finally:
            self._current_handle = None
        if monotonic() - started >= self.slow_callback_duration:
            self._log_if_slow(started, format_handle(handle))
        return 0

    def _log_if_slow(self, started, what):
        duration = monotonic() - started
        if duration >= self.slow_callback_duration:
            logger.warning("Executing %s took %.3f seconds", what, duration)

    # -- corks --------------------------------------------------------------------------------------------------

    def cork(self, watch: Watch) -> cython.int:
        """Have a transport flushed when the callback that runs now ends."""
        return self.corked.push(watch)

    def flush_corked(self) -> cython.int:
        watch: Watch
        # pause_writing() and resume_writing() run in here and may write again: those come behind, to the same queue.
        while self.corked.count:
            watch = self.corked.pop()
            watch.flush()
        return 0

    # -- descriptors --------------------------------------------------------------------------------------------

    def check_no_transport(self, fd: cython.longlong, file) -> cython.int:
        """Refuse a descriptor that a transport owns."""
        owner: Watch = self.registry.owner(fd)
        if owner is not None and owner.holds_descriptor():
            raise RuntimeError(f"File descriptor {file!r} is used by transport {owner!r}")
        return 0

    def _close_registry(self):
        """Give up epoll and the waker; the end of ``close()``."""
        self.registry.close()
        self.waker.close_descriptor()
        self.bound_call_soon = self.options = self.spare = None
        self.spares = 0
        self.due.clear()
        self.inputs.clear()
        self.corked.clear()

    def _before_fork(self):
        """Send what is corked, or parent and child would both send it."""
        watch: Watch
        if self.served is not None:
            self.served.flush_inside()
        for watch in self.corked:
            watch.flush_inside()

    def _after_fork(self):
        """Part from the parent process: epoll and the waker must not be shared with it."""
        self.registry.count = self.registry.position = 0
        self.registry.rebuild()
        self.waker.attach(self.registry)
