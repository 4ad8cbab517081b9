"""Old and new, beside the examples of the table: forms that real programs have."""

import pytest

from whorl.legacy.upgrade.file import upgrade
from whorl.legacy.upgrade.neighbours import Around

PAIRS = {
    "a lock that is acquired by waiting for it": (
        "import asyncio\nsem = asyncio.Semaphore(1)\n@asyncio.coroutine\ndef f():\n    yield from sem\n",
        "import asyncio\nsem = asyncio.Semaphore(1)\nasync def f():\n    await sem.acquire()\n",
    ),
    "a lock of a native coroutine": (
        "import asyncio\nclass C:\n    def __init__(self):\n        self.lock = asyncio.Lock()\n"
        "    async def f(self, lock):\n        with await self.lock:\n            pass\n"
        "        with await lock:\n            pass\n        with (await self.lock) as none:\n            pass\n",
        "import asyncio\nclass C:\n    def __init__(self):\n        self.lock = asyncio.Lock()\n"
        "    async def f(self, lock):\n        async with self.lock:\n            pass\n"
        "        with await lock:\n            pass\n        async with self.lock as none:\n            pass\n",
    ),
    "comments within yield from": (
        "import asyncio\n@asyncio.coroutine\ndef f(lock):\n    x = (yield  # a\n         # b\n         from  # c\n"
        "         asyncio.sleep(0))\n    y = (yield\n         from asyncio.sleep(0))  # d\n"
        "    with (  # e\n            yield  # f\n            from  # g\n            lock  # h\n            ):\n"
        "        pass\n"
        "    with (yield from lock  # i\n          ):\n        pass\n    return x, y\n",
        "import asyncio\nasync def f(lock):\n    x = (await  # a\n         # b\n         # c\n"
        "         asyncio.sleep(0))\n    y = (await\n         asyncio.sleep(0))  # d\n"
        "    async with (  # e\n            # f\n            # g\n            lock  # h\n            ):\n        pass\n"
        "    async with (lock  # i\n          ):\n        pass\n    return x, y\n",
    ),
    "__aiter__ that was a coroutine": (
        "import asyncio\nclass C:\n    @asyncio.coroutine\n    def __aiter__(self):\n        return self\n",
        "import asyncio\nclass C:\n    def __aiter__(self):\n        return self\n",
    ),
    "wait on a coroutine with a name": (
        "import asyncio\n@asyncio.coroutine\ndef g():\n    pass\n@asyncio.coroutine\ndef f():\n"
        "    w = g()\n    yield from asyncio.wait([w])\n",
        "import asyncio\nasync def g():\n    pass\nasync def f():\n"
        "    w = g()\n    await asyncio.wait([asyncio.ensure_future(w)])\n",
    ),
    "from import": (
        "from asyncio import coroutine, async\n@coroutine\ndef f(x):\n    yield from async(x)\n",
        "from asyncio import ensure_future\nasync def f(x):\n    await ensure_future(x)\n",
    ),
    "import as": (
        "import asyncio as aio\n@aio.coroutine\ndef f():\n    yield from aio.sleep(1)\n",
        "import asyncio as aio\nasync def f():\n    await aio.sleep(1)\n",
    ),
    "method": (
        "import asyncio\nclass C:\n    @asyncio.coroutine\n    def f(self):\n        yield from self.g()\n"
        "    def g(self):\n        return (yield from asyncio.sleep(1, 2))\n",
        "import asyncio\nclass C:\n    async def f(self):\n        await self.g()\n"
        "    async def g(self):\n        return await asyncio.sleep(1, 2)\n",
    ),
    "asyncio of a module of one's own": (
        "from .compat import asyncio\n@asyncio.coroutine\ndef f():\n    yield from asyncio.sleep(1)\n",
        "from .compat import asyncio\nasync def f():\n    await asyncio.sleep(1)\n",
    ),
    "__iter__ beside __await__": (
        "import asyncio\nclass C:\n    def __iter__(self):\n        return (yield from self.fut)\n"
        "    __await__ = __iter__\n",
        "import asyncio\nclass C:\n    def __iter__(self):\n        return (yield from self.fut.__await__())\n"
        "    __await__ = __iter__\n",
    ),
    "nested": (
        "import asyncio\ndef f():\n    @asyncio.coroutine\n    def g():\n"
        "        yield from asyncio.sleep(1)\n    return g\n",
        "import asyncio\ndef f():\n    async def g():\n        await asyncio.sleep(1)\n    return g\n",
    ),
    "precedence": (
        "import asyncio\n@asyncio.coroutine\ndef f(a, b):\n    x = yield from a() or b()\n"
        "    y = 1 + (yield from a())\n"
        "    z = (yield from a()).text\n    return (yield from (yield from b()).c())\n",
        "import asyncio\nasync def f(a, b):\n    x = await (a() or b())\n    y = 1 + (await a())\n"
        "    z = (await a()).text\n    return await (await b()).c()\n",
    ),
    "comments of decorators": (
        "import asyncio\n\n\n# above\n@first  # one\n# between\n@asyncio.coroutine  # two\n# below\ndef f():  # three\n"
        "    yield from asyncio.sleep(1)\n",
        "import asyncio\n\n\n# above\n@first  # one\n# between\n# two\n# below\nasync def f():  # three\n"
        "    await asyncio.sleep(1)\n",
    ),
    "as_completed": (
        "import asyncio\n@asyncio.coroutine\ndef f(jobs):\n    for n, job in enumerate(asyncio.as_completed(jobs)):\n"
        "        yield from job\n",
        "import asyncio\nasync def f(jobs):\n    for n, job in enumerate(asyncio.as_completed(jobs)):\n"
        "        await job\n",
    ),
    "loop= with comments": (
        "import asyncio\nasync def f(loop):\n    await asyncio.gather(\n        g(),  # one\n"
        "        loop=loop,  # two\n    )\n"
        "    await asyncio.sleep(1,  # three\n                        loop=loop)\n",
        "import asyncio\nasync def f(loop):\n    await asyncio.gather(\n        g(),  # one\n        # two\n    )\n"
        "    await asyncio.sleep(1,  # three\n                        )\n",
    ),
    "loop= alone": (
        "import asyncio\nasync def f(loop):\n    return asyncio.Lock(loop=loop), asyncio.Event(\n        loop=loop)\n",
        "import asyncio\nasync def f(loop):\n    return asyncio.Lock(), asyncio.Event(\n        )\n",
    ),
    "gather on another loop": (
        "import asyncio\ndef f(loop, jobs):\n    loop.run_until_complete(asyncio.gather(g(), *jobs, loop=loop))\n",
        "import asyncio\ndef f(loop, jobs):\n    loop.run_until_complete(asyncio.gather(asyncio.ensure_future(g(), "
        "loop=loop), *[asyncio.ensure_future(job, loop=loop) for job in jobs]))\n",
    ),
    "super().__init__(loop=)": (
        "import asyncio\nclass Q(asyncio.Queue):\n    def __init__(self, *, loop=None):\n"
        "        super().__init__(5, loop=loop)\n",
        "import asyncio\nclass Q(asyncio.Queue):\n    def __init__(self, *, loop=None):\n        super().__init__(5)\n",
    ),
    "wait": (
        "import asyncio\nasync def g():\n    pass\nasync def f():\n    task = asyncio.ensure_future(g())\n"
        "    await asyncio.wait([task])\n    await asyncio.wait([g(), task])\n"
        "    await asyncio.wait({g() for _ in 'ab'})\n",
        "import asyncio\nasync def g():\n    pass\nasync def f():\n    task = asyncio.create_task(g())\n"
        "    await asyncio.wait([task])\n    await asyncio.wait([asyncio.create_task(g()), task])\n"
        "    await asyncio.wait({asyncio.create_task(g()) for _ in 'ab'})\n",
    ),
    "try, finally": (
        "import asyncio\nasync def f():\n    pass\ndef main():\n    # get\n    loop = asyncio.get_event_loop()  # got\n"
        "    # try\n    try:  # tried\n        return loop.run_until_complete(f())  # ran\n    finally:  # fin\n"
        "        loop.close()  # closed\n",
        "import asyncio\nasync def f():\n    pass\ndef main():\n    # get\n    # got\n    # try\n"
        "    # tried\n    # fin\n"
        "    # closed\n    return asyncio.run(f())  # ran\n",
    ),
    "a guard": (
        "import asyncio\nasync def f():\n    pass\n\nif __name__ == '__main__':\n    loop = asyncio.get_event_loop()\n"
        "    print('go')\n    loop.run_until_complete(f())\n    loop.close()\n",
        "import asyncio\nasync def f():\n    pass\n\nif __name__ == '__main__':\n    print('go')\n"
        "    asyncio.run(f())\n",
    ),
    "fallback of imports": (
        "try:\n    from asyncio import ensure_future\nexcept ImportError:\n"
        "    from asyncio import async as ensure_future\n",
        "try:\n    from asyncio import ensure_future\nexcept ImportError:\n"
        "    from asyncio import ensure_future as ensure_future\n",
    ),
    "getattr": (
        "import asyncio\nspawn = getattr(asyncio, 'async')\nother = getattr(asyncio, 'async', None)\n",
        "import asyncio\nspawn = asyncio.ensure_future\nother = getattr(asyncio, 'ensure_future', None)\n",
    ),
    "Task by name": (
        "from asyncio import Task\nasync def f():\n    return Task.current_task()\n",
        "from asyncio import Task, current_task\nasync def f():\n    return current_task()\n",
    ),
    "the one or the other": (
        "# either\ntry:\n    import trollius as asyncio\n    from trollius import From\nexcept ImportError:\n"
        "    import asyncio\n\nprint(asyncio)\n",
        "# either\nimport asyncio\n\nprint(asyncio)\n",
    ),
    "the one or the other, with names": (
        "def f():\n    try:\n        from asyncio import Queue\n    except ImportError:\n"
        "        from trollius import Queue\n    return Queue()\n",
        "def f():\n    from asyncio import Queue\n    return Queue()\n",
    ),
    "the one or the other, and what is said of it": (
        "try:\n    import asyncio\nexcept ImportError:  # Python 2\n    import trollius as asyncio\n",
        "try:\n    import asyncio\nexcept ImportError:  # Python 2\n    import asyncio\n",
    ),
    "the one or the other, and more": (
        "try:\n    import trollius as asyncio\nexcept ImportError:\n    asyncio = None\n",
        "try:\n    import asyncio\nexcept ImportError:\n    asyncio = None\n",
    ),
    "trollius": (
        "import trollius as asyncio\nfrom trollius import From, Return\n@asyncio.coroutine\ndef f():\n"
        "    try:\n        x = yield From(asyncio.sleep(1))\n    except asyncio.ConnectionResetError:\n"
        "        raise Return(1, 2)\n    raise Return()\n",
        "import asyncio\nasync def f():\n    try:\n        x = await asyncio.sleep(1)\n"
        "    except ConnectionResetError:\n        return (1, 2)\n    return\n",
    ),
    "a decorator's helper": (
        "import asyncio\nimport functools\ndef timed(fn):\n    @functools.wraps(fn)\n    def wrapper(*args):\n"
        "        return (yield from fn(*args))\n    return wrapper\n@timed\n@asyncio.coroutine\ndef f():\n"
        "    yield from asyncio.sleep(1)\n",
        "import asyncio\nimport functools\ndef timed(fn):\n    @functools.wraps(fn)\n    async def wrapper(*args):\n"
        "        return await fn(*args)\n    return wrapper\n@timed\nasync def f():\n    await asyncio.sleep(1)\n",
    ),
    "line continuation": (
        "import asyncio\n@asyncio.coroutine\ndef f():\n    x = yield from \\\n        asyncio.sleep(1)\n",
        "import asyncio\nasync def f():\n    x = await \\\n        asyncio.sleep(1)\n",
    ),
    "in brackets on two lines": (
        "import asyncio\n@asyncio.coroutine\ndef f(g):\n    return (yield from  # why\n            g())\n",
        "import asyncio\nasync def f(g):\n    return (await  # why\n            g())\n",
    ),
    "__await__ that delegates to who knows": (
        "import asyncio\nclass C:\n    def __init__(self, inner):\n        self.inner = inner\n"
        "    def __await__(self):\n        return (yield from self.inner)\n    def __iter__(self):\n"
        "        yield from self.inner\n",
        "import asyncio\nclass C:\n    def __init__(self, inner):\n        self.inner = inner\n"
        "    def __await__(self):\n        return (yield from self.inner.__await__())\n    def __iter__(self):\n"
        "        yield from self.inner\n",
    ),
    "an iterator that __await__ keeps": (
        "import asyncio\nclass C:\n    def __await__(self):\n        x = iter(self.inner)\n        yield from x\n",
        "import asyncio\nclass C:\n    def __await__(self):\n        x = iter(self.inner)\n        yield from x\n",
    ),
    "a question asked before": (
        "import asyncio, inspect\n@asyncio.coroutine\ndef f(handler, job):\n    result = handler()\n"
        "    if asyncio.iscoroutine(result):\n        result = yield from result\n    if result is None:\n"
        "        result = []\n    if isinstance(job, asyncio.Future) or inspect.isawaitable(job): yield from job\n"
        "    for each in result:\n        print(each)\n",
        "import asyncio, inspect\nasync def f(handler, job):\n    result = handler()\n"
        "    if asyncio.iscoroutine(result):\n        result = await result\n    if result is None:\n"
        "        result = []\n    if isinstance(job, asyncio.Future) or inspect.isawaitable(job): await job\n"
        "    for each in result:\n        print(each)\n",
    ),
    "a coroutine, and what comes of it, under one name": (
        "import asyncio\ndef work():\n    yield from asyncio.sleep(1)\n    return [1]\n@asyncio.coroutine\n"
        "def f():\n    x = work()\n    if asyncio.iscoroutine(x):\n        x = yield from x\n    return list(x)\n",
        "import asyncio\nasync def work():\n    await asyncio.sleep(1)\n    return [1]\n"
        "async def f():\n    x = work()\n    if asyncio.iscoroutine(x):\n        x = await x\n    return list(x)\n",
    ),
    "arguments that are returned": (
        "import asyncio\n@asyncio.coroutine\ndef f(*args):\n    return args\n@asyncio.coroutine\n"
        "def g(**options):\n    return options\n",
        "import asyncio\nasync def f(*args):\n    return args\nasync def g(**options):\n    return options\n",
    ),
    "a turn for others": (
        "import trollius as asyncio\nfrom trollius import From\n@asyncio.coroutine\ndef f():\n"
        "    yield From(None)\n    x = yield From(  # a\n        None)\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    x = await (  # a\n        asyncio.sleep(0))\n",
    ),
    "a turn for others, by imported names": (
        "from trollius import From, coroutine\n@coroutine\ndef f():\n    yield From(None)\n",
        "from asyncio import sleep\nasync def f():\n    await sleep(0)\n",
    ),
    "a decorator that may be missing": (
        "import asyncio\ntry:\n    from asyncio import coroutine\nexcept ImportError:\n    coroutine = None\n"
        "task = asyncio.async(job)\n",
        "import asyncio\ntry:\n    pass\nexcept ImportError:\n    coroutine = None\n"
        "task = asyncio.ensure_future(job)\n",
    ),
}

