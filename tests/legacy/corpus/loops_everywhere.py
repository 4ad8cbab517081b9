# loop= in every place that took one, positional where it was possible, and explicit None.
import asyncio


@asyncio.coroutine
def value(n, loop):
    yield from asyncio.sleep(0.001 * n, loop=loop)
    return (yield from asyncio.sleep(0, n, loop=loop))


@asyncio.coroutine
def main(loop):
    event = asyncio.Event(loop=loop)
    event.set()
    lock = asyncio.Lock(loop=loop)
    cond = asyncio.Condition(lock, loop=loop)
    sem = asyncio.Semaphore(1, loop=loop)
    bounded = asyncio.BoundedSemaphore(value=2, loop=loop)
    queues = [asyncio.Queue(0, loop=loop), asyncio.PriorityQueue(loop=loop, maxsize=3), asyncio.LifoQueue(2, loop=loop)]
    for queue in queues:
        yield from queue.put(1)
        print(type(queue).__name__, queue.maxsize, (yield from queue.get()))
    for thing in lock, cond, sem, bounded:
        with (yield from thing):
            pass
    none = asyncio.Lock(loop=None), asyncio.Event(loop=None), asyncio.Queue(loop=None), asyncio.Future(loop=None)
    print(len(none), (yield from event.wait()))
    print((yield from asyncio.gather(value(1, loop), value(2, loop), loop=loop, return_exceptions=False)))
    done, pending = yield from asyncio.wait([value(1, loop)], loop=loop, timeout=None, return_when=asyncio.ALL_COMPLETED)
    print(len(done), len(pending))
    seen = []
    for future in asyncio.as_completed([value(30, loop), value(1, loop)], loop=loop, timeout=5):
        seen.append((yield from future))
    print(seen)
    print((yield from asyncio.wait_for(value(1, loop), timeout=5, loop=loop)))
    print((yield from asyncio.shield(value(2, loop), loop=loop)))
    task = asyncio.async(value(3, loop), loop=loop)
    print((yield from asyncio.ensure_future(task, loop=loop)), (yield from asyncio.Task(value(4, loop), loop=loop)))
    proc = yield from asyncio.create_subprocess_exec('true', loop=loop)
    print((yield from proc.wait()))
    proc = yield from asyncio.create_subprocess_shell('exit 4', loop=loop, stdout=asyncio.subprocess.PIPE)
    yield from proc.communicate()
    print(proc.returncode)

    @asyncio.coroutine
    def serve(reader, writer):
        writer.write((yield from reader.readline()))
        writer.close()

    server = yield from asyncio.start_server(serve, host='127.0.0.1', port=0, loop=loop, limit=1000)
    host, port = server.sockets[0].getsockname()
    reader, writer = yield from asyncio.open_connection(host, port, loop=loop, limit=2 ** 10)
    writer.write(b'line\n')
    print((yield from reader.readline()))
    writer.close()
    server.close()
    yield from server.wait_closed()


loop = asyncio.new_event_loop()
asyncio.set_event_loop(None)
asyncio.get_child_watcher().attach_loop(loop)
loop.run_until_complete(main(loop))
loop.close()
