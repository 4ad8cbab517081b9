# Kernel-facing module: compiled only; streams.pxd is its C side, streams.pyi its face to type checkers.
"""Streams: the reading half of ``asyncio.start_server`` and ``asyncio.open_connection``, compiled.

``StreamTransport`` looks at its protocol. If that is exactly asyncio's ``StreamReaderProtocol`` with exactly its
``StreamReader``, it makes a ``StreamFeed``, which does two things until the connection ends or another protocol
takes over: it puts what arrives into the reader's buffer, and it answers ``reader.read()`` and its siblings, as
attributes of that one reader object. No class is changed and nobody else's reader is touched. The second begins when
the second message comes: a connection that is idle, or asks once, is not worth the memory and the work.

There is one truth: the reader's own attributes (``_buffer``, ``_eof``, ``_exception``, ``_waiter``, ``_paused``). The
compiled side works on them, by the reader's ``__dict__``, as asyncio's methods do, and keeps no state of its own. So it
may leave the rest to asyncio at any moment: only what is common (bytes that are there, or waiting for some) is done
here; an end, an error, a line over the limit, a separator of an unusual kind go to the method that asyncio has for it,
which finds everything as it would have left it itself.

A read that has to wait leaves its future with the feed. When the kernel has something, the transport receives nothing
yet: it completes the future, and the task receives in its own step. So the bytes take the shortest way, and what the
task answers is sent while the kernel still has the connection at hand, as in a protocol. While nobody waits, what
arrives goes into the reader's buffer, up to asyncio's limit.

On a server the writer's ``drain`` is answered here as well.

The feed knows its reader weakly: what arrives for a reader that its user has forgotten is dropped, as on asyncio.
"""

import asyncio
import weakref

import cython
from cython.cimports.cpython.bytearray import PyByteArray_AS_STRING, PyByteArray_GET_SIZE, PyByteArray_Resize
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cython.cimports.libc.string import memcpy
from cython.cimports.whorl._core.coroutine import Coroutine, Stepped, thrown
from cython.cimports.whorl._core.linux import EPOLLIN, MSG_DONTWAIT, errno, memmem, recv, referent, socket_fd
from cython.cimports.whorl._core.scheduler import Scheduler
from cython.cimports.whorl._core.transport import Transport

_StreamReader = cython.declare(object, asyncio.StreamReader)
_StreamWriter = cython.declare(object, asyncio.StreamWriter)
_StreamReaderProtocol = cython.declare(object, asyncio.StreamReaderProtocol)

# What asyncio's reader does in Python: it takes over where the compiled side ends.
_read = cython.declare(object, asyncio.StreamReader.read)
_readline = cython.declare(object, asyncio.StreamReader.readline)
_readexactly = cython.declare(object, asyncio.StreamReader.readexactly)
_readuntil = cython.declare(object, asyncio.StreamReader.readuntil)
_drain = cython.declare(object, asyncio.StreamWriter.drain)
_feed_data = cython.declare(object, asyncio.StreamReader.feed_data)

_set_result = cython.declare(object, asyncio.Future.set_result)  # without a look-up for each message
_InvalidStateError = cython.declare(object, asyncio.InvalidStateError)

_METHODS = cython.declare(tuple, ("read", "readline", "readexactly", "readuntil"))
_REPLACED = cython.declare(frozenset, frozenset([*_METHODS, "feed_data"]))
# The methods as asyncio has them: a program may put others into the class.
_ORIGINALS = cython.declare(tuple, tuple([(name, getattr(asyncio.StreamReader, name)) for name in _REPLACED]))
# Messages after which a connection is taken for one of many.
_WORTH_BINDING = cython.declare(cython.int, 2)
_NEWLINE = cython.declare(bytes, b"\n")
_READ_MOST = cython.declare(cython.size_t, 256 * 1024)
_LIMIT_MOST = cython.declare(cython.Py_ssize_t, 2**61)  # twice that is a number, too
# What take() returns when there is too little, and when asyncio's method has to take over.
_NOT_YET = cython.declare(object, object())
_UNUSUAL = cython.declare(object, object())


