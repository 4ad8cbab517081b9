# Classes that inherit from asyncio's: Task, Future, Lock, Queue, Protocol, the loop; and a task factory.
import asyncio
import heapq


class CountingTask(asyncio.Task):
    made = 0

    def __init__(self, coro, *, loop=None):
        super().__init__(coro, loop=loop)
        type(self).made += 1


class ReentrantLock(asyncio.Lock):
    def __init__(self, name, *, loop=None):
        super().__init__(loop=loop)
        self.name = name
        self.count = 0

    @asyncio.coroutine
    def acquire(self):
        self.count += 1
        return (yield from super().acquire())


class ReversedQueue(asyncio.Queue):
    def _init(self, maxsize):
        self._queue = []

    def _put(self, item, heappush=heapq.heappush):
        heappush(self._queue, -item)

    def _get(self, heappop=heapq.heappop):
        return -heappop(self._queue)


class NamedEvent(asyncio.Event):
    def __init__(self, name, loop):
        asyncio.Event.__init__(self, loop=loop)
        self.name = name

    @asyncio.coroutine
    def wait(self):
        yield from asyncio.Event.wait(self)
        return self.name


class CountingLoop(asyncio.SelectorEventLoop):
    calls = 0

    def call_later(self, delay, callback, *args, **kw):
        self.calls += 1
        return super().call_later(delay, callback, *args, **kw)


@asyncio.coroutine
def work(lock, n):
    with (yield from lock):
        yield from asyncio.sleep(0.001)
    return n


@asyncio.coroutine
def main(loop):
    lock = ReentrantLock('mine', loop=loop)
    tasks = [loop.create_task(work(lock, n)) for n in range(3)]
    print((yield from asyncio.gather(*tasks, loop=loop)), lock.count, lock.name, isinstance(lock, asyncio.Lock))
    print(type(tasks[0]).__name__, isinstance(tasks[0], asyncio.Task), isinstance(tasks[0], asyncio.Future))
    queue = ReversedQueue(maxsize=5, loop=loop)
    for n in (2, 3, 1):
        yield from queue.put(n)
    print([queue.get_nowait() for _ in range(queue.qsize())])
    event = NamedEvent('event', loop)
    loop.call_later(0.001, event.set)
    print((yield from event.wait()), isinstance(event, asyncio.Event))
    async_task = asyncio.async(work(lock, 4))
    print(type(async_task).__name__, (yield from async_task))
    own = asyncio.Task(work(lock, 5))
    own.tag = 'tagged'
    print((yield from own), own.tag)


loop = CountingLoop()
asyncio.set_event_loop(loop)
loop.set_task_factory(lambda loop, coro: CountingTask(coro, loop=loop))
loop.run_until_complete(main(loop))
print(CountingTask.made, loop.calls > 0, isinstance(loop, asyncio.AbstractEventLoop))
loop.close()
