# Event, Condition and semaphores: who waits for whom.
import asyncio


@asyncio.coroutine
def runner(name, start, log):
    yield from start.wait()
    log.append(name)


@asyncio.coroutine
def consumer(cond, n, items, got):
    with (yield from cond):
        while not items:
            yield from cond.wait()
        got.append((n, items.pop(0)))


@asyncio.coroutine
def philosopher(n, forks, table, log):
    left, right = forks[n], forks[(n + 1) % len(forks)]
    with (yield from table):
        with (yield from left):
            with (yield from right):
                log.append(n)
                yield from asyncio.sleep(0.005)


@asyncio.coroutine
def main():
    start, log = asyncio.Event(), []
    tasks = [asyncio.async(runner(name, start, log)) for name in 'abc']
    yield from asyncio.sleep(0.01)
    print(log, start.is_set())
    start.set()
    yield from asyncio.wait(tasks)
    print(log, start.is_set())
    start.clear()
    print(start.is_set())

    cond, items, got = asyncio.Condition(), [], []
    tasks = [asyncio.async(consumer(cond, n, items, got)) for n in range(3)]
    yield from asyncio.sleep(0.01)
    for item in 'xyz':
        with (yield from cond):
            items.append(item)
            cond.notify()
    yield from asyncio.gather(*tasks)
    print(sorted(item for _, item in got), cond.locked())
    try:
        cond.notify()
    except RuntimeError as exc:
        print(exc)

    shared = asyncio.Lock()
    one, two = asyncio.Condition(shared), asyncio.Condition(lock=shared)
    with (yield from one):
        print(two.locked())

    forks = [asyncio.Lock() for _ in range(3)]
    table, log = asyncio.Semaphore(value=2), []
    yield from asyncio.gather(*[philosopher(n, forks, table, log) for n in range(3)])
    print(sorted(log))

    bounded = asyncio.BoundedSemaphore(1)
    yield from bounded.acquire()
    bounded.release()
    try:
        bounded.release()
    except ValueError as exc:
        print(exc)
    lock = asyncio.Lock()
    try:
        lock.release()
    except RuntimeError as exc:
        print(exc)
    try:
        with lock:
            pass
    except (RuntimeError, TypeError, AttributeError) as exc:
        print('with alone is refused')

asyncio.get_event_loop().run_until_complete(main())
