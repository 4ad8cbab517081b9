import asyncio

COMMANDS = {}


def command(fn):
    COMMANDS[fn.__name__] = asyncio.coroutine(fn)
    return fn


@command
def time():
    yield from asyncio.sleep(0)
    return 'twelve'


@command
def upper(text):
    return text.upper()


@asyncio.coroutine
def dispatch(line):
    name, *args = line.split()
    if name not in COMMANDS:
        raise LookupError(name)
    return (yield from COMMANDS[name](*args))