@cython.final
@cython.no_gc_clear
@cython.cclass
class StreamRead(Coroutine):
    """One read: up to ``size`` bytes, exactly ``size`` bytes, or all up to a separator.

    Where asyncio's own coroutine has to take over, it is the ``rest``, and is stepped from here.
    """

    feed: StreamFeed
    reader: object
    names: dict
    loop: Scheduler
    buffer: bytearray
    arguments: tuple
    separator: bytes
    size: cython.Py_ssize_t
    searched: cython.Py_ssize_t
    exactly: cython.bint
    unusual: cython.bint
    rest: object
    method_of_asyncio: object

    @property
    def method(self):
        return self.method_of_asyncio.__qualname__

    def __repr__(self):
        return f"<{self.method} on {self.reader!r}>"

    def throw(self, kind, value=None, traceback=None):
        """End with an exception, cancellation for one."""
        if self.rest is None:
            return Coroutine.throw(self, kind, value, traceback)
        try:
            return self.rest.throw(thrown(kind, value))
        finally:
            if self.rest is not None and self.rest.cr_frame is None:
                self.finish()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def expect(self, n) -> cython.int:
        """Take a number of bytes, if it is a positive number."""
        size: cython.Py_ssize_t = -1
        if type(n) is int:
            try:  # noqa: SIM105  # once for each message: contextlib.suppress() takes longer than all the rest
                size = n
            except OverflowError:
                pass
        if size > 0:
            self.size = size
        else:
            self.unusual = True
        return 0

    @cython.cfunc
    def step(self):
        over: cython.bint = True
        if self.finished:
            raise RuntimeError("cannot reuse already awaited coroutine")
        if self.future is not None and self.feed.future is self.future and not self.future.done():
            raise RuntimeError("coroutine is being awaited already")
        try:
            if self.rest is not None:
                return self.go_on()
            if not self.started:
                self.started = True
                if self.names["_exception"] is not None:
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
    def go_on(self):
        try:
            return self.rest.send(None)
        except StopIteration as end:
            self.finish()
            return end.value
        finally:
            if self.rest is not None and self.rest.cr_frame is None:
                self.finish()

    @cython.cfunc
    def take_or_receive(self):
        """Return the bytes, out of the buffer or as they come from the kernel."""
        feed: StreamFeed = self.feed
        scratch: cython.p_char = self.loop.scratch
        size: cython.Py_ssize_t
        end: cython.Py_ssize_t
        limit: cython.Py_ssize_t
        if feed.due:
            feed.due = False
            size = feed.receive()
            if size > 0 and PyByteArray_GET_SIZE(self.buffer) == 0:
                # The usual case: nothing is left over, so nothing has to go through the buffer.
                end = self.end_in(scratch, size)
                if end > 0:
                    result = PyBytes_FromStringAndSize(scratch, end)
                    if end < size:
                        feed.append(scratch + end, size - end)
                        limit = limit_of(self.names)
                        if size > 2 * limit and size - end > limit:
                            feed.pause()
                    return result
            if size > 0:
                feed.append(scratch, size)
                if PyByteArray_GET_SIZE(self.buffer) > 2 * limit_of(self.names):
                    feed.pause()
        return self.take()

    @cython.cfunc
    def take(self):
        """Return the bytes out of the buffer, if it has them."""
        count: cython.Py_ssize_t = PyByteArray_GET_SIZE(self.buffer)
        # Safe: the bytearray cannot change while no Python code runs.
        end: cython.Py_ssize_t = self.end_in(PyByteArray_AS_STRING(self.buffer), count)
        if end > 0:
            return self.cut(end, count)
        return _UNUSUAL if end < 0 or self.names["_eof"] else _NOT_YET

    @cython.cfunc
    def end_in(self, start: cython.p_char, count: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """How many of the ``count`` bytes are the answer: 0 if there are too few, -1 if a line is over the limit."""
        size: cython.Py_ssize_t
        found: cython.p_char = cython.NULL
        if self.separator is None:
            if self.exactly:
                return self.size if count >= self.size else 0
            return min(count, self.size)
        size = PyBytes_GET_SIZE(self.separator)
        # What was searched once is not searched again.
        if count - self.searched >= size:
            found = cython.cast(
                cython.p_char,
                memmem(start + self.searched, count - self.searched, PyBytes_AS_STRING(self.separator), size),
            )
            if found is cython.NULL:
                self.searched = count + 1 - size
        if found is cython.NULL:
            return -1 if self.searched > limit_of(self.names) else 0
        return -1 if found - start > limit_of(self.names) else (found - start) + size

    @cython.cfunc
    def cut(self, size: cython.Py_ssize_t, count: cython.Py_ssize_t):
        """Take ``size`` of the ``count`` bytes out of the buffer."""
        result = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(self.buffer), size)
        if size == count:
            PyByteArray_Resize(self.buffer, 0)
        else:
            del self.buffer[:size]
        if self.names["_paused"]:
            self.reader._maybe_resume_transport()
        return result

    @cython.cfunc
    def wait(self):
        """Return the future to wait for data with."""
        if self.names["_waiter"] is not None:
            return _UNUSUAL  # somebody else waits already: asyncio has the words for that
        if self.names["_paused"]:
            self.names["_paused"] = False
            self.reader._transport.resume_reading()
        future = self.loop.new_future()
        future._asyncio_future_blocking = True  # the sign by which a task knows a future that it is to wait for
        self.names["_waiter"] = future
        self.future = future
        self.feed.future = future
        return future

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def forget_future(self) -> cython.int:
        future, self.future = self.future, None
        # The feed has it no longer if leave_to_task() has completed it.
        if future is not None and self.feed.future is future:
            self.feed.future = None
            if self.names["_waiter"] is future:
                self.names["_waiter"] = None
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def abandon(self) -> cython.int:
        if self.future is not None and self.reader is not None:
            self.feed.due = False
            self.forget_future()
        if self.rest is not None:
            self.rest.close()
        return self.finish()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def finish(self) -> cython.int:
        """It is over: let go of what is held."""
        # A task keeps its finished coroutine, and that would keep the connection: by the names, and by the feed.
        self.finished = True
        reader, self.reader = self.reader, None
        names, self.names = self.names, None
        arguments, self.arguments = self.arguments, None
        feed, self.feed = self.feed, _NO_FEED
        rest, self.rest = self.rest, None
        del reader, names, arguments, feed, rest
        return 0


