#!/usr/bin/env python
# A program of several modules in one folder.
import asyncio
import logging
import sys

import settings
from server import Server
from client import ask, ask_all
from util import *

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format='%(levelname)s %(name)s %(message)s')


@asyncio.coroutine
def main(loop):
    server = Server(settings, loop=loop)
    port = yield from server.start()
    try:
        print((yield from ask(port, 'time', loop=loop)))
        print((yield from ask_all(port, ['upper a', 'upper b', 'what'], loop=loop)))
    finally:
        yield from server.stop()
    print((yield from retry(flaky, 3)))


if __name__ == '__main__':
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main(loop))
    loop.close()
    import commands_ as late
    print(sorted(late.COMMANDS), late.__file__.rsplit('/', 1)[1])
