# f-strings of 3.6 with the old names in them.
import asyncio


class Job:
    def __init__(self, async, await):
        self.async, self.await = async, await


async = 'A'
await = 1.5
job = Job(async=True, await={'async': 'inner'})
width = 8
print(f'{async}', f'{await:.2f}', f'{async!r}', f'{async:>{width}}|', f'{await:{width}.{3}}|')
print(f'{job.async} {job.await["async"]} {{await}} async {async}{await}')
print(f'''{
async
} and {job.
await}''')
print(rf'\{async}', fr'{await}\n', F'{async}' 'plain {async}' f'{await}', f"{'async'} {f'{async}'}")
print(f'{(lambda async: async * 2)(3)} {[async for async in "ab"]} { {"async": await}["async"] }')
print('%s async' % async, '{async} {0}'.format(await, async=async), b'async', r'\async', u'async')


@asyncio.coroutine
def fetch(n):
    yield from asyncio.sleep(0)
    return n


@asyncio.coroutine
def old():
    print(f'{(yield from fetch(1))} {(yield from fetch(2)) + 1:03}')
    print(f'{asyncio.async(fetch(3)).done()}')
    yield from asyncio.sleep(0.01)


async def new():
    # in 3.6 "await" was a name inside of an f-string even here
    four, five = await fetch(4), await fetch(5)
    print(f'{four} {five:>3} {await} {async!s}')

loop = asyncio.get_event_loop()
loop.run_until_complete(old())
loop.run_until_complete(new())
