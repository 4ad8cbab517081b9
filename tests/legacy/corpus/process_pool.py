# Work for other processes, and chaining of what they give.
import asyncio
import functools
from concurrent.futures import ProcessPoolExecutor


def is_prime(n, verbose=False):
    if n < 2:
        return False
    return all(n % i for i in range(2, int(n ** 0.5) + 1))


def explode(n):
    raise ArithmeticError('exploded %d' % n)


@asyncio.coroutine
def primes(loop, executor, numbers):
    futures = [loop.run_in_executor(executor, functools.partial(is_prime, n, verbose=True)) for n in numbers]
    flags = yield from asyncio.gather(*futures)
    return [n for n, flag in zip(numbers, flags) if flag]


@asyncio.coroutine
def main(loop):
    with ProcessPoolExecutor(2) as executor:
        print((yield from primes(loop, executor, range(20))))
        try:
            yield from loop.run_in_executor(executor, explode, 3)
        except ArithmeticError as exc:
            print(exc)


if __name__ == '__main__':
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main(loop))
    loop.close()
