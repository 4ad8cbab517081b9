# A timeout as a context manager made by hand, before there was one to import.
import asyncio


class timeout:
    def __init__(self, timeout, *, loop=None):
        if loop is None:
            loop = asyncio.get_event_loop()
        self._timeout = timeout
        self._loop = loop
        self._task = None
        self._cancelled = False
        self._cancel_handler = None

    def __enter__(self):
        self._task = asyncio.Task.current_task(loop=self._loop)
        if self._task is None:
            raise RuntimeError('Timeout context manager should be used inside a task')
        self._cancel_handler = self._loop.call_later(self._timeout, self._cancel_task)
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        if exc_type is asyncio.CancelledError and self._cancelled:
            self._cancel_handler = None
            self._task = None
            raise asyncio.TimeoutError
        self._cancel_handler.cancel()
        self._cancel_handler = None
        self._task = None

    def _cancel_task(self):
        self._cancelled = self._task.cancel()


@asyncio.coroutine
def long_running_task():
    yield from asyncio.sleep(10)


@asyncio.coroutine
def main():
    with timeout(5):
        yield from asyncio.sleep(0)
    print('in time')
    try:
        with timeout(0.02):
            yield from long_running_task()
            print('not reached')
    except asyncio.TimeoutError:
        print('too late')
    try:
        with timeout(5):
            raise ValueError('own')
    except ValueError as exc:
        print(exc)


try:
    with timeout(1):
        pass
except RuntimeError as exc:
    print(exc)
loop = asyncio.get_event_loop()
loop.run_until_complete(main())
loop.run_until_complete(asyncio.async(main()))
loop.close()
