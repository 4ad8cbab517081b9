# How a program ends: SystemExit out of a coroutine, after the cleanup of others.
import asyncio
import atexit
import sys

atexit.register(print, 'atexit')


@asyncio.coroutine
def background():
    try:
        yield from asyncio.sleep(100)
    finally:
        print('background cleaned up')


@asyncio.coroutine
def main(argv):
    task = asyncio.async(background())
    yield from asyncio.sleep(0.01)
    task.cancel()
    yield from asyncio.wait([task])
    if len(argv) < 2:
        print('usage: exit_codes.py FILE', file=sys.stderr)
        sys.exit(2)


if __name__ == '__main__':
    loop = asyncio.get_event_loop()
    try:
        loop.run_until_complete(main(sys.argv))
    finally:
        print('closing')
        loop.close()
