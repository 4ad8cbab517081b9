import asyncio

from oldlib import fetch


@asyncio.coroutine
def serve(names):
    tasks = [asyncio.async(fetch(name)) for name in names]
    for task in tasks:
        print((yield from task))
    return len(names)


def main(names):
    loop = asyncio.get_event_loop()
    try:
        return loop.run_until_complete(serve(names))
    finally:
        loop.close()
