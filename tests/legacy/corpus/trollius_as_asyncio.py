# The portable form of the time: one name for both libraries.
try:
    import trollius as asyncio
    from trollius import From, Return
except ImportError:
    import asyncio
    raise

import random


class Account(object):
    def __init__(self, balance):
        self.balance = balance
        self.lock = asyncio.Lock()

    @asyncio.coroutine
    def withdraw(self, amount):
        with (yield From(self.lock)):
            balance = self.balance
            yield From(asyncio.sleep(0.001 * random.random()))
            if balance < amount:
                raise ValueError('only %d' % balance)
            self.balance = balance - amount
        raise Return(self.balance)


@asyncio.coroutine
def producer(queue, n):
    for i in range(n):
        yield From(queue.put(i))
    yield From(queue.put(None))


@asyncio.coroutine
def consumer(queue):
    items = []
    while True:
        item = yield From(queue.get())
        if item is None:
            raise Return(items)
        items.append(item)


def say(what, task):
    print(what, task.result())


@asyncio.coroutine
def main(loop):
    account = Account(100)
    tasks = [asyncio.Task(account.withdraw(30), loop=loop) for _ in range(3)]
    yield From(asyncio.wait(tasks, loop=loop))
    print(account.balance, [t.result() for t in tasks])
    try:
        yield From(account.withdraw(30))
    except ValueError as exc:
        print(exc)
    queue = asyncio.Queue(maxsize=2, loop=loop)
    task = loop.create_task(consumer(queue))
    task.add_done_callback(lambda t: say('consumed', t))
    yield From(producer(queue, 4))
    yield From(task)
    sleeper = loop.create_task(asyncio.sleep(10))
    loop.call_later(0.01, sleeper.cancel)
    try:
        yield From(sleeper)
    except asyncio.CancelledError:
        print('cancelled')
    yield From(asyncio.sleep(0))


loop = asyncio.get_event_loop()
try:
    loop.run_until_complete(main(loop))
finally:
    loop.close()
