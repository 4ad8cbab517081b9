# Coroutines that call themselves, and a thousand tasks at once.
import asyncio
import sys


@asyncio.coroutine
def fib(n):
    if n < 2:
        return n
    yield from asyncio.sleep(0)
    return (yield from fib(n - 1)) + (yield from fib(n - 2))


def depth(n):
    if n == 0:
        yield from asyncio.sleep(0)
        return 0
    return 1 + (yield from depth(n - 1))


@asyncio.coroutine
def walk(tree):
    total = tree['value']
    for child in tree.get('children', []):
        total += yield from walk(child)
    return total


@asyncio.coroutine
def hanoi(n, source, target, spare, moves):
    if n:
        yield from hanoi(n - 1, source, spare, target, moves)
        moves.append(source + target)
        yield from asyncio.sleep(0)
        yield from hanoi(n - 1, spare, target, source, moves)


@asyncio.coroutine
def worker(n, sem, done):
    with (yield from sem):
        yield from asyncio.sleep(0.001)
        done.append(n)
    return n


@asyncio.coroutine
def main():
    print((yield from fib(10)), (yield from depth(200)))
    tree = {'value': 1, 'children': [{'value': 2}, {'value': 3, 'children': [{'value': 4}]}]}
    moves = []
    yield from hanoi(3, 'a', 'b', 'c', moves)
    print((yield from walk(tree)), ' '.join(moves))
    done, sem = [], asyncio.Semaphore(100)
    results = yield from asyncio.gather(*[worker(n, sem, done) for n in range(1000)])
    print(sum(results), len(done), sem.locked())
    futures = [asyncio.async(asyncio.sleep(0, n)) for n in range(1000)]
    yield from asyncio.wait(futures)
    print(sum(f.result() for f in futures))


sys.setrecursionlimit(2000)
asyncio.get_event_loop().run_until_complete(main())
