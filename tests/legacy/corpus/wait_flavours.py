# asyncio.wait on bare coroutines, in all its forms.
import asyncio
from asyncio import FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED


@asyncio.coroutine
def job(name, seconds, fail=False):
    yield from asyncio.sleep(seconds)
    if fail:
        raise RuntimeError(name)
    return name


@asyncio.coroutine
def main():
    done, pending = yield from asyncio.wait([job('a', 0.01), job('b', 0.02)])
    print('all', sorted(t.result() for t in done), len(pending))

    done, pending = yield from asyncio.wait(
        [job('fast', 0.01), job('slow', 5)], return_when=FIRST_COMPLETED)
    print('first', [t.result() for t in done], len(pending))
    for task in pending:
        task.cancel()
    yield from asyncio.wait(pending)
    print('cancelled', [t.cancelled() for t in pending])

    done, pending = yield from asyncio.wait(
        [job('bad', 0.01, fail=True), job('slow', 5)], return_when=FIRST_EXCEPTION)
    print('exception', [repr(t.exception()).rstrip(',)') for t in done], len(pending))
    [t.cancel() for t in pending]

    done, pending = yield from asyncio.wait({job('in time', 0.01), job('late', 5)}, timeout=0.5)
    print('timeout', [t.result() for t in done], len(pending))
    for task in pending:
        task.cancel()

    done, pending = yield from asyncio.wait(tuple(job(n, 0.01) for n in 'xyz'), return_when=ALL_COMPLETED)
    print('tuple', sorted(t.result() for t in done), pending)

    try:
        yield from asyncio.wait([])
    except ValueError as exc:
        print('ValueError')


loop = asyncio.get_event_loop()
loop.run_until_complete(main())
loop.run_until_complete(asyncio.wait([job('top', 0)]))
loop.close()
