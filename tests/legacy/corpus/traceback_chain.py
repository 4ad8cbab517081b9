# An exception goes through several "yield from"; nobody catches it.
import asyncio


class PageError(Exception):
    pass


def parse(text):
    return int(text)


@asyncio.coroutine
def fetch(text):
    yield from asyncio.sleep(0)
    return parse(text)


def undecorated(text):
    value = yield from fetch(text)
    return value


@asyncio.coroutine
def page(text):
    try:
        return (yield from undecorated(text))
    except ValueError as exc:
        raise PageError('bad page') from exc


class Crawler:
    @asyncio.coroutine
    def run(self):
        print((yield from page('1')))
        task = asyncio.async(page('x'))
        yield from task


if __name__ == '__main__':
    loop = asyncio.get_event_loop()
    loop.run_until_complete(Crawler().run())
