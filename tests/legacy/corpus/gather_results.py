# gather: order of results, exceptions as results, the first exception, nested, of nothing.
import asyncio


class Missing(Exception):
    """What a page is that is not there."""


@asyncio.coroutine
def fetch(page):
    yield from asyncio.sleep(0.01 * (5 - page))
    if page == 3:
        raise Missing(page)
    return 'page %d' % page


@asyncio.coroutine
def both(*coros):
    results = yield from asyncio.gather(*coros, return_exceptions=True)
    return ['%s(%s)' % (type(r).__name__, r) if isinstance(r, Exception) else r for r in results]


@asyncio.coroutine
def main(loop):
    print((yield from asyncio.gather(fetch(1), fetch(2), loop=loop)))
    print((yield from both(fetch(1), fetch(3), fetch(2))))
    try:
        yield from asyncio.gather(*[fetch(n) for n in (3, 4)])
    except Missing as exc:
        print('missing', exc.args)
    yield from asyncio.sleep(0.05)
    nested = asyncio.gather(asyncio.gather(fetch(1), fetch(2)), asyncio.gather(fetch(4)))
    print((yield from nested))
    same = fetch(2)
    print((yield from asyncio.gather(same, same)))
    print((yield from asyncio.gather(loop=loop)))
    future = asyncio.gather(fetch(1), fetch(2), return_exceptions=True)
    loop.call_later(0.005, future.cancel)
    try:
        print((yield from future))
    except asyncio.CancelledError:
        print('gather cancelled')


loop = asyncio.get_event_loop()
loop.run_until_complete(main(loop))
group = asyncio.gather(fetch(1), fetch(2))
print(loop.run_until_complete(group))
loop.close()
