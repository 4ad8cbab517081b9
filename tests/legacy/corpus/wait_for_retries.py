# Timeouts of retries with a growing delay.
import asyncio
import functools


def retry(times, timeout):
    """A decorator on top of a coroutine."""
    def decorate(fn):
        @functools.wraps(fn)
        @asyncio.coroutine
        def wrapper(*args, **kwargs):
            for attempt in range(1, times + 1):
                try:
                    return (yield from asyncio.wait_for(fn(*args, attempt=attempt, **kwargs), timeout))
                except asyncio.TimeoutError:
                    print('%s: attempt %d timed out' % (fn.__name__, attempt))
                yield from asyncio.sleep(0.01 * attempt)
            raise asyncio.TimeoutError('gave up after %d' % times)
        return wrapper
    return decorate


@retry(times=3, timeout=0.3)
@asyncio.coroutine
def flaky(host, attempt):
    yield from asyncio.sleep(10 if attempt < 3 else 0)
    return '%s after %d' % (host, attempt)


@retry(2, timeout=0.05)
@asyncio.coroutine
def hopeless(attempt):
    yield from asyncio.Event().wait()


@asyncio.coroutine
def quick():
    yield from asyncio.sleep(0)
    return 'quick'


@asyncio.coroutine
def main():
    print((yield from flaky('db.local')))
    try:
        yield from hopeless()
    except asyncio.TimeoutError as e:
        print('TimeoutError:', e)
    print((yield from asyncio.wait_for(quick(), None)))
    loop = asyncio.get_event_loop()
    print((yield from asyncio.wait_for(quick(), timeout=5, loop=loop)))
    future = asyncio.Future(loop=loop)
    try:
        yield from asyncio.wait_for(future, 0.01, loop=loop)
    except asyncio.TimeoutError:
        print('future cancelled:', future.cancelled())
    task = asyncio.async(asyncio.sleep(0.5, 'done'))
    try:
        yield from asyncio.wait_for(asyncio.shield(task), 0.01)
    except asyncio.TimeoutError:
        print('shielded task done:', task.done())
    print((yield from task))
    print(flaky.__name__, asyncio.iscoroutinefunction(flaky))


asyncio.get_event_loop().run_until_complete(main())
