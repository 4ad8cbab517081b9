# Tasks made while the module loads, long before a loop runs; then the loop runs in pieces.
import asyncio

loop = asyncio.get_event_loop()
results = []


@asyncio.coroutine
def enqueue(name, steps):
    for step in range(steps):
        results.append(name + str(step))
        yield from asyncio.sleep(0.3)
    return name


class Robot:
    def __init__(self):
        self.speed = asyncio.Future()
        self.moves = asyncio.Queue()
        self.lock = asyncio.Lock()
        asyncio.async(self.motor())

    @asyncio.coroutine
    def motor(self):
        while True:
            move = yield from self.moves.get()
            if move is None:
                return self.speed.set_result('stopped')
            results.append(move)

    @asyncio.coroutine
    def go(self, *moves):
        with (yield from self.lock):
            for move in moves:
                yield from self.moves.put(move)
            yield from asyncio.sleep(0)


first = asyncio.async(enqueue('a', 2))
second = asyncio.ensure_future(enqueue('b', 1))
robot = Robot()
later = loop.create_future()
loop.call_later(0.01, later.set_result, 'later')
print('nothing ran:', results, first.done(), len(asyncio.Task.all_tasks()))

print(asyncio.get_event_loop().run_until_complete(later), results)
asyncio.get_event_loop().run_until_complete(robot.go('left', 'right'))
for turn in range(2):
    loop.run_until_complete(asyncio.sleep(.4))
print(results, first.result(), second.done())
loop.run_until_complete(robot.go(None))
print(loop.run_until_complete(robot.speed))
results = loop.run_until_complete(asyncio.gather(*[enqueue(n, 1) for n in 'xy']))
print(results, asyncio.get_event_loop() is loop)
loop.close()
