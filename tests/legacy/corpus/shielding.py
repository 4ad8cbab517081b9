# shield, and who is cancelled when.
import asyncio


@asyncio.coroutine
def save(log, n):
    log.append('begin %d' % n)
    yield from asyncio.sleep(0.2)
    log.append('saved %d' % n)
    return n


@asyncio.coroutine
def request(log, n):
    try:
        return (yield from asyncio.shield(save(log, n)))
    except asyncio.CancelledError:
        log.append('request %d cancelled' % n)
        raise


@asyncio.coroutine
def main(loop):
    log = []
    task = loop.create_task(request(log, 1))
    yield from asyncio.sleep(0.01)
    task.cancel()
    try:
        yield from task
    except asyncio.CancelledError:
        log.append('main saw it')
    yield from asyncio.sleep(0.4)
    print(log)

    log = []
    inner = asyncio.async(save(log, 2))
    outer = asyncio.shield(inner, loop=loop)
    inner.cancel()
    try:
        yield from outer
    except asyncio.CancelledError:
        print('outer', outer.cancelled(), 'inner', inner.cancelled(), log)

    inner = asyncio.async(save(log, 3))
    try:
        yield from asyncio.wait_for(asyncio.shield(inner), timeout=0.01)
    except asyncio.TimeoutError:
        print('inner goes on:', not inner.done())
    print((yield from inner), log)

    waiter = asyncio.async(asyncio.wait([asyncio.sleep(3), asyncio.sleep(4)]))
    yield from asyncio.sleep(0.01)
    before = len([t for t in asyncio.Task.all_tasks() if not t.done()])
    waiter.cancel()
    yield from asyncio.sleep(0.01)
    after = [t for t in asyncio.Task.all_tasks() if not t.done()]
    print('waiter cancelled:', waiter.cancelled(), before - len(after))
    for t in after:
        if t is not asyncio.Task.current_task():
            t.cancel()
    group = asyncio.gather(save(log, 4), save(log, 5))
    yield from asyncio.sleep(0.01)
    group.cancel()
    try:
        yield from group
    except asyncio.CancelledError:
        print('group', group.cancelled())


loop = asyncio.get_event_loop()
loop.run_until_complete(main(loop))
loop.close()
