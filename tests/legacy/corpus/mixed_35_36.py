# 3.5 and 3.6: async def beside generators, each awaiting the other.
import asyncio


@asyncio.coroutine
def switch():
    yield from asyncio.sleep(0)


@asyncio.coroutine
def old_style(n):
    result = yield from asyncio.sleep(0.001, n + 1)
    return result


@asyncio.coroutine
def generator_helper(n):
    yield from switch()
    return (yield from native_helper(n)) + 1


async def native_helper(n):
    await switch()
    return await old_style(n) * 2


class Resource:
    async def __aenter__(self):
        print('enter')
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *args):
        print('exit', args[0].__name__ if args[0] else None)
        await asyncio.sleep(0)
        return True


class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.n:
            raise StopAsyncIteration
        self.n -= 1
        await asyncio.sleep(0)
        return self.n


class Awaitable:
    def __await__(self):
        yield
        return 'awaitable'


async def ticker(delay, to):
    for i in range(to):
        yield i
        await asyncio.sleep(delay)


async def main():
    print(await generator_helper(3))
    async with Resource() as r, Resource():
        raise KeyError(type(r).__name__)
    async for n in Countdown(3):
        print(n, end=' ')
    else:
        print('done')
    print([i async for i in ticker(0, 3)], {i async for i in ticker(0, 2) if i},
          {i: await generator_helper(i) for i in range(2)})
    print([x for x in [await native_helper(1), await asyncio.ensure_future(generator_helper(1))]])
    gen = (i * 2 async for i in ticker(0, 3))
    print(type(gen).__name__, [v async for v in gen])
    print(await Awaitable())
    lock = asyncio.Lock()
    async with lock:
        print(lock.locked())
    print(await asyncio.gather(generator_helper(1), native_helper(1), old_style(1)))
    agen = ticker(0, 10)
    print(await agen.__anext__(), await agen.asend(None))
    await agen.aclose()

loop = asyncio.get_event_loop()
loop.run_until_complete(main())
loop.run_until_complete(loop.shutdown_asyncgens())
loop.close()
