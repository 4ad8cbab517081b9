# call_soon, call_later, call_at, done callbacks with functools.partial: no coroutine at all until the end.
import asyncio
import functools


def hello(loop, n=0, *, sign='!'):
    print('hello', n, sign)
    if n == 2:
        loop.stop()


def display_date(end, loop, ticks):
    ticks.append(len(ticks))
    if loop.time() + 0.02 < end:
        loop.call_later(0.02, display_date, end, loop, ticks)
    else:
        loop.stop()


def got_result(name, future):
    print(name, 'got', future.result() if future.exception() is None else future.exception())
    loop.stop()


def failing():
    raise ZeroDivisionError('in a callback')


def on_error(loop, context):
    print('handler:', context['message'].split('(')[0].split(' <')[0], type(context['exception']).__name__)


loop = asyncio.get_event_loop()
loop.call_soon(functools.partial(hello, loop, sign='?'))
handle = loop.call_soon(hello, loop, 9)
handle.cancel()
loop.call_later(0.01, hello, loop, 1)
loop.call_at(loop.time() + 0.1, hello, loop, 2)
loop.run_forever()

ticks = []
loop.call_soon(display_date, loop.time() + 0.3, loop, ticks)
loop.run_forever()
print('ticked:', len(ticks) > 1)

future = asyncio.Future()
future.add_done_callback(functools.partial(got_result, 'partial'))
loop.call_soon(future.set_result, 'value')
loop.run_forever()
broken = asyncio.Future(loop=loop)
broken.add_done_callback(functools.partial(got_result, 'broken'))
loop.call_later(0.01, broken.set_exception, KeyError('k'))
loop.run_forever()

removed = asyncio.Future()
removed.add_done_callback(print)
print('removed:', removed.remove_done_callback(print))
removed.set_result(None)

loop.set_exception_handler(on_error)
loop.call_soon(failing)
loop.call_soon_threadsafe(loop.stop)
loop.run_forever()


@asyncio.coroutine
def slow_operation(future):
    yield from asyncio.sleep(0.01)
    future.set_result('Future is done!')


future = asyncio.Future()
asyncio.async(slow_operation(future))
print(loop.run_until_complete(future))
loop.close()
