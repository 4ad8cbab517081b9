# Tests in the manner of the time: a loop for each, set_event_loop(None), and a decorator that runs coroutines.
import asyncio
import functools
import io
import unittest


def run_until_complete(fun):
    if not asyncio.iscoroutinefunction(fun):
        fun = asyncio.coroutine(fun)

    @functools.wraps(fun)
    def wrapper(test, *args, **kw):
        loop = test.loop
        ret = loop.run_until_complete(
            asyncio.wait_for(fun(test, *args, **kw), 15, loop=loop))
        return ret
    return wrapper


class BaseTest(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(None)

    def tearDown(self):
        self.loop.close()
        del self.loop


class QueueTest(BaseTest):
    @run_until_complete
    def test_get(self):
        queue = asyncio.Queue(loop=self.loop)
        yield from queue.put(1)
        self.assertEqual(1, (yield from queue.get()))

    @run_until_complete
    @asyncio.coroutine
    def test_decorated(self):
        self.assertTrue((yield from asyncio.sleep(0, True, loop=self.loop)))

    def test_inner(self):
        @asyncio.coroutine
        def go():
            with self.assertRaises(asyncio.TimeoutError):
                yield from asyncio.wait_for(asyncio.Future(loop=self.loop), .01, loop=self.loop)
        self.loop.run_until_complete(go())

    def test_fails(self):
        @asyncio.coroutine
        def go():
            result = yield from asyncio.sleep(0, 2, loop=self.loop)
            self.assertEqual(result, 3)
        self.loop.run_until_complete(go())

    def test_plain(self):
        self.assertEqual(1 + 1, 2)


if __name__ == '__main__':
    stream = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(QueueTest)
    result = unittest.TextTestRunner(stream=stream).run(suite)
    print('ran', result.testsRun, 'failures', len(result.failures), 'errors', len(result.errors))
    for test, text in result.failures:
        print(test.id().split('.')[-1], text.splitlines()[-1])
