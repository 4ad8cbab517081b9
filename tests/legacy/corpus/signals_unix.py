# Signal handlers of the loop, and SIGINT as KeyboardInterrupt.
import asyncio
import functools
import os
import signal


def ask_exit(signame, loop):
    print("got signal %s: exit" % signame)
    loop.stop()


loop = asyncio.get_event_loop()
for signame in ('SIGINT', 'SIGTERM'):
    loop.add_signal_handler(getattr(signal, signame), functools.partial(ask_exit, signame, loop))

print("Event loop running forever")
try:
    loop.call_later(0.02, os.kill, os.getpid(), signal.SIGTERM)
    loop.run_forever()
    loop.call_soon(os.kill, os.getpid(), signal.SIGINT)
    loop.run_forever()
finally:
    print(loop.remove_signal_handler(signal.SIGINT), loop.remove_signal_handler(signal.SIGINT))


@asyncio.coroutine
def wait_for_usr1():
    got = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, got.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    yield from asyncio.wait_for(got.wait(), 5)
    return 'usr1'


print(loop.run_until_complete(wait_for_usr1()))
loop.call_soon(os.kill, os.getpid(), signal.SIGINT)
try:
    loop.run_forever()
except KeyboardInterrupt:
    print('interrupted')
    for task in asyncio.Task.all_tasks():
        task.cancel()
finally:
    loop.close()
