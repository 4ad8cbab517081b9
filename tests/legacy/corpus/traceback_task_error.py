# Exceptions with several causes and a "finally" in between; the second is printed, the third ends the program.
import asyncio
import sys
import traceback


def low(n):
    if n == 2:
        raise LookupError('low %d' % n)
    yield from asyncio.sleep(0.001)
    return n


class Layer:
    def __init__(self, below=None):
        self.below = below

    @asyncio.coroutine
    def get(self, n):
        try:
            if self.below is None:
                return (yield from low(n))
            return (yield from self.below.get(n))
        finally:
            if self.below is None:
                print('layer left', n)


@asyncio.coroutine
def native_in_between(layer, n):
    return (yield from awaits(layer, n))


async def awaits(layer, n):
    return await layer.get(n)


@asyncio.coroutine
def main(argv):
    stack = Layer(Layer())
    print((yield from native_in_between(stack, 1)))
    try:
        yield from native_in_between(stack, 2)
    except LookupError as exc:
        traceback.print_exc(file=sys.stderr)
        names = [frame[2] for frame in traceback.extract_tb(sys.exc_info()[2])]
        print(names)
        lines = [line for _, line, name, text in traceback.extract_tb(exc.__traceback__) if name != 'get']
        print(len(lines), sorted(set(lines)) == sorted(lines))
    task = asyncio.async(native_in_between(stack, 2))
    yield from asyncio.wait([task])
    try:
        task.result()
    except LookupError:
        raise SystemError('cannot go on')

asyncio.get_event_loop().run_until_complete(main(sys.argv))