UNTOUCHED = {
    "a generator": "import asyncio\ndef walk(tree):\n    yield tree\n    yield from walk(tree.left)\n",
    "another coroutine": "from tornado.gen import coroutine\n@coroutine\ndef f():\n    yield from g()\n",
    "no asyncio": "def f():\n    return (yield from g())\n",
    "a loop with another use": (
        "import asyncio\nasync def f():\n    pass\nloop = asyncio.get_event_loop()\nloop.run_until_complete(f())\n"
        "loop.run_until_complete(f())\nloop.close()\n"
    ),
    "a loop and a future": (
        "import asyncio\ndone = asyncio.Future()\nasync def f():\n    await done\nloop = asyncio.get_event_loop()\n"
        "loop.run_until_complete(f())\nloop.close()\n"
    ),
    "types.coroutine": (
        "import types\n@types.coroutine\ndef f():\n    yield\n    yield from g()\nasync def g():\n    await f()\n"
    ),
    "loop= of others": "import asyncio\nsession = make(loop=asyncio.get_running_loop())\n",
    "ensure_future of who knows": "import asyncio\nasync def f(x):\n    await asyncio.ensure_future(x)\n",
}


@pytest.mark.parametrize(("old", "new"), PAIRS.values(), ids=list(PAIRS))
def test_old_and_new(old: str, new: str) -> None:
    outcome = upgrade(old.encode())
    assert outcome.problem == ""
    assert outcome.content.decode() == new, outcome.remarks
    assert upgrade(outcome.content).content == outcome.content


