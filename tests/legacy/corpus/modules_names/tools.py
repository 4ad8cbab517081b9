import asyncio


@asyncio.coroutine
def one(function, item):
    yield from asyncio.sleep(0)
    return function(item)


@asyncio.coroutine
def async_map(function, items, *, async):
    if not async:
        return [function(item) for item in items]
    await = [asyncio.async(one(function, item)) for item in items]
    yield from asyncio.wait(await)
    results = []
    for task in await:
        results.append(task.result())
    return results


def call(function, *args, async, **kw):
    return function(*args), async, kw

call.async = 'attribute of a function'
