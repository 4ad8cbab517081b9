# The loop travels in a dictionary of options, or by position.
import asyncio


class Client:
    def __init__(self, **kwargs):
        self.options = kwargs
        self.lock = asyncio.Lock(**kwargs)
        self.queue = asyncio.Queue(5, **kwargs)

    @asyncio.coroutine
    def get(self, delay):
        with (yield from self.lock):
            yield from asyncio.sleep(delay, **self.options)
            yield from self.queue.put(delay)
            return (yield from asyncio.wait_for(self.queue.get(), 1, **self.options))


loop = asyncio.get_event_loop()
client = Client(loop=loop)
print(loop.run_until_complete(client.get(0.01)), list(client.options))
args, kwargs = (client.get(0), client.get(0.001)), dict(loop=loop, return_exceptions=True)
print(loop.run_until_complete(asyncio.gather(*args, **kwargs)))
loop.close()
