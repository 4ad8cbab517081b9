# Programs that change asyncio itself, or look into it: fakes in tests, back-ports by setattr.
import asyncio
import sys
from unittest import mock

if not hasattr(asyncio, 'run'):
    def _run(main):
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(main)
        finally:
            loop.close()
    asyncio.run = _run

slept = []
real_sleep = asyncio.sleep


@asyncio.coroutine
def fake_sleep(delay, result=None, *, loop=None):
    slept.append(delay)
    yield from real_sleep(0)
    return result


@asyncio.coroutine
def slow():
    return (yield from asyncio.sleep(1000, 'slept'))


@asyncio.coroutine
def fetch(session):
    response = yield from session.get('url')
    return response


def coroutine_mock(result):
    @asyncio.coroutine
    def method(*args, **kw):
        return result
    return mock.Mock(side_effect=method)


asyncio.sleep = fake_sleep
try:
    print(asyncio.run(slow()), slept)
finally:
    asyncio.sleep = real_sleep
with mock.patch('asyncio.sleep', fake_sleep):
    print(asyncio.sleep is fake_sleep, asyncio.run(slow()))
with mock.patch.object(asyncio, 'sleep', new=fake_sleep):
    print(asyncio.run(slow()), asyncio.sleep is real_sleep)
print(asyncio.sleep is real_sleep, slept)
session = mock.Mock()
session.get = coroutine_mock('response')
print(asyncio.run(fetch(session)), session.get.call_args[0])
future = asyncio.Future(loop=asyncio.new_event_loop())
future.set_result('ready')
session.get = mock.Mock(return_value=future)
print(future._loop.run_until_complete(fetch(session)))
asyncio.my_own = 5
print(asyncio.my_own, getattr(asyncio, 'nothing', 'default'), 'asyncio' in sys.modules)
del asyncio.my_own
print(hasattr(asyncio, 'my_own'), 'Task' in dir(asyncio), asyncio.__name__)
try:
    asyncio.no_such_thing
except AttributeError as exc:
    print(str(exc).split(' has ')[1])
