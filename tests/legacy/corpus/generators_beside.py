# Generators that are generators, in the middle of coroutines that are generators too.
import asyncio


def countdown(n):
    """A generator for a for loop."""
    while n:
        yield n
        n -= 1
    return 'liftoff'


def twice(n):
    first = yield from countdown(n)
    second = yield from countdown(n)
    return first, second


def averager():
    total = count = 0
    average = None
    while True:
        term = yield average
        if term is None:
            break
        total += term
        count += 1
        average = total / count
    return count, average


def grouper(results, key):
    while True:
        results[key] = yield from averager()


@asyncio.coroutine
def show(n):
    for number in countdown(n):
        print(number, end=' ')
        yield from asyncio.sleep(0)
    print('go')
    return sum(countdown(n))


@asyncio.coroutine
def main():
    print((yield from show(3)))
    print(list(twice(2)))
    gen = twice(1)
    try:
        while True:
            print('next', next(gen))
    except StopIteration as stop:
        print('value', stop.value)
    results = {}
    for key, values in sorted({'a': [1, 2, 3], 'b': [10]}.items()):
        group = grouper(results, key)
        next(group)
        for value in values:
            group.send(value)
        group.send(None)
    print(results)
    print(sum(x * x for x in countdown(3)), [x for x in countdown(2)])
    print(asyncio.iscoroutine(countdown(1)) in (True, False), asyncio.iscoroutinefunction(countdown))


asyncio.get_event_loop().run_until_complete(main())
