"""Bytes in, screen out: spinners on a real terminal."""

import re
from pathlib import Path

import pytest

from terminal.programs import end_of, go_on, program, shows

FRAMES = "|/-\\"

FORMS = {
    "plain": """
def main():
    with spinner({arguments}) as s:
        {body}
main()
""",
    "coroutine": """
async def main():
    async with spinner({arguments}) as s:
        {body}
asyncio.run(main())
""",
    "on whorl": """
async def main():
    async with spinner({arguments}) as s:
        {body}
whorl.run(main())
""",
}


def in_form(form: str, body: str, arguments: str = "'thinking!'") -> str:
    if form != "plain":
        body = body.replace("wait_for", "await wait_here").replace("time.sleep", "await asyncio.sleep")
    return FORMS[form].format(body=body.strip().replace("\n", "\n        "), arguments=arguments)


forms = pytest.mark.parametrize("form", FORMS)


@forms
def test_it_turns_and_goes(form: str, tmp_path: Path) -> None:
    with program(tmp_path, in_form(form, "wait_for('go')") + "print('Answer:', 42)") as terminal:
        for frame in (*FRAMES, *FRAMES):
            terminal.wait_until([f"{frame} thinking!"].__eq__)
        assert terminal.screen.cursor.hidden
        go_on(tmp_path)
        assert end_of(terminal) == ["Answer: 42"]


@forms
def test_the_text_changes(form: str, tmp_path: Path) -> None:
    body = "wait_for('go')\ns.text = 'short'\nwait_for('on')"
    with program(tmp_path, in_form(form, body, "'rather long'")) as terminal:
        terminal.wait_until(shows("* rather long"))
        go_on(tmp_path)
        terminal.wait_until(shows("* short"))
        go_on(tmp_path, "on")
        assert end_of(terminal) == [""]


@forms
@pytest.mark.parametrize(
    ("end", "row"), [("s.ok('done')", "✓ done"), ("s.fail('no')", "✗ no"), ("s.ok()", "✓ thinking!")]
)
def test_it_ends_with_a_mark_and_stays(form: str, end: str, row: str, tmp_path: Path) -> None:
    body = f"time.sleep(0.15)\n{end}\ns.text = 'too late'\ns.fail('too late')\nprint('more')"
    with program(tmp_path, in_form(form, body)) as terminal:
        assert end_of(terminal) == [row, "more"]


@forms
def test_an_exception_turns_the_mark(form: str, tmp_path: Path) -> None:
    with program(tmp_path, in_form(form, "time.sleep(0.15)\n1 / 0", "'work', elapsed=True"), lines=60) as terminal:
        seen = end_of(terminal, 1)
    assert re.fullmatch(r"✗ work \d\.\ds", seen[0])
    assert "ZeroDivisionError: division by zero" in seen


def test_a_cancel_turns_the_mark_too(tmp_path: Path) -> None:
    text = """
async def main():
    try:
        async with asyncio.timeout(0.2):
            async with spinner("waits"):
                await asyncio.sleep(60)
    except TimeoutError:
        print("too late", [task.get_name() for task in asyncio.all_tasks()])
asyncio.run(main())
"""
    with program(tmp_path, text) as terminal:
        assert end_of(terminal) == ["✗ waits", "too late ['Task-1']"]


def test_a_generator_that_is_closed_has_ended(tmp_path: Path) -> None:
    text = """
def numbers():
    with spinner("x"):
        yield 1
async def waits():
    async with spinner("y"):
        await asyncio.get_running_loop().create_future()
for number in numbers():
    time.sleep(0.15)
    break
loop = asyncio.new_event_loop()
task = loop.create_task(waits())
loop.call_later(0.15, loop.stop)
loop.run_forever()
coroutine = task.get_coro()
coroutine.close()
print("end")
os._exit(0)
"""
    with program(tmp_path, text) as terminal:
        terminal.wait_for(b"end")
        assert end_of(terminal) == ["end"]


@pytest.mark.parametrize(("code", "rows"), [("", [""]), ("0", [""]), ("3", ["✗ x"])])
def test_leaving_the_program_is_an_end(code: str, rows: list[str], tmp_path: Path) -> None:
    with program(tmp_path, f"with spinner('x'): time.sleep(0.15); sys.exit({code})") as terminal:
        assert end_of(terminal, int(code or 0)) == rows


