"""What is seen of an old program that fails: its own lines, and nothing of how it was revived."""

from pathlib import Path

from whorl.legacy.tokens import WIDE

from .support import printed, run


def test_traceback(tmp_path: Path) -> None:
    text = """\
import asyncio

@asyncio.coroutine
def inner(x):
    yield from asyncio.sleep(0)
    raise ValueError(x)  # async

@asyncio.coroutine
def outer():
    yield from asyncio.async(inner(dict(async=1)["async"]))

def main():
    asyncio.get_event_loop().run_until_complete(outer())

main()
"""
    outcome = run(tmp_path, text, "--quiet")
    assert outcome.code == 1
    frames = [line for line in outcome.stderr.splitlines() if "old.py" in line]
    places = ["15, in <module>", "13, in main", "10, in outer", "6, in inner"]
    assert [frame.partition(", line ")[2] for frame in frames] == places
    assert '    yield from asyncio.async(inner(dict(async=1)["async"]))\n' in outcome.stderr
    assert "    raise ValueError(x)  # async\n" in outcome.stderr
    assert "whorl" not in outcome.stderr.replace(str(tmp_path), "")
    assert WIDE not in outcome.stderr


def test_the_marks_are_in_their_place(tmp_path: Path) -> None:
    outcome = run(tmp_path, "import asyncio\nasync = await = 0\nx = async + await + (1 / 0) + async\n", "--quiet")
    lines = outcome.stderr.splitlines()
    assert lines[2:4] == ["    x = async + await + (1 / 0) + async", "                         ~~^~~"]


def test_syntax_error(tmp_path: Path) -> None:
    outcome = run(tmp_path, "import asyncio\nx = asyncio.async(y) +\n", "--quiet")
    assert outcome.stderr == (
        f'  File "{tmp_path}/old.py", line 2\n    x = asyncio.async(y) +\n'
        "                          ^\nSyntaxError: invalid syntax\n"
    )


def test_an_exception_in_a_module(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import asyncio\nasyncio.async\n1 / 0\n")
    outcome = run(tmp_path, "import asyncio\nasyncio.async\nimport helper\n", "--quiet")
    frames = [line.strip() for line in outcome.stderr.splitlines() if "File" in line]
    assert frames == [f'File "{tmp_path}/{name}.py", line 3, in <module>' for name in ("old", "helper")]


CANCELS = """
import asyncio
@asyncio.coroutine
def work():
    try:
        yield from asyncio.sleep(60)
    except Exception as error:
        return type(error).__name__
@asyncio.coroutine
def limited():
    try:
        yield from asyncio.wait_for(asyncio.sleep(60), 0.001)
    except OSError:
        return "OSError"
    except asyncio.TimeoutError:
        return "TimeoutError"
loop = asyncio.get_event_loop()
for _ in range(2):
    task = asyncio.async(work())
    loop.run_until_complete(asyncio.sleep(0))
    task.cancel()
    print(loop.run_until_complete(task), loop.run_until_complete(limited()))
"""


def test_handlers_catch_what_they_caught(tmp_path: Path) -> None:
    assert printed(tmp_path, CANCELS) == "CancelledError TimeoutError\n" * 2


def test_where_an_exception_has_moved_is_said_once(tmp_path: Path) -> None:
    said = run(tmp_path, CANCELS).stderr.splitlines()
    assert len(said) == 3
    assert said[1].startswith(f"whorl: {tmp_path}/old.py:7: `except Exception` caught a CancelledError")
    assert said[2].startswith(f"whorl: {tmp_path}/old.py:13: `except OSError` let an asyncio.TimeoutError pass")


def test_errors_of_the_system_are_still_caught(tmp_path: Path) -> None:
    text = """
        import asyncio, socket
        asyncio.async
        for error in OSError("x"), ConnectionResetError(), socket.timeout("timed out"), TimeoutError(110, "x"):
            try:
                raise error
            except (OSError, ValueError):
                print("caught")
    """
    assert printed(tmp_path, text) == "caught\n" * 4


def test_a_program_that_asked_for_uvloop(tmp_path: Path) -> None:
    """The policy is uvloop's by the name of its module; what it does is what uvloop's does where no loop is set."""
    (tmp_path / "uvloop.py").write_text("""\
import asyncio

class EventLoopPolicy(asyncio.DefaultEventLoopPolicy):
    def get_event_loop(self):
        raise RuntimeError("There is no current event loop in thread 'MainThread'.")
""")
    text = """\
import asyncio
import uvloop

asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

@asyncio.coroutine
def main():
    yield from asyncio.sleep(0)
    return 42

print(asyncio.get_event_loop().run_until_complete(main()))
"""
    assert printed(tmp_path, text, "--quiet") == "42\n"


def test_an_iterator_whose_aiter_was_a_coroutine(tmp_path: Path) -> None:
    """Python 3.5 awaited what ``__aiter__`` gives."""
    text = """\
import asyncio

class Three:
    n = 0

    @asyncio.coroutine
    def __aiter__(self):
        return self

    @asyncio.coroutine
    def __anext__(self):
        self.n += 1
        if self.n > 3:
            raise StopAsyncIteration
        return self.n

async def main():
    async for n in Three():
        print(n)

asyncio.get_event_loop().run_until_complete(main())
"""
    assert printed(tmp_path, text, "--quiet") == "1\n2\n3\n"
