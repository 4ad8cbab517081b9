# Every way to import the names, and the fallbacks that libraries carried for older and newer Pythons.
import asyncio as aio
import asyncio.tasks
import asyncio, time
from asyncio import coroutine, sleep, Task, get_event_loop as current_loop
from asyncio import async
from asyncio import async as spawn, \
    wait
from asyncio import (
    Lock,           # a comment between
    CancelledError,
)
from asyncio.coroutines import iscoroutinefunction
from asyncio.locks import Semaphore
import asyncio.queues as queues

try:
    from asyncio import ensure_future
except ImportError:
    from asyncio import async as ensure_future

create = getattr(asyncio, 'async', None) or asyncio.ensure_future
if hasattr(asyncio, 'ensure_future'):
    ensure = asyncio.ensure_future
else:
    ensure = asyncio.async


@aio.coroutine
def one():
    yield from aio.sleep(0)
    return 1


@coroutine
def two():
    yield from sleep(0)
    return 2


@asyncio.coroutine
def three():
    yield from asyncio.tasks.sleep(0)
    return 3


@asyncio.coroutines.coroutine
def four():
    with (yield from Lock()):
        with (yield from Semaphore(2)):
            return 4


@coroutine
def main():
    tasks = [async(one()), spawn(two()), ensure_future(three()), create(four()), ensure(four()), Task(one()),
             aio.async(two()), asyncio.tasks.Task(one()), asyncio.tasks.async(three())]
    yield from wait(tasks)
    print([task.result() for task in tasks])
    queue = queues.Queue()
    yield from queue.put(1)
    print((yield from queue.get()), iscoroutinefunction(main), len([t for t in Task.all_tasks() if not t.done()]))


current_loop().run_until_complete(main())
print(issubclass(CancelledError, BaseException), aio is asyncio)


def inside():
    import asyncio
    from asyncio import Task as T
    loop = asyncio.get_event_loop()
    return loop.run_until_complete(T(three()))


print(inside())
