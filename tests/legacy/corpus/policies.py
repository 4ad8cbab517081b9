# Policies and loops by class: a policy of the program's own, a loop on select.
import asyncio
import selectors
import sys


class Policy(asyncio.DefaultEventLoopPolicy):
    made = 0

    def new_event_loop(self):
        self.made += 1
        return super().new_event_loop()


@asyncio.coroutine
def one():
    yield from asyncio.sleep(0.001)
    return 1


policy = Policy()
asyncio.set_event_loop_policy(policy)
loop = asyncio.get_event_loop()
print(loop.run_until_complete(one()), policy.made, asyncio.get_event_loop_policy() is policy)
print(asyncio.get_event_loop() is loop, asyncio.get_event_loop_policy().get_event_loop() is loop)
loop.close()

loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
asyncio.set_event_loop(loop)
print(asyncio.get_event_loop() is loop, loop.run_until_complete(one()))
loop.close()

if sys.platform == 'win32':
    loop = asyncio.ProactorEventLoop()
else:
    loop = asyncio.SelectorEventLoop()
asyncio.set_event_loop(loop)
loop.set_debug(False)
print(loop.get_debug(), loop.run_until_complete(asyncio.wait_for(one(), 5)))
loop.close()

asyncio.set_event_loop_policy(None)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
print(policy.made, loop.run_until_complete(asyncio.gather(one(), one())))
loop.close()
