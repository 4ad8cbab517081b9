# asyncio.coroutine called, kept under another name, and put on functions afterwards.
import asyncio
import types

coro = asyncio.coroutine
decorate = getattr(asyncio, 'coroutine')


@coro
def three():
    yield from asyncio.sleep(0)
    return 3


def later(n):
    yield from asyncio.sleep(0)
    return n


five = asyncio.coroutine(lambda: (yield from three()) + 2)
value = asyncio.coroutine(lambda: 7)
later_too = decorate(later)


class Plugin:
    def run(self):
        return (yield from three()) * 2

    run = asyncio.coroutine(run)

    def __init__(self):
        self.hook = asyncio.coroutine(self.plain)
        self.bound = coro(self.generator)

    def plain(self, n=1):
        return 'plain %d' % n

    def generator(self):
        yield from three()
        return 'generator'


@asyncio.coroutine
def main():
    for function in three, five, value, Plugin().run, Plugin().hook, Plugin().bound:
        print((yield from function()), asyncio.iscoroutinefunction(function))
    print((yield from later_too(4)), later_too.__name__, type(three).__name__)
    table = dict(zip('ab', map(asyncio.coroutine, [lambda: 'a', lambda: later('b')])))
    for name in sorted(table):
        print((yield from table[name]()))


asyncio.get_event_loop().run_until_complete(main())
