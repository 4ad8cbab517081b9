# Asynchronous generators, comprehensions and context managers of 3.6, with old coroutines below.
import asyncio
import functools


@asyncio.coroutine
def pause(result=None):
    yield from asyncio.sleep(0)
    return result


async def numbers(n):
    try:
        for i in range(n):
            got = yield await pause(i)
            if got:
                print('got', got)
    finally:
        await pause()
        print('numbers closed')


async def pairs(source):
    last = None
    async for item in source:
        if last is not None:
            yield last, item
        last = item


def contextmanager(fn):
    @functools.wraps(fn)
    def helper(*args, **kw):
        return Manager(fn(*args, **kw))
    return helper


class Manager:
    def __init__(self, gen):
        self.gen = gen

    async def __aenter__(self):
        return await self.gen.__anext__()

    async def __aexit__(self, typ, value, tb):
        if typ is None:
            try:
                await self.gen.__anext__()
            except StopAsyncIteration:
                return
        try:
            await self.gen.athrow(typ, value, tb)
        except StopAsyncIteration:
            return True


@contextmanager
async def transaction(name):
    print('begin', name)
    try:
        yield name.upper()
    except KeyError as exc:
        await pause()
        print('rollback', exc)
    else:
        print('commit')


async def main():
    print([i async for i in numbers(3)])
    print([a + b async for a, b in pairs(numbers(3)) if a], {i: await pause(i * i) async for i in numbers(2)})
    gen = numbers(5)
    print(await gen.asend(None), await gen.asend('sent'), await gen.__anext__())
    try:
        await gen.athrow(ValueError('thrown'))
    except ValueError as exc:
        print(exc)
    gen = numbers(5)
    await gen.__anext__()
    await gen.aclose()
    async with transaction('one') as name:
        print(name)
    async with transaction('two'):
        raise KeyError('two')
    total = sum([await pause(i) for i in range(4)])
    print(total, [await pause(i) for i in range(3) if await pause(i)])
    global left
    left = numbers(9)
    async for i in left:
        if i == 1:
            break


left = None
loop = asyncio.get_event_loop()
try:
    loop.run_until_complete(main())
finally:
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
