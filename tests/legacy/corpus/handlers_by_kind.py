# A registry that asks of each handler what it is, as bots and web frameworks did.
import asyncio
import functools
import inspect
import types
from collections import OrderedDict

handlers = OrderedDict()


def on(event):
    def decorate(fn):
        if not asyncio.iscoroutinefunction(fn) and not inspect.isgeneratorfunction(fn):
            fn = asyncio.coroutine(fn)
        fn.__event__ = event
        handlers[fn.__name__] = fn
        return fn
    return decorate


@on('message')
@asyncio.coroutine
def decorated(text, *, lang='en'):
    yield from asyncio.sleep(0)
    return text + ' ' + lang


@on('message')
def generator(text):
    yield from asyncio.sleep(0)
    return text.upper()


@on('start')
def plain(text):
    return text[::-1]


@on('start')
async def native(text):
    await asyncio.sleep(0)
    return text.title()


class Handler:
    @asyncio.coroutine
    def __call__(self, text):
        yield from asyncio.sleep(0)
        return 'called ' + text


handlers['Handler'] = Handler()
handlers['partial'] = functools.partial(decorated, lang='de')
handlers['lambda'] = lambda text: decorated(text, lang='fr')
handlers['value'] = lambda text: len(text)


@asyncio.coroutine
def call(handler, *args):
    result = handler(*args)
    if asyncio.iscoroutine(result) or isinstance(result, asyncio.Future) or inspect.isawaitable(result):
        result = yield from result
    return result


@asyncio.coroutine
def maybe_future(value):
    if isinstance(value, (types.GeneratorType, asyncio.Future)):
        return (yield from value)
    return value


@asyncio.coroutine
def trigger(text):
    for name, handler in handlers.items():
        print('%-10s %-8s %s' % (name, getattr(handler, '__event__', '-'), (yield from call(handler, text))))


@asyncio.coroutine
def main():
    yield from trigger('hello')
    print((yield from maybe_future(generator('gen'))), (yield from maybe_future(3)),
          (yield from maybe_future(asyncio.async(plain('olleh')))))
    print(list(inspect.signature(decorated).parameters), decorated.__name__, plain.__name__)
    print([name for name, fn in sorted(handlers.items()) if asyncio.iscoroutinefunction(fn)])
    print((yield from asyncio.coroutine(lambda: False)()), (yield from asyncio.coroutine(lambda x: x)(5)))

loop = asyncio.get_event_loop()
loop.run_until_complete(main())
loop.close()
