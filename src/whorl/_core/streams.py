# Kernel-facing module: compiled only; streams.pxd is its C side, streams.pyi its face to type checkers.
"""Streams: the reading half of ``asyncio.start_server`` and ``asyncio.open_connection``, compiled.

``StreamTransport`` looks at its protocol. If that is exactly asyncio's ``StreamReaderProtocol`` with exactly its
``StreamReader``, it makes a ``StreamFeed``, which does two things until the connection ends or another protocol
takes over: it puts what arrives into the reader's buffer, and it answers ``reader.read()`` and its siblings, as
attributes of that one reader object. No class is changed and nobody else's reader is touched.

There is one truth: the reader's own attributes (``_buffer``, ``_eof``, ``_exception``, ``_waiter``, ``_paused``). The
compiled side works on them as asyncio's methods do and keeps nothing of its own. So it may leave the rest to
asyncio at any moment: only what is common (bytes that are there, or waiting for some) is done here; an end, an error,
a line over the limit, a separator of an unusual kind go to the method that asyncio has for it, which finds everything
as it would have left it itself.

A read that has to wait leaves its future with the feed. When the kernel has something, the transport receives nothing
yet: it completes the future, and the task receives in its own step. So the bytes take the shortest way, and what the
task answers is sent while the kernel still has the connection at hand, as in a protocol. While nobody waits, what
arrives goes into the reader's buffer, up to asyncio's limit.

On a server the writer's ``drain`` is answered here as well.

The feed knows its reader weakly: a reader that its user has forgotten has to die, as asyncio closes the connection then.
"""

import asyncio
import weakref

import cython
from cython.cimports.cpython.bytearray import PyByteArray_AS_STRING, PyByteArray_GET_SIZE, PyByteArray_Resize
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cython.cimports.libc.string import memcpy
from cython.cimports.whorl._core.coroutine import Coroutine
from cython.cimports.whorl._core.linux import EPOLLIN, MSG_DONTWAIT, errno, memmem, recv, referent, socket_fd
from cython.cimports.whorl._core.scheduler import Scheduler
from cython.cimports.whorl._core.transport import Transport

_StreamReader = cython.declare(object, asyncio.StreamReader)
_StreamReaderProtocol = cython.declare(object, asyncio.StreamReaderProtocol)

# What asyncio's reader does in Python: it takes over where the compiled side ends.
_read = cython.declare(object, asyncio.StreamReader.read)
_readline = cython.declare(object, asyncio.StreamReader.readline)
_readexactly = cython.declare(object, asyncio.StreamReader.readexactly)
_readuntil = cython.declare(object, asyncio.StreamReader.readuntil)
_drain = cython.declare(object, asyncio.StreamWriter.drain)
_feed_data = cython.declare(object, asyncio.StreamReader.feed_data)

_METHODS = cython.declare(tuple, ("read", "readline", "readexactly", "readuntil"))
_NEWLINE = cython.declare(bytes, b"\n")
_READ_MOST = cython.declare(cython.size_t, 256 * 1024)
_MOST = 2**62  # a larger number of bytes than can ever be there
# What take() returns when there is too little, and when asyncio's method has to take over.
_NOT_YET = cython.declare(object, object())
_UNUSUAL = cython.declare(object, object())


@cython.no_gc_clear
@cython.cclass
class StreamOperation(Coroutine):
    """What reading and draining have in common: asyncio's own coroutine may take over, and is stepped then."""

    rest: object
    method_of_asyncio: object

    @property
    def method(self):
        return self.method_of_asyncio.__qualname__

    @cython.cfunc
    def go_on(self):
        try:
            return self.rest.send(None)
        except StopIteration as end:
            self.finish()
            return end.value
        finally:
            if self.rest is not None and self.rest.cr_frame is None:
                self.finish()

    def throw(self, kind, value=None, traceback=None):
        """End with an exception, cancellation for one."""
        if self.rest is None:
            return Coroutine.throw(self, kind, value, traceback)
        if value is None:
            value = kind() if isinstance(kind, type) else kind
        try:
            return self.rest.throw(value)
        finally:
            if self.rest is not None and self.rest.cr_frame is None:
                self.finish()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def abandon(self) -> cython.int:
        if self.rest is not None:
            self.rest.close()
        return self.finish()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def finish(self) -> cython.int:
        """It is over: let go of what is held; a task keeps its finished coroutine, and that would keep the connection."""
        self.finished = True
        before, self.rest = self.rest, None
        del before
        return 0


