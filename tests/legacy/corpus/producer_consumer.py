# Producer and consumers on a bounded queue; a None tells a consumer to stop.
import asyncio

loop = asyncio.get_event_loop()
queue = asyncio.Queue(maxsize=2, loop=loop)
results = []


@asyncio.coroutine
def produce(n):
    for item in range(n):
        yield from queue.put(item)
        print('produced', item, 'full' if queue.full() else '')
        yield from asyncio.sleep(0.03, loop=loop)
    yield from queue.put(None)


def consume(name):
    # no decorator: it is only ever used through "yield from" and Task
    while True:
        item = yield from queue.get()
        if item is None:
            break
        results.append((name, item * item))
    return name


consumer = loop.create_task(consume('c1'))
loop.run_until_complete(asyncio.wait([produce(4), consumer], loop=loop))
print('consumer said', consumer.result())
print(results)
print('left:', queue.qsize(), queue.empty())
loop.close()
