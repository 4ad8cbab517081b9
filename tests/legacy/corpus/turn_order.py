# The order in which tasks and callbacks take their turns.
import asyncio

order = []


@asyncio.coroutine
def step(name, times):
    order.append(name + '>')
    for n in range(times):
        yield from asyncio.sleep(0)
        order.append(name + str(n))
    order.append(name + '<')
    return name


@asyncio.coroutine
def parent(loop):
    loop.call_soon(order.append, 'soon1')
    task = asyncio.async(step('t', 2))
    loop.call_soon(order.append, 'soon2')
    task.add_done_callback(lambda t: order.append('done ' + t.result()))
    order.append('made')
    yield from step('direct', 1)
    order.append('direct returned')
    yield from task
    order.append('task returned')
    future = loop.create_future()
    future.add_done_callback(lambda f: order.append('callback1'))
    future.set_result(None)
    future.add_done_callback(lambda f: order.append('callback2'))
    yield from future
    order.append('future was done')
    yield from asyncio.sleep(0)
    order.append('slept')
    yield from asyncio.wait([asyncio.async(step('w', 1))])
    order.append('waited')
    yield from asyncio.wait_for(asyncio.async(step('f', 0)), 1)
    order.append('waited for')


loop = asyncio.get_event_loop()
loop.run_until_complete(parent(loop))
print('\n'.join(order))
loop.close()
