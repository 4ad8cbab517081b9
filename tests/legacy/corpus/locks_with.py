# "with (yield from lock)" for each lock that had it.
import asyncio

log = []


@asyncio.coroutine
def holder(name, lock, pause):
    with (yield from lock):
        log.append('%s in' % name)
        yield from asyncio.sleep(pause)
        log.append('%s out' % name)


@asyncio.coroutine
def guarded(lock):
    try:
        with (yield from lock):
            log.append('locked: %s' % lock.locked())
            raise ValueError('inside')
    except ValueError as exc:
        log.append('caught %s, locked: %s' % (exc, lock.locked()))


@asyncio.coroutine
def by_hand(lock):
    yield from lock.acquire()
    try:
        log.append('by hand')
    finally:
        lock.release()


@asyncio.coroutine
def waiter(cond, ready):
    with (yield from cond):
        yield from cond.wait_for(lambda: ready)
        log.append('condition met: %r' % ready)


@asyncio.coroutine
def notifier(cond, ready):
    yield from asyncio.sleep(0.02)
    with (yield from cond):
        ready.append(1)
        cond.notify_all()


@asyncio.coroutine
def main(loop):
    lock = asyncio.Lock(loop=loop)
    a = loop.create_task(holder('a', lock, 0.02))
    b = loop.create_task(holder('b', lock, 0.01))
    yield from asyncio.wait([a, b])
    yield from guarded(lock)
    yield from by_hand(lock)

    sem = asyncio.Semaphore(2, loop=loop)
    tasks = []
    for name, pause in [('x', 0.05), ('y', 0.2), ('z', 0.4)]:
        tasks.append(asyncio.ensure_future(holder(name, sem, pause)))
    yield from asyncio.gather(*tasks)

    cond = asyncio.Condition(loop=loop)
    ready = []
    yield from asyncio.gather(waiter(cond, ready), notifier(cond, ready), loop=loop)
    with (yield from lock) as nothing:
        log.append('as gives %r' % (nothing,))


loop = asyncio.get_event_loop()
loop.run_until_complete(main(loop))
loop.close()
print('\n'.join(log))