@pytest.mark.parametrize("text", UNTOUCHED.values(), ids=list(UNTOUCHED))
def test_untouched(text: str) -> None:
    outcome = upgrade(text.encode())
    assert outcome.content.decode() == text
    assert not outcome.refused


def test_a_refusal_says_where() -> None:
    text = "import asyncio\n\n\n@asyncio.coroutine\ndef f():\n    # why\n    yield\n    yield from asyncio.sleep(1)\n"
    outcome = upgrade(text.encode())
    assert outcome.content == text.encode()
    assert [(remark.rule, remark.line) for remark in outcome.remarks] == [("bare_yield", 7)]
    assert "`f`" in outcome.remarks[0].text


def test_a_helper_in_another_file() -> None:
    helper = b"def retry(fn):\n    return (yield from fn())\n# asyncio\n"
    assert upgrade(helper).content == helper
    assert upgrade(helper, Around(frozenset(["retry"]))).content.startswith(
        b"async def retry(fn):\n    return await fn()\n"
    )


REFUSED = {
    "a question about something else": (
        "import asyncio\n@asyncio.coroutine\ndef f(job, other):\n    if asyncio.iscoroutine(other):\n"
        "        yield from job\n",
        ("unclear", 5),
    ),
    "a question that leaves it open": (
        "import asyncio\n@asyncio.coroutine\ndef f(job):\n    if isinstance(job, asyncio.Future) or job:\n"
        "        job = yield from job\n    return list(job)\n",
        ("unclear", 5),
    ),
    "the other branch": (
        "import asyncio, inspect\n@asyncio.coroutine\ndef f(job):\n    if isinstance(job, list): pass\n"
        "    elif inspect.iscoroutine(job):\n        pass\n    else:\n        yield from job\n",
        ("unclear", 8),
    ),
    "an iterator's class": (
        "import asyncio\nclass Old(object):\n    def __iter__(self):\n        yield from self.fut\n"
        "@asyncio.coroutine\ndef f():\n    yield from Old()\n",
        ("iterable", 7),
    ),
}


