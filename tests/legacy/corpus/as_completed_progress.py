# as_completed with a progress line, and a timeout.
import asyncio
import sys


@asyncio.coroutine
def download(cc, delay):
    yield from asyncio.sleep(delay)
    if cc == 'XX':
        raise LookupError('no flag for ' + cc)
    return cc.lower()


@asyncio.coroutine
def download_many(cc_list):
    counter = {'ok': 0, 'error': 0}
    to_do = [download(cc, delay) for cc, delay in cc_list]
    total = len(to_do)
    for n, future in enumerate(asyncio.as_completed(to_do), 1):
        try:
            res = yield from future
        except LookupError as exc:
            counter['error'] += 1
            print('error:', exc.args[0])
        else:
            counter['ok'] += 1
            print(res, end=' ')
            sys.stdout.flush()
        print('[%d/%d]' % (n, total))
    return counter


@asyncio.coroutine
def impatient():
    seen = []
    try:
        for f in asyncio.as_completed([download('BR', 0.01), download('CN', 30)], timeout=0.5):
            seen.append((yield from f))
    except asyncio.TimeoutError:
        seen.append('timeout')
    return seen


def main():
    loop = asyncio.get_event_loop()
    flags = [('US', 0.15), ('IN', 0.05), ('XX', 0.1), ('JP', 0.2)]
    counts = loop.run_until_complete(download_many(flags))
    for status in sorted(counts):
        print(status, counts[status])
    print(loop.run_until_complete(impatient()))
    for task in asyncio.Task.all_tasks():
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


if __name__ == '__main__':
    main()
