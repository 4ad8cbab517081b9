# Libraries of the day passed the loop by hand; set_event_loop(None) made sure that nobody forgot to.
import asyncio
import threading


class Service(object):
    def __init__(self, loop=None):
        self._loop = loop or asyncio.get_event_loop()
        self._lock = asyncio.Lock(loop=self._loop)
        self._started = asyncio.Event(loop=self._loop)
        self._slots = asyncio.BoundedSemaphore(1, loop=self._loop)
        self._items = asyncio.LifoQueue(loop=self._loop)
        self._waiter = asyncio.Future(loop=self._loop)

    @asyncio.coroutine
    def run(self):
        yield from asyncio.sleep(0.01, loop=self._loop)
        self._started.set()
        with (yield from self._lock):
            self._items.put_nowait('a')
            self._items.put_nowait('b')
        with (yield from self._slots):
            last = yield from self._items.get()
        self._waiter.set_result(last)
        return (yield from asyncio.wait_for(self._waiter, 1, loop=self._loop))

    @asyncio.coroutine
    def watch(self):
        yield from self._started.wait()
        return 'started'


def use(loop):
    service = Service(loop=loop)
    tasks = asyncio.gather(service.run(), service.watch(), loop=loop)
    print(loop.run_until_complete(tasks))
    task = loop.create_task(service.watch())
    loop.run_until_complete(asyncio.wait([task], loop=loop))
    print(loop.run_until_complete(asyncio.shield(task, loop=loop)))
    try:
        loop.run_until_complete(asyncio.wait_for(asyncio.Event(loop=loop).wait(), timeout=0.01, loop=loop))
    except asyncio.TimeoutError:
        print('TimeoutError')


def in_thread():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    assert asyncio.get_event_loop() is loop
    use(loop)
    print(loop.run_until_complete(Service().run()))
    loop.close()


loop = asyncio.new_event_loop()
asyncio.set_event_loop(None)
use(loop)
try:
    Service()
except (RuntimeError, AssertionError):
    print('no current loop')
loop.close()

thread = threading.Thread(target=in_thread)
thread.start()
thread.join()


def bare_thread():
    try:
        asyncio.get_event_loop()
    except (RuntimeError, AssertionError) as exc:
        print(type(exc).__name__, str(exc).split(' in ')[0])


thread = threading.Thread(target=bare_thread)
thread.start()
thread.join()