# Made and forgotten with each message: so they are kept for reuse, and have no finalizer, which would make them seem
# finalized for ever. Nobody warns of one that is not awaited; of a connection's first, asyncio does.
@cython.final
@cython.freelist(64)
@cython.no_gc_clear
@cython.cclass
class StreamDrain(Stepped):
    """One ``writer.drain()``: nothing to wait for, unless the transport is full or ending, or reading has failed."""

    feed: StreamFeed
    writer: object
    rest: object

    method = "StreamWriter.drain"

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
            if not (
                transport is None
                or transport.closing
                or transport.protocol_paused
                or self.feed.names["_exception"] is not None
            ):
                self.finish()
                return None
            self.rest = _drain(self.writer)
        try:
            return self.rest.send(None)
        except StopIteration:
            self.finish()
            return None
        except BaseException:
            if self.rest is not None and self.rest.cr_frame is None:
                self.finish()
            raise

    def throw(self, kind, value=None, traceback=None):
        """End with an exception, cancellation for one."""
        rest = self.rest
        if rest is None:
            return Stepped.throw(self, kind, value, traceback)
        try:
            return rest.throw(thrown(kind, value))
        finally:
            if rest.cr_frame is None:
                self.finish()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def abandon(self) -> cython.int:
        rest = self.rest
        self.finish()
        if rest is not None:
            rest.close()
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def finish(self) -> cython.int:
        """It is over: let go of what is held, which a task would keep."""
        self.finished = True
        writer, self.writer = self.writer, None
        feed, self.feed = self.feed, _NO_FEED
        rest, self.rest = self.rest, None
        del writer, feed, rest
        return 0


