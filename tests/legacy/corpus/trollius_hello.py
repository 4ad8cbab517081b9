# Trollius: asyncio for everyone, with "yield From" and "raise Return".
import trollius
from trollius import From, Return


@trollius.coroutine
def slow_add(a, b):
    yield From(trollius.sleep(0.01))
    raise Return(a + b)


@trollius.coroutine
def pair():
    x = yield From(slow_add(1, 2))
    y = yield From(slow_add(x, 1))
    raise Return(x, y)


@trollius.coroutine
def nothing():
    yield From(trollius.sleep(0))
    raise Return()


@trollius.coroutine
def bare():
    yield From(trollius.sleep(0))
    raise Return


@trollius.coroutine
def no_generator():
    return 5


@trollius.coroutine
def fails():
    yield From(trollius.sleep(0))
    raise KeyError('fails')


@trollius.coroutine
def main():
    print((yield From(pair())))
    print((yield From(nothing())), (yield From(bare())), (yield From(no_generator())))
    try:
        yield From(fails())
    except KeyError as exc:
        print('KeyError', exc)
    tasks = [trollius.ensure_future(slow_add(n, n)) for n in range(3)]
    done, pending = yield From(trollius.wait(tasks))
    print(sorted(t.result() for t in done), len(pending))
    results = yield From(trollius.gather(slow_add(1, 1), slow_add('a', 'b'), fails(), return_exceptions=True))
    print(results[:2], type(results[2]).__name__)
    try:
        yield From(trollius.wait_for(trollius.sleep(10), 0.01))
    except trollius.TimeoutError:
        print('timeout')


loop = trollius.get_event_loop()
loop.run_until_complete(main())
loop.close()
