"""The rules, as a table: what is rewritten, what is warned about, what is refused.

`whorl upgrade --rules` and `docs/upgrade.md` print this table, and the tests upgrade every example in it.
"""

import enum
from typing import NamedTuple


class Kind(enum.Enum):
    REWRITTEN = "rewritten"
    WARNED = "warned about"
    REFUSED = "refused"


class Rule(NamedTuple):
    name: str
    kind: Kind
    what: str
    before: str
    after: str = ""  # of what is rewritten, and of what is rewritten and warned about


_REWRITTEN = (
    Rule(
        "coroutine",
        Kind.REWRITTEN,
        "A function under `@asyncio.coroutine` becomes `async def`, its `yield from` becomes `await`. Comments of the "
        "decorator's line stand above the function. Every name that an import gives the decorator counts.",
        "@asyncio.coroutine  # 1\ndef pause():  # 2\n    yield from asyncio.sleep(1)",
        "# 1\nasync def pause():  # 2\n    await asyncio.sleep(1)",
    ),
    Rule(
        "helper",
        Kind.REWRITTEN,
        "So does a function without the decorator, if it delegates to something of asyncio's or to a coroutine of this "
        "file, or if one awaits it or a task is made of it. Without any decorator, also if it delegates to a coroutine "
        "that is imported from another file of the same command. Any other generator is left alone.",
        "def pause():\n    yield from asyncio.sleep(1)",
        "async def pause():\n    await asyncio.sleep(1)",
    ),
    Rule(
        "returned",
        Kind.REWRITTEN,
        "A decorated function without `yield from` awaits what it returns, if that is surely awaitable; if it surely "
        "is not, nothing is awaited. Calls of names in CapWords count as classes.",
        "@asyncio.coroutine\ndef pause():\n    return asyncio.sleep(1)",
        "async def pause():\n    return await asyncio.sleep(1)",
    ),
    Rule(
        "await_method",
        Kind.REWRITTEN,
        "`__await__`, and `__iter__` beside it, stay plain generators; they delegate to `x.__await__()`.",
        "class Job:\n    def __await__(self):\n        return (yield from self.run())\n\n    @asyncio.coroutine\n"
        "    def run(self):\n        yield from asyncio.sleep(1)",
        "class Job:\n    def __await__(self):\n        return (yield from self.run().__await__())\n\n"
        "    async def run(self):\n        await asyncio.sleep(1)",
    ),
    Rule(
        "create_task",
        Kind.REWRITTEN,
        "`asyncio.async(x)` and `ensure_future(x)` become `create_task(x)` in a coroutine, where `x` is a call of a "
        "coroutine function of this file or of asyncio.",
        "@asyncio.coroutine\ndef main():\n    task = asyncio.async(asyncio.sleep(1))\n    yield from task",
        "async def main():\n    task = asyncio.create_task(asyncio.sleep(1))\n    await task",
    ),
    Rule(
        "ensure_future",
        Kind.REWRITTEN,
        "Elsewhere `asyncio.async` becomes `asyncio.ensure_future`, in `getattr(asyncio, 'async')` too.",
        "task = asyncio.async(job)",
        "task = asyncio.ensure_future(job)",
    ),
    Rule(
        "run",
        Kind.REWRITTEN,
        "`asyncio.run`, where the whole pattern stands in one block (also with `try`/`finally`), the loop has no other "
        "use, the argument is a coroutine of this file, and nothing else in the file asks for a loop outside of "
        "coroutines. Tasks that are left over are then cancelled.",
        "async def main():\n    pass\n\nloop = asyncio.get_event_loop()\nloop.run_until_complete(main())\nloop.close()",
        "async def main():\n    pass\n\nasyncio.run(main())",
    ),
    Rule(
        "lock",
        Kind.REWRITTEN,
        "`with (yield from lock)` becomes `async with lock`; so does `with await lock`, of a lock that the file makes.",
        "@asyncio.coroutine\ndef work(lock):\n    with (yield from lock):\n        pass",
        "async def work(lock):\n    async with lock:\n        pass",
    ),
    Rule(
        "loop_argument",
        Kind.REWRITTEN,
        "`loop=` goes where Python 3.10 removed it: locks, queues, `sleep`, `wait`, `wait_for`, `gather`, `shield`, "
        "`as_completed`, streams and subprocesses. They use the loop that runs; outside of coroutines `gather` and its "
        "like are given futures of the loop, unless it comes from `get_event_loop`.",
        "@asyncio.coroutine\ndef pause(loop):\n    yield from asyncio.sleep(1, loop=loop)",
        "async def pause(loop):\n    await asyncio.sleep(1)",
    ),
    Rule(
        "wait",
        Kind.REWRITTEN,
        "`asyncio.wait` takes no bare coroutines since 3.11: they become tasks, unless they surely are futures.",
        "@asyncio.coroutine\ndef main(jobs):\n    yield from asyncio.wait(jobs)",
        "async def main(jobs):\n    await asyncio.wait([asyncio.ensure_future(job) for job in jobs])",
    ),
    Rule(
        "task_methods",
        Kind.REWRITTEN,
        "`Task.all_tasks()` and `Task.current_task()` become functions of asyncio; outside of coroutines they are told "
        "the loop. `all_tasks()` no longer lists finished tasks.",
        "def count():\n    return len(asyncio.Task.all_tasks())",
        "def count():\n    return len(asyncio.all_tasks(asyncio.get_event_loop()))",
    ),
    Rule(
        "queue",
        Kind.REWRITTEN,
        "`asyncio.JoinableQueue` becomes `asyncio.Queue`.",
        "queue = asyncio.JoinableQueue()",
        "queue = asyncio.Queue()",
    ),
    Rule(
        "running_loop",
        Kind.REWRITTEN,
        "`asyncio.get_event_loop()` in a coroutine becomes `asyncio.get_running_loop()`.",
        "async def now():\n    return asyncio.get_event_loop().time()",
        "async def now():\n    return asyncio.get_running_loop().time()",
    ),
    Rule(
        "trollius",
        Kind.REWRITTEN,
        "Trollius becomes asyncio: its imports (one, for a `try` that takes either), `yield From(x)`, "
        "`raise Return(x)`, and the exceptions that Python 3 has built in.",
        "import trollius\nfrom trollius import From, Return\n\n@trollius.coroutine\ndef answer():\n"
        "    yield From(trollius.sleep(1))\n    raise Return(42)",
        "import asyncio\n\nasync def answer():\n    await asyncio.sleep(1)\n    return 42",
    ),
    Rule(
        "imports",
        Kind.REWRITTEN,
        "Imported names follow: what is gone is dropped, what has a new name is imported under it.",
        "from asyncio import coroutine, sleep\n\n@coroutine\ndef pause():\n    yield from sleep(1)",
        "from asyncio import sleep\n\nasync def pause():\n    await sleep(1)",
    ),
)

