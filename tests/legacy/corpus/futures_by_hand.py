# Futures as promises: made by the loop or the class, results set elsewhere, errors, states.
import asyncio
from asyncio.futures import Future
from asyncio import InvalidStateError


class Promise(asyncio.Future):
    def then(self, function):
        result = Promise(loop=self._loop)
        self.add_done_callback(lambda me: result.set_result(function(me.result())))
        return result


class Protocol:
    def __init__(self, loop):
        self.loop = loop
        self.pending = {}
        self.number = 0

    def request(self, text):
        # not a coroutine: it returns a future
        self.number += 1
        future = self.pending[self.number] = self.loop.create_future()
        self.loop.call_later(0.01, self.answered, self.number, text.upper())
        return future

    def answered(self, number, text):
        future = self.pending.pop(number)
        if text == 'BAD':
            future.set_exception(ValueError(text))
        else:
            future.set_result(text)


@asyncio.coroutine
def main(loop):
    protocol = Protocol(loop)
    print((yield from protocol.request('one')))
    try:
        yield from protocol.request('bad')
    except ValueError as exc:
        print('ValueError', exc)
    future = protocol.request('late')
    print(future.done())
    print((yield from asyncio.wait_for(future, 1)), future.done(), future.result())
    promise = Promise(loop=loop)
    final = promise.then(lambda n: n + 1).then(str)
    promise.set_result(1)
    print(repr((yield from final)), isinstance(final, Promise))
    future = Future()
    for method in future.result, future.exception:
        try:
            method()
        except InvalidStateError:
            print(method.__name__, 'is not there')
    future.set_result(1)
    try:
        future.set_result(2)
    except asyncio.InvalidStateError:
        print('once only')
    print(future.cancel(), (yield from future), (yield from future))
    future = asyncio.Future(loop=loop)
    loop.call_soon(future.cancel)
    try:
        yield from future
    except asyncio.CancelledError:
        print(future.cancelled(), future)
    failed = asyncio.Future()
    failed.set_exception(KeyError)
    print(type(failed.exception()).__name__, failed.done())
    results = yield from asyncio.gather(protocol.request('a'), protocol.request('b'))
    print(results)


loop = asyncio.get_event_loop()
loop.run_until_complete(main(loop))
done = asyncio.Future()
done.set_result('at once')
print(loop.run_until_complete(done))
print(future if 'future' in globals() else 'no global')
