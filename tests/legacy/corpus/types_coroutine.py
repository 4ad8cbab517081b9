# @types.coroutine: the bridge of 3.5 between generators and "await".
import asyncio
import inspect
import types


@types.coroutine
def switch():
    yield


@types.coroutine
def old_style(n):
    result = yield from asyncio.sleep(0.001, n + 1)
    return result


@types.coroutine
def wait_until_set(event):
    while not event.is_set():
        yield
    return 'set'


@types.coroutine
def passes_on(coro):
    return coro


@asyncio.coroutine
def generator(n):
    yield from switch()
    return (yield from old_style(n))


async def native(n):
    await switch()
    return await old_style(n) + await generator(n) + await passes_on(generator(n))


async def main():
    event = asyncio.Event()
    asyncio.get_event_loop().call_later(0.01, event.set)
    print(await wait_until_set(event), await native(1))
    print(inspect.isawaitable(switch()), inspect.iscoroutinefunction(switch))
    print(await asyncio.gather(old_style(1), generator(2), asyncio.ensure_future(old_style(3))))


asyncio.get_event_loop().run_until_complete(main())