@cython.final
@cython.no_gc_clear
@cython.cclass
class StreamFeed:
    """What a transport knows of the reader behind its protocol."""

    def leave_to_task(self):
        """Whether what the kernel has is received by a task: one that waits for it, or one that has done so already."""
        if self.names is None:
            return False
        if self.received_at == self.transport.loop.polled_at:
            return True  # since the kernel said so; if there is more, it will say so again
        if self.due:
            self.due = False  # the task that was woken has not come: it was cancelled, or has ended
            return False
        future, self.future = self.future, None
        if future is None or self.names["_waiter"] is not future:
            return False
        try:
            _set_result(future, None)
        except _InvalidStateError:
            return False  # cancelled
        self.due = True
        self.loop.left_to_tasks = True
        self.names["_waiter"] = None
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

    def take_in(self):
        """Receive what a task was woken for and has not come for: the connection is about to be closed."""
        if self.due:
            self.due = False
            size: cython.Py_ssize_t = self.receive()
            if size > 0:
                self.append(self.loop.scratch, size)
        return 0

    def feed(self, data, size):
        """Add received bytes to the reader's buffer, and wake up who waits for them."""
        reader = referent(self.reader_ref)
        if reader is None:
            return 0  # forgotten by its user
        if PyByteArray_GET_SIZE(self.buffer) + size > 2 * limit_of(self.names) or self.names["_eof"]:
            # Time to pause the transport; or somebody has called feed_eof(), and this may not be.
            _feed_data(reader, PyBytes_FromStringAndSize(data, size))
            return 0
        self.append(data, size)
        waiter = self.names["_waiter"]
        if waiter is not None:
            self.names["_waiter"] = None
            if not waiter.done():
                waiter.set_result(None)
        return 0

    def pause(self):
        """Pause reading as feed_data() does it: the buffer holds more than twice the limit."""
        transport = self.names["_transport"]
        if transport is not None and not self.names["_paused"]:
            transport.pause_reading()
            self.names["_paused"] = True
        return 0

    def append(self, data, size):
        before: cython.Py_ssize_t = PyByteArray_GET_SIZE(self.buffer)
        PyByteArray_Resize(self.buffer, before + size)
        memcpy(PyByteArray_AS_STRING(self.buffer) + before, data, size)
        return 0

    def greet(self, reader, writer):
        """Stand in for the server's callback, once: the writer is known here for the first time."""
        callback, self.client_connected = self.client_connected, None
        if callback is None:
            raise RuntimeError("the server's callback has been called already, or the connection has ended")
        self.transport.protocol._client_connected_cb = callback
        if self.kept_writer() is not writer:
            self.writer_ref = weakref.ref(writer)
        return callback(reader, writer)

    def kept_writer(self):
        """The writer that the protocol keeps: an idle connection needs no reference of ours, where asyncio does so."""
        return getattr(self.transport.protocol, "_stream_writer", None)

    def drain(self):
        """Wait until there is room for more."""
        operation: StreamDrain = StreamDrain.__new__(StreamDrain)
        operation.feed = self
        operation.writer = referent(self.writer_ref)
        return operation

    def count_message(self):
        """Take notice of a message that went to the protocol; the second one shows that it is worth more."""
        self.messages += 1
        return self.bind() if self.messages == _WORTH_BINDING else 0

    def bind(self):
        """Become the reader's methods, unless a program has put something of its own there."""
        reader = referent(self.reader_ref)
        if type(reader) is not _StreamReader or "data_received" in self.transport.protocol.__dict__:
            return 0
        names: dict = reader.__dict__
        if not _REPLACED.isdisjoint(names):
            return 0
        for name, original in _ORIGINALS:
            if getattr(_StreamReader, name) is not original:
                return 0
        self.buffer = names["_buffer"]
        self.names = names
        for name in _METHODS:
            names[name] = getattr(self, name)
        self.transport.protocol.__dict__.setdefault("_drain_helper", self.transport._drain_helper)
        if self.writer_ref is None:
            writer = self.kept_writer()
            self.writer_ref = None if writer is None else weakref.ref(writer)
        writer = referent(self.writer_ref)
        if type(writer) is _StreamWriter:
            writer.__dict__.setdefault("drain", self.drain)
        return 0

    def unbind(self):
        """Give the reader its own methods back."""
        transport: Transport = self.transport
        self.transport = None
        self.due = False
        if self.client_connected is not None:
            # It may be before the greeting; the next feed of this protocol will greet then, or nobody.
            transport.protocol._client_connected_cb, self.client_connected = self.client_connected, None
        if self.names is None:
            return 0
        for name in _METHODS:
            if getattr(self.names.get(name), "__self__", None) is self:
                del self.names[name]
        names = transport.protocol.__dict__
        if getattr(names.get("_drain_helper"), "__self__", None) is transport:
            del names["_drain_helper"]
        writer = referent(self.writer_ref)
        if writer is not None and getattr(writer.__dict__.get("drain"), "__self__", None) is self:
            del writer.drain
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
@cython.exceptval(-1)
def limit_of(names: dict) -> cython.Py_ssize_t:
    """The reader's limit of this moment: programs change it."""
    limit = names["_limit"]
    size: cython.Py_ssize_t = _LIMIT_MOST
    try:
        size = limit
    except (OverflowError, TypeError):  # a float, infinity for one
        if limit < _LIMIT_MOST:
            size = int(max(limit, -1))  # numbers of bytes are whole: they are above both or neither
    return min(size, _LIMIT_MOST)


@cython.cfunc
def begin(feed: StreamFeed, method, arguments: tuple) -> StreamRead:
    operation: StreamRead
    reader = referent(feed.reader_ref)
    if reader is None:
        raise RuntimeError("the StreamReader that is to read is gone: keep the reader, not only its method")
    operation = StreamRead.__new__(StreamRead)
    operation.feed = feed
    operation.reader = reader
    operation.buffer = feed.buffer
    operation.names = feed.names
    operation.loop = feed.loop
    operation.method_of_asyncio = method
    operation.arguments = arguments
    return operation


# What an operation that is over has in place of its feed.
_NO_FEED = cython.declare(StreamFeed, StreamFeed.__new__(StreamFeed))


def feed_for(transport, protocol):
    """Return a feed for the reader behind a protocol, or None if it is no stream protocol of asyncio's."""
    feed: StreamFeed
    if type(protocol) is not _StreamReaderProtocol:
        return None
    feed = StreamFeed.__new__(StreamFeed)
    feed.transport = transport
    feed.loop = transport.loop
    feed.reader_ref = protocol._stream_reader_wr
    feed.client_connected = protocol._client_connected_cb
    if feed.client_connected is not None:
        protocol._client_connected_cb = feed.greet
    return feed
