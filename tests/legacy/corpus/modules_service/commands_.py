import asyncio


@asyncio.coroutine
def time():
    yield from asyncio.sleep(0)
    return 'twelve'


@asyncio.coroutine
def upper(text):
    return text.upper()


COMMANDS = {'time': time, 'upper': upper}


@asyncio.coroutine
def dispatch(line):
    name, *args = line.split()
    if name not in COMMANDS:
        raise LookupError(name)
    return (yield from COMMANDS[name](*args))
