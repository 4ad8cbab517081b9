# How tasks and futures look when they are printed.
import asyncio


@asyncio.coroutine
def quick(value):
    return value
    yield from asyncio.sleep(0)


@asyncio.coroutine
def fails():
    yield from asyncio.sleep(0)
    raise ValueError('wrong')


def undecorated():
    yield from asyncio.sleep(10)


class Thing:
    @asyncio.coroutine
    def method(self):
        yield from asyncio.sleep(0)


async def native():
    await asyncio.sleep(10)


def callback(task):
    pass


@asyncio.coroutine
def main():
    tasks = [asyncio.async(coro) for coro in (quick(1), fails(), undecorated(), Thing().method(), native())]
    for task in tasks:
        print(task)
    tasks[2].add_done_callback(callback)
    print(tasks[2])
    tasks[4].cancel()
    yield from asyncio.sleep(0.01)
    print(tasks[0])
    print(tasks[1])
    print(tasks[3])
    print(tasks[4])
    tasks[2].remove_done_callback(callback)
    print(tasks[2])
    tasks[2].cancel()
    yield from asyncio.wait(tasks)
    print(tasks[1].exception(), tasks[2])
    future = asyncio.Future()
    print(future)
    future.set_result({'a': 1})
    print(repr(future), str(future))
    future = asyncio.Future()
    future.cancel()
    print('%s %r' % (future, asyncio.Queue(3)))
    print(asyncio.Lock(), asyncio.Event())


asyncio.get_event_loop().run_until_complete(main())
