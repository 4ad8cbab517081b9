# In 3.6 CancelledError was an Exception, concurrent.futures had the same one, and a timeout was no OSError.
import asyncio
import concurrent.futures


@asyncio.coroutine
def careless():
    try:
        yield from asyncio.sleep(10)
    except Exception as exc:
        return 'caught ' + type(exc).__name__


@asyncio.coroutine
def loops():
    caught = []
    while len(caught) < 2:
        try:
            yield from asyncio.sleep(10)
        except Exception:
            caught.append('again')
    return caught


@asyncio.coroutine
def by_other_name():
    try:
        yield from asyncio.sleep(10)
    except concurrent.futures.CancelledError:
        return 'the same class'


@asyncio.coroutine
def io():
    try:
        yield from asyncio.wait_for(asyncio.sleep(10), 0.01)
    except OSError:
        return 'an OSError'
    except asyncio.TimeoutError:
        return 'a timeout'


@asyncio.coroutine
def sockets():
    try:
        yield from asyncio.wait_for(asyncio.sleep(10), 0.01)
    except (OSError, ValueError) as exc:
        return 'an OSError'
    except concurrent.futures.TimeoutError:
        return 'a timeout of futures'


@asyncio.coroutine
def stop(coro, times=1):
    task = asyncio.async(coro)
    for _ in range(times):
        yield from asyncio.sleep(0.01)
        task.cancel()
    return (yield from task)


@asyncio.coroutine
def main():
    print((yield from stop(careless())))
    print((yield from stop(loops(), times=2)))
    print((yield from stop(by_other_name())))
    print((yield from io()))
    print((yield from sockets()))
    tasks = [asyncio.async(asyncio.sleep(10))]
    tasks[0].cancel()
    results = yield from asyncio.gather(*tasks, return_exceptions=True)
    print([isinstance(r, asyncio.CancelledError) for r in results])


loop = asyncio.get_event_loop()
loop.run_until_complete(main())
loop.close()
