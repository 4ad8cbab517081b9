# A rate limiter: a token bucket as a decorator with state, filled by a background task.
import asyncio
from collections import deque
from functools import wraps, partial


class RateLimiter:
    def __init__(self, rate, period):
        self.rate = rate
        self.period = period
        self.waiters = deque()
        self.tokens = rate
        self.waited = 0

    @asyncio.coroutine
    def acquire(self):
        if self.tokens:
            self.tokens -= 1
            return
        future = asyncio.get_event_loop().create_future()
        self.waiters.append(future)
        self.waited += 1
        yield from future

    def refill(self):
        self.tokens = self.rate
        while self.waiters and self.tokens:
            self.tokens -= 1
            self.waiters.popleft().set_result(None)

    @asyncio.coroutine
    def run(self):
        while True:
            yield from asyncio.sleep(self.period)
            self.refill()

    def __call__(self, coro=None, *, cost=1):
        if coro is None:
            return partial(self.__call__, cost=cost)

        @wraps(coro)
        def wrapper(*args, **kw):
            for _ in range(cost):
                yield from self.acquire()
            return (yield from coro(*args, **kw))
        return asyncio.coroutine(wrapper)


limit = RateLimiter(2, 0.03)
calls = []


@limit
@asyncio.coroutine
def call(n):
    calls.append(n)
    yield from asyncio.sleep(0)
    return n


@limit(cost=2)
def expensive(n):
    calls.append(n)
    return (yield from call(n * 10))


@asyncio.coroutine
def main():
    filler = asyncio.async(limit.run())
    tasks = [asyncio.async(call(n)) for n in range(5)]
    print((yield from asyncio.gather(*tasks)), limit.waited)
    print((yield from expensive(7)))
    filler.cancel()
    print(calls, call.__name__)


loop = asyncio.get_event_loop()
loop.run_until_complete(main())
