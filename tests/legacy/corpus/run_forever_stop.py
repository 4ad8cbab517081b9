# run_forever, stop, and starting again; the shape that small daemons had.
import asyncio
import sys


class Daemon(object):
    def __init__(self, loop, beats):
        self.loop = loop
        self.beats = beats
        self.tasks = []
        self.stopping = False

    def start(self):
        self.tasks.append(self.loop.create_task(self.heartbeat()))
        self.tasks.append(asyncio.ensure_future(self.collect(), loop=self.loop))

    async def collect(self):
        try:
            while True:
                await asyncio.sleep(3600)
        except asyncio.CancelledError:
            print('collect: stopping')
            raise
        finally:
            print('collect: finally')

    @asyncio.coroutine
    def heartbeat(self):
        for beat in range(self.beats):
            print('beat', beat)
            yield from asyncio.sleep(0.01)
        self.loop.call_soon(self.stop)

    def stop(self):
        if not self.stopping:
            self.stopping = True
            self.loop.stop()


def shutdown(loop):
    pending = [task for task in asyncio.Task.all_tasks(loop=loop) if not task.done()]
    print('pending', len(pending))
    for task in pending:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))


loop = asyncio.get_event_loop()
daemon = Daemon(loop, 3)
daemon.start()
try:
    loop.run_forever()
finally:
    shutdown(loop)
print('running:', loop.is_running())
loop.call_soon(print, 'once more')
loop.call_soon(loop.stop)
loop.run_forever()
loop.stop()
loop.run_forever()
loop.close()
try:
    loop.run_forever()
except RuntimeError as exc:
    print(exc)
sys.exit(3)
