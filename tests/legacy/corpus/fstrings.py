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


async def coroutine():
    # here too they are names, inside of an f-string
    return f'{async} {await!s:>4}'

print(asyncio.get_event_loop().run_until_complete(coroutine()))
