# A supervisor of jobs: restarts what fails, gives up in the end, prints a table; with 3.5's async def in the middle.
import asyncio
import enum
import functools
import random
import time
from collections import Counter, defaultdict
from typing import Any, Callable, Dict, List, Optional


class State(enum.Enum):
    waiting = 'waiting'
    running = 'running'
    failed = 'failed'
    done = 'done'


class Job:
    """One job, and how it went."""

    def __init__(self, name: str, target: Callable[..., Any], *args: Any, retries: int = 2) -> None:
        self.name = name
        self.target = functools.partial(target, *args)
        self.retries = retries
        self.state = State.waiting  # type: State
        self.history = []  # type: List[str]
        self.task = None  # type: Optional[asyncio.Task]

    def __repr__(self):
        return '<{0.__class__.__name__} {0.name} {0.state.value}>'.format(self)

    @asyncio.coroutine
    def run(self) -> Any:
        for attempt in range(self.retries + 1):
            self.state = State.running
            try:
                result = yield from self.target()
            except (ValueError, OSError) as exc:
                self.state = State.failed
                self.history.append('%s %d' % (exc.__class__.__name__, attempt))
                yield from asyncio.sleep(0.001 * 2 ** attempt)
            else:
                self.state = State.done
                self.history.append('ok')
                return result
        raise RuntimeError('%s failed' % self.name)


class Supervisor:
    def __init__(self, *jobs: Job, limit: int = 2, loop: Optional[asyncio.AbstractEventLoop] = None) -> None:
        self._loop = loop if loop is not None else asyncio.get_event_loop()
        self._jobs = list(jobs)
        self._limit = asyncio.BoundedSemaphore(limit, loop=self._loop)
        self._counts = Counter()  # type: Dict[State, int]
        self._most = self._now = 0

    @asyncio.coroutine
    def _guarded(self, job):
        with (yield from self._limit):
            self._now += 1
            self._most = max(self._most, self._now)
            try:
                return (yield from job.run())
            finally:
                self._now -= 1
                self._counts[job.state] += 1

    def _finished(self, job, task):
        if not task.cancelled() and task.exception() is not None:
            job.history.append('gave up')

    async def run(self) -> Dict[str, Any]:
        for job in self._jobs:
            job.task = self._loop.create_task(self._guarded(job))
            job.task.add_done_callback(functools.partial(self._finished, job))
        results = await asyncio.gather(*[job.task for job in self._jobs], loop=self._loop, return_exceptions=True)
        return {job.name: result for job, result in zip(self._jobs, results)}


attempts = defaultdict(int)


@asyncio.coroutine
def steady(value):
    yield from asyncio.sleep(random.random() / 1000)
    return value


@asyncio.coroutine
def flaky(name, fails):
    attempts[name] += 1
    yield from steady(None)
    if attempts[name] <= fails:
        raise OSError(name)
    return attempts[name]


async def native(value: int) -> int:
    start = time.monotonic()
    value = await steady(value)
    return value if time.monotonic() - start < 5 else -1


def main():
    loop = asyncio.get_event_loop()
    jobs = [Job('steady', steady, 1), Job('flaky', flaky, 'f', 2), Job('native', native, 3),
            Job('hopeless', flaky, 'h', 9, retries=1)]
    supervisor = Supervisor(*jobs, limit=2, loop=loop)
    results = loop.run_until_complete(supervisor.run())
    for job in jobs:
        print(job, job.history, repr(results[job.name]).rstrip(',)') + ')' if job.state is State.failed
              else results[job.name])
    print(sorted((state.name, count) for state, count in supervisor._counts.items()), supervisor._most)
    loop.close()


if __name__ == '__main__':
    main()
