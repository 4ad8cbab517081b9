# Trollius under its module name: trollius.From, trollius.async, a bare yield of a future, classes, callbacks.
import functools

import trollius
from trollius import async as spawn, Task, Queue


def make_coroutine(fn):
    """Decorator to turn a normal function into a coroutine."""
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        if False:
            yield None
        raise trollius.Return(fn(*args, **kwargs))
    return wrapper


@make_coroutine
def double(n):
    return n * 2


def helper(n):
    # no decorator at all
    yield trollius.From(trollius.sleep(0))
    raise trollius.Return(n + 1)


class Jobs(object):
    def __init__(self, loop):
        self.loop = loop
        self.log = []

    @trollius.coroutine
    def build(self, name):
        response = yield self.loop.run_in_executor(None, len, name)
        if response > 3:
            raise trollius.Return(name, response)
        raise ValueError(name)

    @trollius.coroutine
    def all(self, names):
        jobs = [trollius.async(self.build(name), loop=self.loop) for name in names]
        for job in jobs:
            job.add_done_callback(functools.partial(self.done, len(names)))
        results = []
        for job in jobs:
            try:
                results.append((yield trollius.From(job)))
            except ValueError as error:
                results.append('failed ' + str(error))
        yield
        raise trollius.Return(results)

    def done(self, total, job):
        self.log.append(total)


@trollius.coroutine
def main(loop):
    jobs = Jobs(loop)
    print((yield trollius.From(jobs.all(['first', 'no', 'other']))), jobs.log)
    print((yield trollius.From(double(4))), (yield trollius.From(helper(4))))
    x, y = yield trollius.From(trollius.gather(spawn(helper(1)), Task(helper(2)), loop=loop))
    print(x, y)
    queue = Queue(loop=loop)
    queue.put_nowait('item')
    item = yield trollius.From(queue.get())
    queue.task_done()
    yield trollius.From(queue.join())
    event = trollius.Event(loop=loop)
    loop.call_later(0.01, event.set)
    try:
        result = yield trollius.From(trollius.wait_for(event.wait(), timeout=5, loop=loop))
        print(item, result)
    finally:
        print(event.is_set())
    for future in trollius.as_completed([helper(10), trollius.sleep(0.05, 11)]):
        print((yield trollius.From(future)))


if __name__ == '__main__':
    loop = trollius.get_event_loop()
    loop.run_until_complete(main(loop))
    print(trollius.iscoroutinefunction(main), isinstance(trollius.TimeoutError(), Exception))
    loop.close()
