import asyncio

from . import sources
from .errors import FeedError


class Feed:
    plugins = []

    def __init__(self, source, **options):
        self.source = source
        self.options = options

    @asyncio.coroutine
    def read(self, count):
        items = []
        for item in self.source(count, **self.options):
            for plugin in self.plugins:
                item = yield from plugin(item)
            items.append(item)
        return items


@asyncio.coroutine
def merge(*feeds):
    task = asyncio.async(asyncio.gather(*(feed.read(2) for feed in feeds)))
    return sum((yield from task), [])