_WARNED = (
    Rule(
        "get_event_loop",
        Kind.WARNED,
        "`asyncio.get_event_loop()` outside of a coroutine makes no loop from Python 3.14 on: use `asyncio.run`, or "
        "`asyncio.new_event_loop()`.",
        "loop = asyncio.get_event_loop()\nloop.run_forever()",
        "loop = asyncio.get_event_loop()\nloop.run_forever()",
    ),
    Rule(
        "cancelled",
        Kind.WARNED,
        "`except Exception` around an `await` no longer catches a cancel: `CancelledError` is a `BaseException` since "
        "3.8. If the cancel was meant to be caught, write `except (Exception, asyncio.CancelledError)`; if it was not, "
        "`except asyncio.CancelledError: raise` before it says so.",
        "async def work():\n    try:\n        await asyncio.sleep(1)\n    except Exception:\n        pass",
        "async def work():\n    try:\n        await asyncio.sleep(1)\n    except Exception:\n        pass",
    ),
    Rule(
        "of_futures",
        Kind.WARNED,
        "`concurrent.futures.CancelledError` is another class than `asyncio.CancelledError` since 3.8, and an `await` "
        "raises the latter.",
        "import asyncio\nfrom concurrent import futures\n\nasync def work():\n    try:\n"
        "        await asyncio.sleep(1)\n    except futures.CancelledError:\n        pass",
        "import asyncio\nfrom concurrent import futures\n\nasync def work():\n    try:\n"
        "        await asyncio.sleep(1)\n    except futures.CancelledError:\n        pass",
    ),
    Rule(
        "timeout",
        Kind.WARNED,
        "`except OSError` before `except asyncio.TimeoutError` catches the timeout too: it is an `OSError` since 3.11.",
        "try:\n    pass\nexcept OSError:\n    pass\nexcept asyncio.TimeoutError:\n    pass",
        "try:\n    pass\nexcept OSError:\n    pass\nexcept asyncio.TimeoutError:\n    pass",
    ),
    Rule(
        "context",
        Kind.WARNED,
        "`with (yield from x) as y` became `with (await x) as y`: what is no lock of asyncio's may want `async with`.",
        "@asyncio.coroutine\ndef work(pool):\n    with (yield from pool) as connection:\n        connection.ping()",
        "async def work(pool):\n    with (await pool) as connection:\n        connection.ping()",
    ),
    Rule(
        "options",
        Kind.WARNED,
        "If these `**options` hold `loop`, it has to be taken out: Python 3.10 removed the argument.",
        "def make(jobs, **options):\n    return asyncio.gather(*jobs, **options)",
        "def make(jobs, **options):\n    return asyncio.gather(*jobs, **options)",
    ),
    Rule(
        "generator_test",
        Kind.WARNED,
        "A coroutine is no generator any more: test with `asyncio.iscoroutine`.",
        "import asyncio, types\n\ndef is_job(job):\n    return isinstance(job, types.GeneratorType)",
        "import asyncio, types\n\ndef is_job(job):\n    return isinstance(job, types.GeneratorType)",
    ),
    Rule(
        "gone",
        Kind.WARNED,
        "asyncio no longer has this name, and nothing takes its place by itself.",
        "asyncio.get_thing()",
        "asyncio.get_thing()",
    ),
    Rule(
        "generator",
        Kind.WARNED,
        "A generator that delegates to a call of something unknown is left as it is. If it is a coroutine, give it "
        "`@asyncio.coroutine` and upgrade again.",
        "def read(stream):\n    return (yield from stream.read())",
        "def read(stream):\n    return (yield from stream.read())",
    ),
    Rule(
        "stop_iteration",
        Kind.WARNED,
        "`raise StopIteration` in a coroutine is an error since 3.7: write `return`.",
        "async def work():\n    raise StopIteration",
        "async def work():\n    raise StopIteration",
    ),
)

