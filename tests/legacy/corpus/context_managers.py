# contextlib beside coroutines: generators with another decorator.
import asyncio
import contextlib
from contextlib import contextmanager

log = []


@contextmanager
def section(name):
    log.append('<%s>' % name)
    try:
        yield name.upper()
    finally:
        log.append('</%s>' % name)


class Pool:
    def __init__(self, size):
        self._free = list(range(size))
        self._lock = asyncio.Semaphore(size)

    @asyncio.coroutine
    def acquire(self):
        yield from self._lock.acquire()
        return self._free.pop()

    def release(self, conn):
        self._free.append(conn)
        self._lock.release()

    @contextmanager
    def _released(self, conn):
        try:
            yield conn
        finally:
            self.release(conn)

    @asyncio.coroutine
    def get(self):
        """``with (yield from pool.get()) as conn``, as aiopg and aioredis had it."""
        conn = yield from self.acquire()
        return self._released(conn)


@asyncio.coroutine
def use(pool, n):
    with section('use%d' % n) as name:
        with (yield from pool.get()) as conn:
            log.append('%s has %d' % (name, conn))
            yield from asyncio.sleep(0)
    with (yield from pool.get()) as conn:
        log.append('again %d' % conn)


@asyncio.coroutine
def main():
    pool = Pool(1)
    for n in range(2):
        yield from use(pool, n)
    with contextlib.ExitStack() as stack:
        for name in 'ab':
            stack.enter_context(section(name))
        yield from asyncio.sleep(0)
    with contextlib.suppress(asyncio.TimeoutError):
        yield from asyncio.wait_for(asyncio.sleep(5), 0.01)
        log.append('not reached')
    with section('fails'), contextlib.suppress(ZeroDivisionError):
        1 / 0


asyncio.get_event_loop().run_until_complete(main())
print('\n'.join(log))
