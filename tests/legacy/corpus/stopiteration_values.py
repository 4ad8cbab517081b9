# How values travel: return in generators, StopIteration, next() on a coroutine, a coroutine driven by hand.
import asyncio


@asyncio.coroutine
def returns(value):
    return value
    yield


def chain(depth):
    if not depth:
        return 'bottom'
        yield
    below = yield from chain(depth - 1)
    return '%d.%s' % (depth, below)


def drive(coro):
    """Run a coroutine without a loop."""
    steps = 0
    try:
        while True:
            coro.send(None)
            steps += 1
    except StopIteration as stop:
        return stop.value, steps


def suspend(times):
    for n in range(times):
        yield
    return times


@asyncio.coroutine
def nested():
    total = 0
    for n in (1, 2):
        total += yield from suspend(n)
    return {'total': total}


def thrower():
    try:
        yield
    except ValueError as exc:
        return 'threw %s' % exc


@asyncio.coroutine
def main():
    print((yield from chain(3)))
    print((yield from returns((1, 2))))
    value = yield from returns(None)
    print(value)
    try:
        yield from returns(next(iter([])))
    except StopIteration as exc:
        print('StopIteration', exc.args)


print(drive(chain(2)), drive(returns(5)), drive(nested()))
gen = thrower()
next(gen)
try:
    gen.throw(ValueError('x'))
except StopIteration as stop:
    print(stop.value, stop.args)
coro = suspend(5)
next(coro)
coro.close()
print(list(coro), coro.gi_frame)
task = asyncio.get_event_loop().create_task(main())
asyncio.get_event_loop().run_until_complete(task)