@cython.final
@cython.no_gc_clear
@cython.cclass
class StreamRead(StreamOperation):
    """One read: up to ``size`` bytes, exactly ``size`` bytes, or all up to a separator."""

    feed: StreamFeed
    reader: object
    loop: Scheduler
    buffer: bytearray
    arguments: tuple
    separator: bytes
    size: cython.Py_ssize_t
    limit: cython.Py_ssize_t
    searched: cython.Py_ssize_t
    exactly: cython.bint
    unusual: cython.bint

    def __repr__(self):
        return f"<{self.method} on {self.reader!r}>"

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def expect(self, n) -> cython.int:
        """Take a number of bytes, if it is a positive number."""
        if type(n) is int and 0 < n <= _MOST:
            self.size = n
        else:
            self.unusual = True
        return 0

    @cython.cfunc
    def step(self):
        over: cython.bint = True
        if self.finished:
            raise RuntimeError("cannot reuse already awaited coroutine")
        if self.future is not None and not self.future.done():
            raise RuntimeError("coroutine is being awaited already")
        try:
            if self.rest is not None:
                return self.go_on()
            if not self.started:
                self.started = True
                if self.reader._exception is not None:
                    self.unusual = True
            else:
                self.forget_future()
            result = _UNUSUAL if self.unusual else self.take_or_receive()
            if result is _NOT_YET:
                result = self.wait()
                over = result is _UNUSUAL
            if result is _UNUSUAL:
                self.rest = self.method_of_asyncio(self.reader, *self.arguments)
                return self.go_on()
            return result
        finally:
            if over and self.rest is None:
                self.finish()

    @cython.cfunc
    def take_or_receive(self):
        """Return the bytes, out of the buffer or as they come from the kernel."""
        feed: StreamFeed = self.feed
        size: cython.Py_ssize_t
        if not feed.due:
            return self.take()
        feed.due = False
        size = feed.receive()
        if size > 0:
            if self.separator is None and not self.exactly and size <= self.size:
                if PyByteArray_GET_SIZE(self.buffer) == 0:
                    return PyBytes_FromStringAndSize(feed.transport.loop.scratch, size)
            feed.append(feed.transport.loop.scratch, size)
        return self.take()

    @cython.cfunc
    def take(self):
        """Return the bytes if they are there; decides by the buffer alone."""
        end: cython.Py_ssize_t
        count: cython.Py_ssize_t = PyByteArray_GET_SIZE(self.buffer)
        if self.separator is not None:
            end = self.find(count)
            if end < 0:
                return _UNUSUAL if self.searched > self.limit or self.reader._eof else _NOT_YET
            if end - PyBytes_GET_SIZE(self.separator) > self.limit:
                return _UNUSUAL
            return self.cut(end, count)
        if count >= self.size:
            return self.cut(self.size, count)
        if count and not self.exactly:
            return self.cut(count, count)
        return _UNUSUAL if self.reader._eof else _NOT_YET

    @cython.cfunc
    def find(self, count: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Return where the first separator ends, or -1; what was searched once is not searched again."""
        # Safe: the bytearray cannot change while no Python code runs.
        size: cython.Py_ssize_t = PyBytes_GET_SIZE(self.separator)
        start: cython.p_char = PyByteArray_AS_STRING(self.buffer)
        found: cython.p_char = cython.NULL
        if count - self.searched >= size:
            found = cython.cast(
                cython.p_char,
                memmem(start + self.searched, count - self.searched, PyBytes_AS_STRING(self.separator), size),
            )
            if found is cython.NULL:
                self.searched = count + 1 - size
        return -1 if found is cython.NULL else (found - start) + size

    @cython.cfunc
    def cut(self, size: cython.Py_ssize_t, count: cython.Py_ssize_t):
        """Take ``size`` of the ``count`` bytes out of the buffer."""
        result = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(self.buffer), size)
        if size == count:
            PyByteArray_Resize(self.buffer, 0)
        else:
            del self.buffer[:size]
        if self.reader._paused:
            self.reader._maybe_resume_transport()
        return result

    @cython.cfunc
    def wait(self):
        """Return the future to wait for data with."""
        reader = self.reader
        if reader._waiter is not None:
            return _UNUSUAL  # somebody else waits already: asyncio has the words for that
        if reader._paused:
            reader._paused = False
            reader._transport.resume_reading()
        future = self.loop.new_future()
        future._asyncio_future_blocking = True  # the sign by which a task knows a future that it is to wait for
        reader._waiter = future
        self.future = future
        self.feed.future = future
        return future

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def forget_future(self) -> cython.int:
        future, self.future = self.future, None
        if future is not None:
            if self.feed.future is future:
                self.feed.future = None
            if self.reader._waiter is future:
                self.reader._waiter = None
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def abandon(self) -> cython.int:
        if self.future is not None and self.reader is not None:
            self.feed.due = False
            self.forget_future()
        return StreamOperation.abandon(self)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def finish(self) -> cython.int:
        reader, self.reader = self.reader, None
        del reader
        return StreamOperation.finish(self)


@cython.final
@cython.no_gc_clear
@cython.cclass
class StreamDrain(StreamOperation):
    """One ``writer.drain()``: nothing to wait for, unless the transport is full or ending, or reading has failed."""

    feed: StreamFeed
    writer: object

    def __repr__(self):
        return f"<{self.method} on {self.writer!r}>"

    @cython.cfunc
    def step(self):
        transport: Transport
        if self.finished:
            raise RuntimeError("cannot reuse already awaited coroutine")
        if self.rest is None:
            self.started = True
            transport = self.feed.transport
            if not (transport is None or transport.closing or transport.protocol_paused or self.feed.has_failed()):
                self.finish()
                return None
            self.rest = _drain(self.writer)
        return self.go_on()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def finish(self) -> cython.int:
        writer, self.writer = self.writer, None
        del writer
        return StreamOperation.finish(self)


@cython.final
@cython.no_gc_clear
@cython.cclass
class StreamFeed:
    """What a transport knows of the reader behind its protocol."""

    def leave_to_task(self):
        """Whether what the kernel has is received by a task: one that waits for it, or one that has done so already."""
        if self.received_at == self.transport.loop.polled_at:
            return True  # since the kernel said so; if there is more, it will say so again
        if self.due:
            self.due = False  # the task that was woken has not come: it was cancelled, or has ended
            return False
        future, self.future = self.future, None
        if future is None or future.done():
            return False
        reader = referent(self.reader_ref)
        if reader is None or reader._waiter is not future:
            return False
        self.due = True
        reader._waiter = None
        future.set_result(None)
        return True

    def receive(self):
        """Receive into the loop's scratch buffer; returns the number of bytes, or less than 1 for none."""
        transport: Transport = self.transport
        size: cython.Py_ssize_t
        if transport is None or not transport.armed & EPOLLIN:
            return 0  # another protocol has taken over, or reading is paused since
        self.received_at = transport.loop.polled_at
        size = recv(socket_fd(transport.sock), transport.loop.scratch, _READ_MOST, MSG_DONTWAIT)
        if size <= 0:
            transport.read_nothing(size, errno)
            return -1
        return size

    def feed(self, data, size):
        """Add received bytes to the reader's buffer, and wake up who waits for them."""
        reader = referent(self.reader_ref)
        if reader is None:
            return 0  # forgotten by its user: asyncio closes the connection
        if PyByteArray_GET_SIZE(self.buffer) + size > 2 * self.limit:
            # Time to pause the transport.
            _feed_data(reader, PyBytes_FromStringAndSize(data, size))
            return 0
        self.append(data, size)
        waiter = reader._waiter
        if waiter is not None:
            reader._waiter = None
            if not waiter.done():
                waiter.set_result(None)
        return 0

    def append(self, data, size):
        before: cython.Py_ssize_t = PyByteArray_GET_SIZE(self.buffer)
        PyByteArray_Resize(self.buffer, before + size)
        memcpy(PyByteArray_AS_STRING(self.buffer) + before, data, size)
        return 0

    def has_failed(self):
        reader = referent(self.reader_ref)
        return reader is not None and reader._exception is not None

    def greet(self, reader, writer):
        """Stand in for the server's callback, once: the writer is known here for the first time."""
        protocol = self.transport.protocol
        protocol._client_connected_cb = self.client_connected
        writer.__dict__["drain"] = self.drain
        self.writer_ref = weakref.ref(writer)
        return self.client_connected(reader, writer)

    def drain(self):
        """Wait until there is room for more."""
        operation: StreamDrain = StreamDrain.__new__(StreamDrain)
        operation.feed = self
        operation.writer = referent(self.writer_ref)
        operation.method_of_asyncio = _drain
        return operation

    def bind(self, reader):
        """Become the reader's methods."""
        names = reader.__dict__
        for name in _METHODS:
            names[name] = getattr(self, name)
        if self.client_connected is not None:
            self.transport.protocol._client_connected_cb = self.greet
        return 0

    def unbind(self):
        """Give the reader its own methods back."""
        self.transport = None
        self.due = False
        reader = referent(self.reader_ref)
        if reader is not None:
            names = reader.__dict__
            for name in _METHODS:
                if getattr(names.get(name), "__self__", None) is self:
                    del names[name]
        writer = referent(self.writer_ref)
        if writer is not None:
            writer.__dict__.pop("drain", None)
        return 0

    def read(self, n=-1):
        """Read up to ``n`` bytes, as soon as there are any; without ``n``, all up to the end."""
        operation: StreamRead = begin(self, _read, (n,))
        operation.expect(n)
        return operation

    def readline(self):
        """Read a line, its newline included."""
        operation: StreamRead = begin(self, _readline, ())
        operation.separator = _NEWLINE
        return operation

    def readexactly(self, n):
        """Read exactly ``n`` bytes."""
        operation: StreamRead = begin(self, _readexactly, (n,))
        operation.expect(n)
        operation.exactly = True
        return operation

    def readuntil(self, separator=b"\n"):
        """Read up to a separator and including it."""
        operation: StreamRead = begin(self, _readuntil, (separator,))
        if type(separator) is bytes and separator:
            operation.separator = separator
        else:
            operation.unusual = True
        return operation


@cython.cfunc
def begin(feed: StreamFeed, method, arguments: tuple) -> StreamRead:
    operation: StreamRead = StreamRead.__new__(StreamRead)
    operation.feed = feed
    operation.reader = referent(feed.reader_ref)
    operation.buffer = feed.buffer
    operation.loop = feed.loop
    operation.limit = feed.limit
    operation.method_of_asyncio = method
    operation.arguments = arguments
    return operation


def feed_for(transport, protocol):
    """Return a feed for the reader behind a protocol, or None if protocol or reader are of another kind."""
    feed: StreamFeed
    if type(protocol) is not _StreamReaderProtocol:
        return None
    reader = protocol._stream_reader
    if type(reader) is not _StreamReader or type(reader._buffer) is not bytearray:
        return None
    names = reader.__dict__
    for name in _METHODS:
        if name in names:
            return None  # a program has put something of its own in its place
    if "feed_data" in names or "data_received" in protocol.__dict__:
        return None
    feed = StreamFeed.__new__(StreamFeed)
    feed.transport = transport
    feed.loop = transport.loop
    feed.reader_ref = weakref.ref(reader)
    feed.buffer = reader._buffer
    feed.limit = reader._limit
    feed.client_connected = protocol._client_connected_cb
    feed.bind(reader)
    return feed
