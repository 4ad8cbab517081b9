# Queue, PriorityQueue, LifoQueue, and JoinableQueue of 3.4.
import asyncio

JoinableQueue = getattr(asyncio, 'JoinableQueue', asyncio.Queue)


@asyncio.coroutine
def fill(queue, items):
    for item in items:
        yield from queue.put(item)
    return queue.qsize()


@asyncio.coroutine
def drain(queue):
    items = []
    while not queue.empty():
        items.append((yield from queue.get()))
    return items


@asyncio.coroutine
def worker(queue, done):
    while True:
        item = yield from queue.get()
        yield from asyncio.sleep(0.01 * item)
        done.append(item)
        queue.task_done()


@asyncio.coroutine
def main(loop):
    for cls in (asyncio.Queue, asyncio.PriorityQueue, asyncio.LifoQueue):
        queue = cls(loop=loop)
        print(cls.__name__, (yield from fill(queue, [3, 1, 2])), (yield from drain(queue)))

    queue = asyncio.Queue(1)
    queue.put_nowait('x')
    try:
        queue.put_nowait('y')
    except asyncio.QueueFull:
        print('full', queue.maxsize)
    print(queue.get_nowait())
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty:
        print('empty')
    try:
        yield from asyncio.wait_for(queue.get(), 0.01)
    except asyncio.TimeoutError:
        print('nothing came')

    queue = JoinableQueue(maxsize=0, loop=loop)
    done = []
    workers = [loop.create_task(worker(queue, done)) for _ in range(2)]
    yield from fill(queue, [1, 5, 10])
    yield from queue.join()
    print('joined', sorted(done))
    for task in workers:
        task.cancel()
    results = yield from asyncio.gather(*workers, return_exceptions=True)
    print([type(r).__name__ for r in results])
    try:
        queue.task_done()
    except ValueError as exc:
        print(exc)


loop = asyncio.get_event_loop()
loop.run_until_complete(main(loop))
loop.close()
