"""A package with relative imports, a plug-in that is imported by name, and a failure in another file."""
import asyncio
import importlib

from feed import Feed, merge
from feed.sources import numbers

Feed.plugins.append(importlib.import_module('feed.plugin').transform)


@asyncio.coroutine
def main():
    feed = Feed(numbers)
    print((yield from feed.read(3)))
    print((yield from merge(feed, Feed(numbers, start=10))))
    yield from feed.read('three')


asyncio.get_event_loop().run_until_complete(main())