@pytest.mark.parametrize(("text", "remark"), REFUSED.values(), ids=list(REFUSED))
def test_refused(text: str, remark: tuple[str, int]) -> None:
    outcome = upgrade(text.encode())
    assert outcome.content == text.encode()
    assert [(each.rule, each.line) for each in outcome.remarks if each.kind == "refused"] == [remark]


WARNED = {
    "on Windows only": ("import asyncio\nloop = asyncio.ProactorEventLoop(asyncio.IocpProactor())\n", []),
    "a module that is gone": ("from asyncio import test_utils\n", [("gone", 1)]),
    "a module that is gone, itself": ("import asyncio.test_utils\n", [("gone", 1)]),
    "from a module that is gone": ("from trollius.test_utils import TestCase\n", [("gone", 1), ("trollius", 1)]),
    "a module that may be gone": (
        "try:\n    from asyncio import test_utils\nexcept ImportError:\n    test_utils = None\n",
        [],
    ),
    "a cancel that is caught": (
        "import asyncio\nasync def f():\n    try:\n        await g()\n    except (Exception, BaseException):\n"
        "        pass\n",
        [],
    ),
}


@pytest.mark.parametrize(("text", "remarks"), WARNED.values(), ids=list(WARNED))
def test_warned(text: str, remarks: list[tuple[str, int]]) -> None:
    assert [(each.rule, each.line) for each in upgrade(text.encode()).remarks] == remarks
