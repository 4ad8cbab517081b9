# f-strings in coroutines, and coroutines in f-strings.
import asyncio


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
    four, five = await fetch(4), await fetch(5)
    print(f'{four} {five:>3} {four + five!r}')

loop = asyncio.get_event_loop()
loop.run_until_complete(old())
loop.run_until_complete(new())