_REFUSED = (
    Rule(
        "bare_yield",
        Kind.REFUSED,
        "A `yield` without `from` in a coroutine. To give others a turn write `yield from asyncio.sleep(0)`.",
        "@asyncio.coroutine\ndef work():\n    yield\n    yield from asyncio.sleep(1)",
    ),
    Rule(
        "decorator",
        Kind.REFUSED,
        "An unknown decorator below `@asyncio.coroutine`, or on a coroutine without it: it expects a generator.",
        "@asyncio.coroutine\n@traced\ndef work():\n    yield from asyncio.sleep(1)",
    ),
    Rule(
        "used_as_generator",
        Kind.REFUSED,
        "A coroutine is used as a generator: iterated over, or driven with `next` or `send`.",
        "@asyncio.coroutine\ndef work():\n    yield from asyncio.sleep(1)\n\nfor step in work():\n    pass",
    ),
    Rule(
        "unclear",
        Kind.REFUSED,
        "`yield from` a name whose nature is unclear: `await` takes a coroutine or a future, but no generator and no "
        "list. If it is one of the former, write `yield from asyncio.ensure_future(name)`, or call it `…_future`.",
        "@asyncio.coroutine\ndef work(job):\n    yield from job",
    ),
    Rule(
        "iterable",
        Kind.REFUSED,
        "`yield from` something that can't be awaited. An object of a class with `__iter__` can be if the class says "
        "`__await__ = __iter__` too.",
        "@asyncio.coroutine\ndef work():\n    yield from [asyncio.sleep(1)]",
    ),
    Rule(
        "may_await",
        Kind.REFUSED,
        "A decorated function without `yield from` returns what may be awaitable: the decorator awaited it. Write "
        "`return (yield from …)` if it is, and drop the decorator or split the line if it is not.",
        "@asyncio.coroutine\ndef work(job):\n    return job()",
    ),
    Rule(
        "comprehension",
        Kind.REFUSED,
        "`yield from` inside a comprehension or a lambda made a generator of it.",
        "@asyncio.coroutine\ndef work(jobs):\n    return [(yield from job()) for job in jobs]",
    ),
    Rule(
        "as_function",
        Kind.REFUSED,
        "`asyncio.coroutine` is called, or kept, as a function; it is gone since 3.11.",
        "work = asyncio.coroutine(lambda: None)",
    ),
    Rule(
        "protocol",
        Kind.REFUSED,
        "`__iter__`, `__await__` and `__next__` have to stay plain methods, and this one delegates to a coroutine.",
        "class Job:\n    @asyncio.coroutine\n    def __iter__(self):\n        yield from asyncio.sleep(1)",
    ),
    Rule(
        "with_items",
        Kind.REFUSED,
        "`with` has a lock and something else: an `async with` of its own is needed for the lock.",
        "@asyncio.coroutine\ndef work(lock, path):\n    with open(path), (yield from lock):\n        pass",
    ),
    Rule(
        "loop_options",
        Kind.REFUSED,
        "`**options` of something that had no option but `loop` by name, which Python 3.10 removed.",
        "def make(**options):\n    return asyncio.Lock(**options)",
    ),
    Rule(
        "keyword",
        Kind.REFUSED,
        "`async` or `await` as a name is a syntax error since 3.7, and only you can tell who else uses the name.",
        "def send(async=True):\n    pass",
    ),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in (*_REWRITTEN, *_WARNED, *_REFUSED)}


def as_text() -> str:
    """The table for a terminal."""
    parts = []
    for kind in Kind:
        parts.append(kind.value.capitalize())
        for rule in RULES.values():
            if rule.kind is kind:
                parts.append(f"  {rule.name}: {rule.what}")
                parts += [f"    - {line}" for line in rule.before.split("\n")]
                parts += [f"    + {line}" for line in rule.after.split("\n") if rule.after not in ("", rule.before)]
        parts.append("")
    return "\n".join(parts)


def as_markdown() -> str:
    """The table for the documentation."""
    parts = []
    for kind in Kind:
        parts += [f"## What is {kind.value}", ""]
        for rule in RULES.values():
            if rule.kind is kind:
                parts += [f"### {rule.name}", "", rule.what, "", "```python", rule.before, "```", ""]
                if rule.after not in ("", rule.before):
                    parts += ["becomes", "", "```python", rule.after, "```", ""]
    return "\n".join(parts)
