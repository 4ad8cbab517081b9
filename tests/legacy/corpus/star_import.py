from asyncio import *
import itertools

# "async" is not in __all__ as a usable name everywhere, but the rest is.


@coroutine
def ticker(name, ticks):
    for tick in itertools.islice(itertools.count(1), ticks):
        yield from sleep(0.01)
    return name, tick


@coroutine
def main():
    loop = get_event_loop()
    first = Task(ticker('first', 1))
    second = loop.create_task(ticker('second', 2))
    done, pending = yield from wait([first, second], return_when=ALL_COMPLETED)
    print(sorted(task.result() for task in done), len(pending))
    event = Event()
    loop.call_later(0.01, event.set)
    print((yield from event.wait()))
    try:
        yield from wait_for(Future(), 0.01)
    except TimeoutError:
        print('timeout')


if __name__ == '__main__':
    loop = get_event_loop()
    loop.run_until_complete(main())
    loop.close()
