"""asyncio as old programs knew it: each program here prints what it printed under Python 3.6."""

import subprocess
from pathlib import Path

import pytest

from .support import OLD_PYTHON, printed

HEAD = "import asyncio\nloop = asyncio.get_event_loop()\nrun = loop.run_until_complete\n"

PROGRAMS = {
    "coroutine of every kind": (
        """
@asyncio.coroutine
def future(): return asyncio.sleep(0, "future")
@asyncio.coroutine
def plain(): return "plain"
@asyncio.coroutine
async def native(): return "native"
@asyncio.coroutine
def bare():
    got = yield
    return got
class Thing:
    @asyncio.coroutine
    def method(self, x):
        "Documented."
        return (yield from undecorated(x))
def undecorated(x):
    yield from asyncio.sleep(0)
    return x
@asyncio.coroutine
def main():
    a = []
    for each in future, plain, native, bare, lambda: Thing().method(3), lambda: undecorated(4):
        a.append((yield from each()))
    return a
print(run(main()))
print(Thing.method.__name__, Thing.method.__doc__, asyncio.iscoroutinefunction(plain), asyncio.iscoroutine(bare()))
""",
        "['future', 'plain', 'native', None, 3, 4]\nmethod Documented. True True\n",
    ),
    "loops everywhere": (
        """
def main():
    yield from asyncio.sleep(0, loop=loop)
    lock = asyncio.Lock(loop=loop)
    with (yield from lock):
        print(lock.locked())
    with (yield from asyncio.Semaphore(2, loop=loop)) as nothing:
        print(nothing)
    yield from lock
    lock.release()
    event, queue = asyncio.Event(loop=loop), asyncio.Queue(2, loop=loop)
    asyncio.async(queue.put(1), loop=loop)
    print((yield from asyncio.wait_for(queue.get(), 5, loop=loop)))
    done, pending = yield from asyncio.wait([two(1), two(2)], loop=loop, timeout=5)
    print(sorted(each.result() for each in done), pending)
    print((yield from asyncio.gather(two(3), asyncio.shield(two(4), loop=loop), loop=loop)))
    got = []
    for each in asyncio.as_completed([two(5), two(6)], loop=loop):
        got.append((yield from each))
    print(sorted(got))
    condition = asyncio.Condition(loop=loop)
    with (yield from condition):
        condition.notify_all()
    print(asyncio.LifoQueue(loop=loop).maxsize, asyncio.PriorityQueue(loop=loop).empty(), lock.locked())
def two(x):
    yield from asyncio.sleep(0.001)
    return 2 * x
run(main())
""",
        "True\nNone\n1\n[2, 4] set()\n[6, 8]\n[10, 12]\n0 True False\n",
    ),
    "with a lock that nobody waited for": (
        """
try:
    with asyncio.Lock():
        pass
except RuntimeError as error:
    print(error)
""",
        '"yield from" should be used as context manager expression\n',
    ),
    "tasks": (
        """
@asyncio.coroutine
def work(x):
    yield from asyncio.sleep(0)
    return asyncio.Task.current_task() in asyncio.Task.all_tasks()
tasks = [asyncio.Task(work(1)), loop.create_task(work(2)), asyncio.async(work(3)), asyncio.ensure_future(work(4))]
print(asyncio.Task.current_task(), len(asyncio.Task.all_tasks()), isinstance(tasks[1], asyncio.Task))
print(run(asyncio.gather(*tasks)), len(asyncio.Task.all_tasks(loop)))
print(asyncio.async(tasks[0]) is tasks[0], repr(tasks[0]).startswith("<Task finished "))
""",
        "None 4 True\n[True, True, True, True] 4\nTrue True\n",
    ),
    "an error of a bare yield": (
        """
@asyncio.coroutine
def main():
    yield asyncio.Future()
try:
    run(main())
except RuntimeError as error:
    print(str(error).split(" <")[0])
""",
        "yield was used instead of yield from in task\n",
    ),
    "generators stay generators": (
        """
def flat(items):
    for item in items:
        if isinstance(item, list):
            yield from flat(item)
        else:
            yield item
print(list(flat([1, [2, [3]]])), next(flat([4])))
def echo():
    got = yield 1
    print(got)
    return "end"
def outer():
    print((yield from echo()))
generator = outer()
next(generator)
try:
    generator.send("sent")
except StopIteration:
    print("stopped")
@asyncio.coroutine
def main():
    yield from asyncio.sleep(0)
run(main())
""",
        "[1, 2, 3] 4\nsent\nend\nstopped\n",
    ),
    "StopIteration was a return": (
        """
def inner():
    yield from asyncio.sleep(0)
    raise StopIteration(5)
@asyncio.coroutine
def main():
    return (yield from inner())
print(run(main()))
""",
        "5\n",
    ),
    "streams": (
        """
@asyncio.coroutine
def serve(reader, writer):
    line = yield from reader.readline()
    writer.write(line.upper())
    yield from writer.drain()
    writer.close()
@asyncio.coroutine
def main():
    server = yield from asyncio.start_server(serve, "127.0.0.1", 0, loop=loop)
    host, port = server.sockets[0].getsockname()
    reader, writer = yield from asyncio.open_connection(host, port, loop=loop)
    writer.write(b"hello\\n")
    print((yield from reader.read()))
    server.close()
    yield from server.wait_closed()  # with the client's side still open
    writer.close()
run(main())
""",
        "b'HELLO\\n'\n",
    ),
    "subprocess": (
        """
import asyncio.subprocess, sys
from asyncio.subprocess import PIPE
@asyncio.coroutine
def main():
    process = yield from asyncio.create_subprocess_exec(sys.executable, "-c", "print(6 * 7)", stdout=PIPE, loop=loop)
    out, err = yield from process.communicate()
    return out, (yield from process.wait())
print(run(main()))
""",
        "(b'42\\n', 0)\n",
    ),
    "executor": (
        """
@asyncio.coroutine
def main():
    return (yield from loop.run_in_executor(None, len, "four"))
print(run(main()))
""",
        "4\n",
    ),
    "names in the submodules": (
        """
from asyncio import tasks, futures, coroutines, locks
from asyncio.futures import CancelledError, TimeoutError
from concurrent.futures import CancelledError as Cancelled
import concurrent.futures
print(concurrent.futures.CancelledError is Cancelled, concurrent.futures.ThreadPoolExecutor.__name__)
print(tasks.async is asyncio.async, coroutines.coroutine is asyncio.coroutine, locks.Lock is asyncio.Lock)
print(CancelledError is asyncio.CancelledError is Cancelled, TimeoutError is asyncio.TimeoutError)
""",
        "True ThreadPoolExecutor\nTrue True True\nTrue True\n",
    ),
    "a star": ("from asyncio import *\nprint(coroutine is asyncio.coroutine, async is ensure_future)", "True True\n"),
    "gather outside": (
        """
@asyncio.coroutine
def one(x):
    yield from asyncio.sleep(0)
    return x
both = asyncio.gather(one(1), one(2))
print(run(both), run(asyncio.gather()))
same = one(3)
print(run(asyncio.gather(same, same)))
""",
        "[1, 2] []\n[3, 3]\n",
    ),
    "names that others had": (
        """
import collections, inspect, time
print(issubclass(dict, collections.Mapping), time.clock() >= 0, inspect.getargspec(lambda a, b=1: 0).args)
print(asyncio.JoinableQueue is asyncio.Queue)
""",
        "True True ['a', 'b']\nTrue\n",
    ),
    "an awaitable of one's own": (
        """
class Later:
    def __await__(self):
        return self.run()
    def run(self):
        yield from asyncio.sleep(0)
        return "later"
    __iter__ = __await__
async def new():
    return await Later()
def old():
    return (yield from Later())
print(run(new()), run(old()))
""",
        "later later\n",
    ),
    "nothing was said of what was not driven": (
        """
@asyncio.coroutine
def main():
    asyncio.sleep(1)
    asyncio.Event().wait()
    yield
run(main())
""",
        "",
    ),
}