def test_decorated_functions(tmp_path: Path) -> None:
    text = """
@spinner("plain")
def plain(a, *, b):
    "Doc."
    wait_for("go")
    return a + b
@spinner("coroutine")
async def coroutine(a):
    await wait_here("on")
    return a
def both():
    yield threading.Thread(target=lambda: sums.append(plain(1, b=2)))
    yield threading.Thread(target=lambda: sums.append(plain(3, b=4)))
sums = []
threads = list(both())
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(sorted(sums))
async def main():
    return await asyncio.gather(coroutine(1), coroutine(2), coroutine(3))
print(asyncio.run(main()), plain.__name__, plain.__doc__, asyncio.iscoroutinefunction(coroutine))
"""
    with program(tmp_path, text) as terminal:
        terminal.wait_until(shows("* plain", "* plain"))
        go_on(tmp_path)
        terminal.wait_until(lambda lines: [line[2:] for line in lines[1:]] == ["coroutine"] * 3)
        go_on(tmp_path, "on")
        seen = end_of(terminal)
    assert seen == ["[3, 7]", "[1, 2, 3] plain Doc. True"]


def test_nested_and_side_by_side(tmp_path: Path) -> None:
    text = """
def work(name):
    with spinner(name) as s:
        wait_for(name)
        s.ok(name + " done")
async def main():
    async def job(name):
        async with spinner(name):
            await wait_here(name)
    async with spinner("outer"):
        async with asyncio.TaskGroup() as group:
            group.create_task(job("task"))
            for name in "t1", "t2":
                group.create_task(asyncio.to_thread(work, name))
            await wait_here("outer")
whorl.run(main())
print("end")
"""
    with program(tmp_path, text) as terminal:
        terminal.wait_until(lambda lines: sorted(line[2:] for line in lines) == ["outer", "t1", "t2", "task"])
        go_on(tmp_path, "t2")
        terminal.wait_until(lambda lines: lines[0] == "✓ t2 done" and len(lines) == 4)
        go_on(tmp_path, "task")
        terminal.wait_until(lambda lines: len(lines) == 3 and {line[2:] for line in lines[1:]} == {"outer", "t1"})
        go_on(tmp_path, "t1")
        terminal.wait_until(shows("✓ t2 done", "✓ t1 done", "* outer"))
        go_on(tmp_path, "outer")
        assert end_of(terminal) == ["✓ t2 done", "✓ t1 done", "end"]


def test_more_lines_than_rows(tmp_path: Path) -> None:
    text = """
import contextlib
with contextlib.ExitStack() as stack:
    for number in range(9):
        stack.enter_context(spinner(f"n{number}"))
    print("printed")
    wait_for("go")
print("end")
"""
    with program(tmp_path, text, lines=5) as terminal:
        terminal.wait_until(shows("printed", "* n0", "* n1", "* n2", "… 6 more"))
        go_on(tmp_path)
        assert end_of(terminal) == ["printed", "end"]


def test_wide_characters_are_cut_by_cells(tmp_path: Path) -> None:
    text = """
with spinner("日本語のとても長い文字列 👍🏽 e\u0301", elapsed=True) as s:
    wait_for("go")
"""
    with program(tmp_path, text, columns=16) as terminal:
        # 16 cells: frame 1, space, text 8, cut 1, space, time 4; pyte shows a wide character and its empty half
        terminal.wait_until(lambda lines: bool(re.fullmatch(r"[|/\\-] 日本語の… \d\.\ds", lines[0])))
        go_on(tmp_path)
        assert end_of(terminal) == [""]


def test_a_resize(tmp_path: Path) -> None:
    text = """
print("above")
with spinner("0123456789" * 3), spinner("second"):
    wait_for("go")
print("below")
"""
    with program(tmp_path, text, columns=40) as terminal:
        terminal.wait_until(shows("above", "* " + "0123456789" * 3, "* second"))
        terminal.resize(20, 20)
        terminal.wait_until(shows("above", "* 01234567890123456…", "* second"))
        terminal.resize(60, 20)
        terminal.wait_until(shows("above", "* " + "0123456789" * 3, "* second"))
        go_on(tmp_path)
        assert end_of(terminal) == ["above", "below"]


def test_a_text_before_it_is_not_overwritten(tmp_path: Path) -> None:
    text = """
sys.stdout.write("no end of line")
with spinner("x"):
    wait_for("go")
print("after")
"""
    with program(tmp_path, text) as terminal:
        terminal.wait_until(shows("no end of line", "* x"))
        go_on(tmp_path)
        assert end_of(terminal) == ["no end of line", "after"]


@pytest.mark.parametrize(
    ("env", "moves", "colour"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"TERM": "dumb"}, False, False),
        ({"CI": "true"}, False, True),
        ({"CI": "false"}, True, True),
        ({"CI": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_what_the_environment_asks_for(env: dict[str, str], moves: bool, colour: bool, tmp_path: Path) -> None:
    with program(tmp_path, "with spinner('x') as s:\n    time.sleep(0.25)\n    s.ok()", env=env) as terminal:
        assert end_of(terminal)[-1] == "✓ x"
        assert (b"\x1b[?25l" in terminal.output) is moves
        assert (b"\x1b[32m" in terminal.output) is colour
        if not moves:
            assert terminal.lines() == ["x", "✓ x"]
            assert colour or b"\x1b" not in terminal.output
