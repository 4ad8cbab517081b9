import asyncio

from . import counter


class Greeter:
    def __init__(self, name):
        self.name = name

    @asyncio.coroutine
    def greet(self):
        text = yield from counter.count(1)
        return 'hello %s, %s' % (self.name, text)


@asyncio.coroutine
def setup(position):
    task = asyncio.async(Greeter('setup').greet())
    return position, (yield from task)
