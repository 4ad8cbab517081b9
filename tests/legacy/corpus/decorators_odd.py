# Decorators that take generator functions, below @asyncio.coroutine or in its place, and lambdas with "yield from".
import asyncio
import functools

calls = []


def logged(fn):
    """For a generator function; gives one."""
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        calls.append(fn.__name__)
        result = yield from fn(*args, **kwargs)
        return result
    return wrapper


def task(fn):
    """Calling gives a task at once."""
    coro = asyncio.coroutine(fn)

    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return asyncio.async(coro(*args, **kwargs))
    return wrapper


def listed(fn):
    """A list of what a generator gives."""
    return lambda *args: list(fn(*args))


@asyncio.coroutine
@logged
def slow(n):
    yield from asyncio.sleep(0.001)
    return n


@task
def background(n):
    yield from asyncio.sleep(0.001)
    return -n


@task
def background_value(n):
    return -n


@listed
def squares(n):
    for i in range(n):
        yield i * i


@asyncio.coroutine
def main():
    print((yield from slow(1)), (yield from background(2)), (yield from background_value(3)))
    double = lambda coro: (yield from coro) * 2
    print((yield from double(slow(4))), squares(4), calls)
    pair = lambda: ((yield from slow(1)), (yield from slow(2)))
    print((yield from pair()))


asyncio.get_event_loop().run_until_complete(main())
