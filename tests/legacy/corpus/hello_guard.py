#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Hello world of the asyncio documentation, 3.4 edition."""

import asyncio


@asyncio.coroutine
def greet(name, delay):
    yield from asyncio.sleep(delay)
    print('Hello, %s!' % name)
    return len(name)


@asyncio.coroutine
def main():
    first = yield from greet('Ada', 0.02)
    second = yield from greet('Grace', 0.01)
    return first + second


if __name__ == '__main__':
    loop = asyncio.get_event_loop()
    try:
        total = loop.run_until_complete(main())
    finally:
        loop.close()
    print('letters:', total)
    print('closed:', loop.is_closed(), 'running:', loop.is_running())
