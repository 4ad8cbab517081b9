"""Which programs are old, and what is said about it."""

import ast
import asyncio
from pathlib import Path

import pytest

from whorl.legacy.dialect import signs

from .support import run

OLD = {
    "import asyncio\nasyncio.async(x)": "asyncio.async",
    "from asyncio import async": "async as a name",
    "import asyncio\n@asyncio.coroutine\ndef f(): pass": "@asyncio.coroutine",
    "from asyncio import (sleep,\n    coroutine)\n@coroutine\ndef f(): pass": "@asyncio.coroutine",
    "import asyncio\ndef f():\n    yield from asyncio.sleep(1)": "yield from coroutines",
    "import asyncio\nasyncio.Task.all_tasks()": "Task.all_tasks",
    "import asyncio\nasyncio.Task.current_task()": "Task.current_task",
    "import asyncio\nq = asyncio.JoinableQueue()": "JoinableQueue",
    "import asyncio\nasync def f(loop):\n    await asyncio.sleep(1, loop=loop)": "loop= arguments",
    "from asyncio import Queue\nq = Queue(maxsize=f(1, loop=2), loop=loop)": "loop= arguments",
    "import asyncio\nasync def f(): await asyncio.wait([g(), g()])": "asyncio.wait on coroutines",
    "import asyncio\nloop = asyncio.get_event_loop()\nloop.run_forever()": "asyncio.get_event_loop",
    "import asyncio\nasync def f(): pass\ndef g():\n    yield from asyncio.sleep(1)": "yield from coroutines",
    "import trollius": "Trollius",
    "from trollius import From": "Trollius",
}
MODERN = [
    "",
    "def f():\n    yield from g()",
    "print('asyncio.async')",
    "import asyncio\nasync def f(): pass\nasyncio.run(f())",
    "import asyncio\n# asyncio.async(x), @asyncio.coroutine\n'''yield from asyncio.sleep(1)'''\nasync def f(): pass",
    "import asyncio\nasync def f(): pass\ndef flat(x):\n    yield from x",
    "import asyncio\ndef f(): return (x async for x in g())\nasyncio.run(f)",
    "import asyncio\nasync def f():\n    loop = asyncio.get_event_loop()\n    loop=2",
    "import asyncio\nasync def f(): pass\ndef g():\n    yield from asyncio.sleep(1).__await__()",
    "import asyncio\nasync def f(): await asyncio.wait({asyncio.create_task(g())})",
    "import asyncio\nasync def f(): g(loop=loop); asyncio.sleep(1); run(loop=1)",
    "import asyncio, types\n@types.coroutine\ndef f(): yield\nasync def g(): await f()",
    "import asyncio\nasyncio.Future(loop=asyncio.new_event_loop())",
    "from tornado.gen import coroutine\nimport asyncio\n@coroutine\ndef f(): yield g()",
]


@pytest.mark.parametrize("text", OLD)
def test_old(text: str) -> None:
    assert OLD[text] in signs(text.encode())


@pytest.mark.parametrize("text", MODERN)
def test_modern(text: str) -> None:
    ast.parse(text)
    assert signs(text.encode()) == ()


def test_asyncio_itself_is_modern() -> None:
    """Large modern files with every word of the dialect in comments, docstrings, and other uses."""
    files = [path for path in Path(asyncio.__file__).parent.glob("*.py") if "loop=loop" not in path.read_text()]
    assert [path.name for path in files if signs(path.read_bytes()) not in ((), ("asyncio.get_event_loop",))] == []


def test_it_is_said_once_and_plainly(tmp_path: Path) -> None:
    outcome = run(tmp_path, "import asyncio\nasyncio.async\nasyncio.coroutine\nprint(1)\n")
    assert outcome == (0, "1\n", "whorl: old asyncio dialect (asyncio.async, @asyncio.coroutine); revived\n")


def test_quiet(tmp_path: Path) -> None:
    assert run(tmp_path, "import asyncio\nasyncio.async\n", "--quiet") == (0, "", "")


