# What iscoroutine and iscoroutinefunction say, and what @asyncio.coroutine makes of functions that are no generators.
import asyncio
import inspect


@asyncio.coroutine
def generator():
    yield from asyncio.sleep(0)
    return 'generator'


@asyncio.coroutine
def returns_value():
    return 'value'


@asyncio.coroutine
def returns_future():
    future = asyncio.Future()
    asyncio.get_event_loop().call_later(0.01, future.set_result, 'future')
    return future


@asyncio.coroutine
def returns_coroutine():
    return generator()


@asyncio.coroutine
def returns_task():
    return asyncio.async(generator())


@asyncio.coroutine
def returns_nothing():
    pass


@asyncio.coroutine
def raises():
    raise ValueError('raises')


@asyncio.coroutine
def maybe(flag):
    if flag:
        return (yield from generator())


def undecorated():
    return (yield from generator())


def plain():
    return generator()


async def native():
    return await generator()

ALL = [generator, returns_value, returns_future, returns_coroutine, returns_task, returns_nothing, undecorated,
       plain, native]


@asyncio.coroutine
def main():
    for function in ALL:
        made = function()
        print('%-18s %-5s' % (function.__name__, asyncio.iscoroutine(made)), (yield from made))
    try:
        yield from raises()
    except ValueError as exc:
        print(exc)
    print((yield from maybe(True)), (yield from maybe(False)))
    print([asyncio.iscoroutinefunction(function) for function in (generator, plain, native, returns_nothing)])
    print(asyncio.iscoroutine(None), asyncio.iscoroutine(generator), asyncio.iscoroutinefunction(print))
    future = asyncio.Future()
    print(asyncio.iscoroutine(future), isinstance(future, asyncio.Future))
    future.cancel()
    print((yield from asyncio.async(returns_future())))
    print((yield from asyncio.wait_for(returns_coroutine(), 1)))
    print((yield from asyncio.gather(returns_value(), plain(), native())))
    print(generator.__name__, generator.__module__, inspect.signature(maybe))


asyncio.get_event_loop().run_until_complete(main())
