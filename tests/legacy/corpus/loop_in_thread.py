# A loop in a thread of its own, asked from the main thread.
import asyncio
import threading
from concurrent import futures


class Background:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.daemon = True
        self.thread.start()
        self.ready.wait()

    def run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.call_soon(self.ready.set)
        self.loop.run_forever()
        pending = asyncio.Task.all_tasks(loop=self.loop)
        for task in pending:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*pending, loop=self.loop, return_exceptions=True))
        self.loop.close()

    def submit(self, coro):
        return asyncio.run_coroutine_threadsafe(coro, self.loop)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


@asyncio.coroutine
def compute(n):
    yield from asyncio.sleep(0.01)
    if n < 0:
        raise ValueError(n)
    return n * 2


@asyncio.coroutine
def forever(log):
    try:
        while True:
            yield from asyncio.sleep(10)
    except asyncio.CancelledError:
        log.append('stopped')
        raise


log = []
background = Background()
print([f.result(5) for f in [background.submit(compute(n)) for n in range(3)]])
try:
    background.submit(compute(-1)).result(5)
except ValueError as exc:
    print('ValueError', exc)
try:
    background.submit(asyncio.sleep(10, loop=background.loop)).result(0.05)
except futures.TimeoutError:
    print('timeout')
cancelled = background.submit(forever(log))
endless = background.submit(forever(log))
background.submit(compute(1)).result(5)
print(cancelled.cancel())
background.stop()
print(log, background.loop.is_closed(), background.thread.is_alive())
try:
    asyncio.run_coroutine_threadsafe(5, background.loop)
except TypeError as exc:
    print(exc)