def test_no_revive(tmp_path: Path) -> None:
    outcome = run(tmp_path, "import asyncio\nasyncio.async\n", "--no-revive")
    assert outcome.code == 1
    assert "SyntaxError" in outcome.stderr
    assert "whorl" not in outcome.stderr


def test_a_modern_program_loads_nothing_of_it(tmp_path: Path) -> None:
    text = """
        import asyncio, sys
        async def main(): pass
        asyncio.run(main())
        print(sorted(name for name in sys.modules if name.startswith("whorl.legacy")))
        print(__builtins__ is sys.modules["builtins"])
    """
    modules = [f"whorl.legacy{name}" for name in ("", ".dialect", ".survey", ".tokens")]
    assert run(tmp_path, text).stdout == f"{modules}\nTrue\n"


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        (("--call", "main"), "def main(): print(1)", (0, "1\n")),
        (("--call=main",), "def main(): print(1)", (0, "1\n")),
        (("--call", "main"), "async def main(): print(1)", (0, "1\n")),
        (("--call", "main"), "import asyncio\n@asyncio.coroutine\ndef main():\n  yield\n  print(1)", (0, "1\n")),
        (("--call", "main"), "import asyncio\ndef main():\n  yield from asyncio.sleep(0)\n  print(1)", (0, "1\n")),
        (("--call", "main"), "def main(): raise SystemExit(3)", (3, "")),
        (("--call", "main"), "def maim(): pass", (2, "")),
    ],
)
def test_call(options: tuple[str, ...], text: str, expected: tuple[int, str], tmp_path: Path) -> None:
    assert run(tmp_path, text, "--quiet", *options)[:2] == expected


def test_call_of_nothing_names_what_there_is(tmp_path: Path) -> None:
    assert run(tmp_path, "def go(): pass\ndef stop(): pass\n", "--call", "main").stderr == (
        "whorl run: old.py has no function 'main' to call; its functions are go, stop\n"
    )


@pytest.mark.parametrize("words", [("--call",), ("--call", "main"), ("--call", "main", "-m", "x"), ("--colour", "x")])
def test_usage(words: tuple[str, ...], tmp_path: Path) -> None:
    from .support import command

    outcome = command(tmp_path, *words)
    assert outcome.code == 2
    assert outcome.stderr.startswith("whorl run: ")


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio\nfrom multiprocessing import JoinableQueue\nasync def main(): JoinableQueue()\n",
        "import asyncio, janus\nasync def main(loop): janus.Queue(loop=loop)\n",
        "import asyncio\nclass Lock: ...\nasync def main(loop): Lock(loop=loop)\n",
    ],
)
def test_what_others_have_by_the_same_name_is_no_sign(source: str) -> None:
    assert signs(source.encode()) == ()


@pytest.mark.parametrize(
    ("source", "sign"),
    [
        ("import asyncio as aio\nasync def main(loop): aio.Lock(loop=loop)\n", "loop= arguments"),
        ("from asyncio import Lock\nasync def main(loop): Lock(loop=loop)\n", "loop= arguments"),
        ("from asyncio import JoinableQueue\nasync def main(): JoinableQueue()\n", "JoinableQueue"),
    ],
)
def test_asyncios_own_are(source: str, sign: str) -> None:
    assert signs(source.encode()) == (sign,)


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio, work\ndef flat(t):\n    for n in t: yield from flat(n)\nasyncio.run(work.main())\n",
        "import asyncio\nasync def main(): await asyncio.wait(tasks)\nasyncio.run(main())\n",
    ],
)
def test_what_runs_today_is_not_old(source: str) -> None:
    assert signs(source.encode()) == ()


@pytest.mark.parametrize("statement", ["with await lock: pass", "with (yield from lock): pass"])
def test_a_lock_in_a_plain_with_is_a_sign(statement: str) -> None:
    source = f"import asyncio\nasync def main(lock):\n    await lock\n    def inner():\n        {statement}\n"
    assert signs(source.encode()) == ("with on a lock",)
