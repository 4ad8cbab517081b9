# Everything that made or looked at tasks under its old name.
import asyncio


@asyncio.coroutine
def worker(n):
    me = asyncio.Task.current_task()
    yield from asyncio.sleep(0.01 * n)
    assert asyncio.Task.current_task() is me
    return n * 10


@asyncio.coroutine
def main(loop):
    one = asyncio.async(worker(1))
    two = asyncio.ensure_future(worker(2))
    three = loop.create_task(worker(3))
    four = asyncio.Task(worker(4))
    five = asyncio.async(worker(5), loop=loop)
    six = asyncio.Task(worker(6), loop=loop)
    seven = asyncio.ensure_future(worker(7), loop=loop)
    mine = [one, two, three, four, five, six, seven]
    print('same task:', asyncio.async(one) is one)
    print('all tasks:', len(asyncio.Task.all_tasks()), len(asyncio.Task.all_tasks(loop)),
          len(asyncio.Task.all_tasks(loop=loop)))
    print('current:', asyncio.Task.current_task() in asyncio.Task.all_tasks())
    print('current of loop:', asyncio.Task.current_task(loop=loop) is asyncio.Task.current_task())
    for task in mine:
        print((yield from task), end=' ')
    print()
    pending = [t for t in asyncio.Task.all_tasks() if not t.done()]
    print('pending:', len(pending), 'done:', all(t.done() for t in mine))


loop = asyncio.get_event_loop()
print('outside:', asyncio.Task.current_task())
loop.run_until_complete(main(loop))
loop.close()
