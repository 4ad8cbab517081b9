# The old names go from module to module: as attributes, keyword arguments, and names that are imported.
import asyncio

import conf
from conf import async, options as await
from tools import async_map, call

print(async, await, conf.async, conf.options['await'])
loop = asyncio.get_event_loop()
print(loop.run_until_complete(async_map(lambda n: n + 1, range(3), async=async)))
print(call(len, 'four', async=False, await=1), call.async)
conf.async = 'changed'
print(conf.async, async)
print(loop.run_until_complete(async_map(lambda n: 1 // n, [1, 0], async=True)))
