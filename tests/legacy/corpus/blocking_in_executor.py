# Blocking functions in executors, and back from threads.
import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def blocking(n, name='x'):
    time.sleep(0.01 * n)
    if n == 3:
        raise OSError('blocked')
    return n, name, threading.current_thread() is threading.main_thread()


@asyncio.coroutine
def main(loop):
    print((yield from loop.run_in_executor(None, blocking, 1)))
    with ThreadPoolExecutor(max_workers=2) as executor:
        futures = [loop.run_in_executor(executor, blocking, n, 'pool') for n in range(4)]
        done, _ = yield from asyncio.wait(futures)
        print(len(done))
        for future in futures:
            try:
                print(future.result())
            except OSError as exc:
                print('OSError', exc)
    wrapped = asyncio.wrap_future(ThreadPoolExecutor(1).submit(blocking, 0, 'wrapped'), loop=loop)
    print((yield from wrapped))

    queue = asyncio.Queue(loop=loop)

    def producer():
        for item in ['from', 'a', 'thread', None]:
            loop.call_soon_threadsafe(queue.put_nowait, item)

    thread = threading.Thread(target=producer)
    thread.start()
    words = []
    while True:
        word = yield from queue.get()
        if word is None:
            break
        words.append(word)
    thread.join()
    print(' '.join(words))

    def ask():
        future = asyncio.run_coroutine_threadsafe(answer(), loop)
        return future.result(5)

    print((yield from loop.run_in_executor(None, ask)))


@asyncio.coroutine
def answer():
    yield from asyncio.sleep(0.01)
    return 42


loop = asyncio.get_event_loop()
loop.set_default_executor(ThreadPoolExecutor(2))
loop.run_until_complete(main(loop))
loop.close()
