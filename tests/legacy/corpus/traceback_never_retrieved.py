# A task fails and nobody asks; asyncio's logger speaks when it is collected.
import asyncio
import gc
import logging
import sys

logging.basicConfig(format='%(levelname)s:%(name)s:%(message)s', stream=sys.stderr)


@asyncio.coroutine
def bug():
    yield from asyncio.sleep(0)
    raise Exception("not consumed")


@asyncio.coroutine
def later_bug():
    yield from asyncio.sleep(0)
    {}['missing']


loop = asyncio.get_event_loop()
asyncio.async(bug())
task = loop.create_task(later_bug())
loop.run_until_complete(asyncio.sleep(0.05))
print('done:', task.done())
del task
gc.collect()
loop.close()
