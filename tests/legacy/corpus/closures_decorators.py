# Coroutines in odd places: closures, lambdas, defaults, nested functions, decorators that take and give coroutines.
import asyncio
import functools
import time


def timed(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        start = time.time()
        result = yield from fn(*args, **kwargs)
        calls.append((fn.__name__, time.time() - start < 5))
        return result
    return wrapper


def cached(fn):
    cache = {}

    @asyncio.coroutine
    @functools.wraps(fn)
    def wrapper(key):
        if key not in cache:
            cache[key] = yield from fn(key)
        return cache[key]
    wrapper.cache = cache
    return wrapper


calls = []


@timed
@asyncio.coroutine
def slow(n):
    yield from asyncio.sleep(0.01)
    return n


@cached
@asyncio.coroutine
def lookup(key):
    calls.append(('lookup', key))
    yield from asyncio.sleep(0)
    return key * 2


def make_adder(n, pause=lambda: asyncio.sleep(0)):
    @asyncio.coroutine
    def add(m):
        nonlocal n
        yield from pause()
        n += m
        return n
    return add


@asyncio.coroutine
def main():
    print((yield from slow(1)), (yield from lookup('a')), (yield from lookup('a')), lookup.cache)
    add = make_adder(10)
    print((yield from add(1)), (yield from add(2)))
    table = {'slow': slow, 'lookup': lookup}
    for name in sorted(table):
        print(name, (yield from table[name](3)))
    values = []
    for n in range(3):
        values.append((yield from slow(n)))
    print(values, sum((yield from asyncio.gather(*map(slow, range(3))))))
    print((yield from (slow(5) if values else lookup(5))), not (yield from slow(0)),
          {'k': (yield from slow(6))}, [(yield from slow(7)), 8])
    x = y = yield from slow(9)
    x += yield from slow(1)
    assert (yield from slow(1)), 'message'
    while (yield from slow(0)):
        pass
    if (yield from slow(1)) == 1 and not (yield from slow(0)):
        print(x, y)
    part = functools.partial(slow, 11)
    print((yield from part()), slow.__name__)
    return (yield from add(3)), calls

result, calls = asyncio.get_event_loop().run_until_complete(main())
print(result, len(calls), calls[:3])