# 3.6 said `ensure_future` where 3.4 said `async`, and had no JoinableQueue any more.
NOT_THERE = ("a star", "names that others had")


@pytest.mark.skipif(not OLD_PYTHON.exists(), reason="needs Python 3.6 to compare with")
@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in NOT_THERE])
def test_as_it_is_there(name: str) -> None:
    text, expected = PROGRAMS[name]
    done = subprocess.run([str(OLD_PYTHON), "-c", HEAD + text], capture_output=True, text=True, check=False)
    assert done.stdout == expected, done.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_it_was(name: str, tmp_path: Path) -> None:
    text, expected = PROGRAMS[name]
    assert printed(tmp_path, HEAD + text) == expected


TROLLIUS = """
import trollius
from trollius import From, Return
import trollius.subprocess
@trollius.coroutine
def add(a, b):
    yield From(trollius.sleep(0.001, loop=loop))
    raise Return(a + b)
@trollius.coroutine
def main():
    total = yield From(add(1, 2))
    both = yield From(trollius.gather(add(3, 4), add("a", "b")))
    yield From(None)
    with (yield From(trollius.Lock())):
        pass
    try:
        yield From(trollius.wait_for(trollius.sleep(60), 0.001))
    except trollius.TimeoutError:
        raise Return(total, both, trollius.subprocess.PIPE)
loop = trollius.get_event_loop()
print(loop.run_until_complete(main()))
"""


def test_trollius(tmp_path: Path) -> None:
    assert printed(tmp_path, TROLLIUS) == "(3, [7, 'ab'], -1)\n"


def test_trollius_in_python_2(tmp_path: Path) -> None:
    pytest.importorskip("fissix")
    text = TROLLIUS.replace(
        "print(loop.run_until_complete(main()))", "print loop.run_until_complete(main()), xrange(2)"
    )
    assert printed(tmp_path, text + "print reduce(lambda a, b: a + b, [1, 2]),\nprint\n") == (
        "(3, [7, 'ab'], -1) range(0, 2)\n3\n"
    )
