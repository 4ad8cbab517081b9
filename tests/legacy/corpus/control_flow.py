# "yield from" in loops, try, finally, with, conditions and expressions; and everywhere inside of expressions.
import asyncio

log = []


@asyncio.coroutine
def get(value, fail=None):
    yield from asyncio.sleep(0)
    if fail:
        raise fail
    return value


@asyncio.coroutine
def loops():
    found = None
    for n in range(10):
        if (yield from get(n)) % 2:
            continue
        if n > 5:
            found = n
            break
    else:
        log.append('not here')
    while True:
        n = yield from get(found)
        found -= 1
        if n < 5:
            break
    else:
        log.append('nor here')
    for a, b in (yield from get([(1, 2), (3, 4)])):
        log.append(a + b)
    for n in range((yield from get(2))):
        log.append(n)
    return found


@asyncio.coroutine
def tries():
    try:
        yield from get(1, KeyError('k'))
    except (ValueError, KeyError) as exc:
        log.append(repr(exc.args))
        yield from get('in except')
    else:
        log.append('no else')
    finally:
        log.append((yield from get('finally')))
    try:
        return (yield from get('returned'))
    finally:
        log.append('after return')


@asyncio.coroutine
def return_in_finally():
    try:
        yield from get(1, ValueError('lost'))
    finally:
        return 'kept'


@asyncio.coroutine
def reraise():
    try:
        try:
            yield from get(0, ValueError('first'))
        except ValueError:
            yield from get(1)
            raise
    except ValueError as exc:
        raise RuntimeError('second') from exc


@asyncio.coroutine
def expressions():
    obj = {'list': [1, 2, 3]}
    obj['new'] = yield from get('item')
    obj['list'][(yield from get(0))] = yield from get(9)
    first, *rest = yield from get('abc')
    total = 1 + (yield from get(2)) * (yield from get(3))
    chained = 1 < (yield from get(2)) < 3
    text = '%s-%s' % ((yield from get('a')), (yield from get('b')))
    call = dict(a=(yield from get(1)), **(yield from get({'b': 2})))
    cond = (yield from get(1)) if (yield from get(False)) else (yield from get(2))
    both = (yield from get(0)) or (yield from get('or')) and (yield from get('and'))
    part = (yield from get('slice'))[1:(yield from get(3))].upper()
    del obj[(yield from get('list'))]
    return obj, first, rest, total, chained, text, call, cond, both, part, -(yield from get(1)), not (yield from get(1))


@asyncio.coroutine
def main():
    print((yield from loops()), log)
    del log[:]
    print((yield from tries()), log)
    print((yield from return_in_finally()))
    try:
        yield from reraise()
    except RuntimeError as exc:
        print(exc, '<-', exc.__cause__)
    for part in (yield from expressions()):
        print(part, end='; ')
    print()


asyncio.get_event_loop().run_until_complete(main())
