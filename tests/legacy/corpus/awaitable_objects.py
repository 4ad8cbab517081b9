# Objects for "yield from", for "await" and for "with (yield from ...)", as the database drivers of the time had them.
import asyncio


class _ContextManager:
    """``yield from pool.acquire()``, ``await pool.acquire()`` and ``async with pool.acquire()``."""

    __slots__ = ('_coro', '_obj')

    def __init__(self, coro):
        self._coro = coro
        self._obj = None

    def send(self, value):
        return self._coro.send(value)

    def throw(self, typ, val=None, tb=None):
        return self._coro.throw(typ, val, tb)

    def close(self):
        return self._coro.close()

    def __next__(self):
        return self.send(None)

    def __iter__(self):
        return self._coro

    def __await__(self):
        return (yield from self._coro)

    @asyncio.coroutine
    def __aenter__(self):
        self._obj = yield from self._coro
        return self._obj

    @asyncio.coroutine
    def __aexit__(self, exc_type, exc, tb):
        yield from self._obj.close()
        self._obj = None


class Cursor:
    def __init__(self, rows):
        self.rows = rows
        self.closed = False

    @asyncio.coroutine
    def fetchone(self):
        yield from asyncio.sleep(0)
        return self.rows.pop(0) if self.rows else None

    @asyncio.coroutine
    def close(self):
        yield from asyncio.sleep(0)
        self.closed = True
        print('cursor closed')

    @asyncio.coroutine
    def __aiter__(self):
        return self

    def __aiter__(self):
        return self

    @asyncio.coroutine
    def __anext__(self):
        row = yield from self.fetchone()
        if row is None:
            raise StopAsyncIteration
        return row


class Connection:
    def cursor(self, *rows):
        return _ContextManager(self._cursor(rows))

    @asyncio.coroutine
    def _cursor(self, rows):
        yield from asyncio.sleep(0.001)
        return Cursor(list(rows))


class Reply:
    """Waits for its future itself."""

    def __init__(self, loop):
        self.future = loop.create_future()
        loop.call_later(0.01, self.future.set_result, 'reply')

    def __iter__(self):
        result = yield from self.future
        return result

    __await__ = __iter__


@asyncio.coroutine
def old(conn, loop):
    cursor = yield from conn.cursor(1, 2)
    print((yield from cursor.fetchone()), (yield from cursor.fetchone()), (yield from cursor.fetchone()))
    yield from cursor.close()
    print((yield from Reply(loop)))


async def new(conn, loop):
    cursor = await conn.cursor('x')
    print(await cursor.fetchone(), cursor.closed)
    async with conn.cursor('a', 'b') as cursor:
        async for row in cursor:
            print('row', row)
    print(await Reply(loop))


loop = asyncio.get_event_loop()
loop.run_until_complete(old(Connection(), loop))
loop.run_until_complete(new(Connection(), loop))
loop.close()
