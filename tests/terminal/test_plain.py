"""Where nothing moves: one line at the start, one at the end, and no escape codes."""

import asyncio
import io
import subprocess
import sys
from pathlib import Path

import pytest

import whorl
from terminal.programs import START, environment


def piped(text: str, **env: str) -> str:
    words = [sys.executable, "-c", START + text]
    done = subprocess.run(words, env=environment(**env), capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
    return done.stdout.decode(env.get("PYTHONIOENCODING", "utf-8"))


def test_a_pipe_gets_two_lines() -> None:
    text = """
with spinner("one"): time.sleep(0.25)
with spinner("two") as s:
    s.text = "never seen"
    print("between")
    s.fail("no")
async def main():
    async with spinner("three", frames="dots"): await asyncio.sleep(0.25)
asyncio.run(main())
assert threading.active_count() == 1
"""
    rows = ["one", "✓ one", "two", "between", "✗ no", "three", "✓ three"]
    assert piped(text).splitlines() == rows


def test_colours_when_they_are_forced() -> None:
    text = "with spinner('x'): pass"
    assert piped(text, FORCE_COLOR="1") == "x\n\x1b[32m✓\x1b[0m x\n"
    assert piped(text, FORCE_COLOR="1", NO_COLOR="1") == "x\n✓ x\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_marks_that_can_be_encoded(encoding: str) -> None:
    text = "with spinner('日') as s: s.fail('é')\nwith spinner('x'): pass"
    failed = "x é" if encoding == "latin-1" else "x ?"
    assert piped(text, PYTHONIOENCODING=encoding) == f"?\n{failed}\nx\n+ x\n"


def test_any_stream_with_write() -> None:
    class Sink:
        text = ""

        def write(self, text: str) -> None:
            self.text += text

    sink, buffer = Sink(), io.StringIO()
    with whorl.spinner("x", stream=sink), whorl.spinner("[bold]\n\x1b[2J", stream=buffer, elapsed=True):
        pass
    assert sink.text == "x\n✓ x\n"
    assert buffer.getvalue() == "[bold] \n✓ [bold]  0.0s\n"


def test_the_exception_is_the_programs() -> None:
    buffer = io.StringIO()
    with pytest.raises(ZeroDivisionError), whorl.spinner("x", stream=buffer):
        _ = 1 / 0
    assert buffer.getvalue() == "x\n✗ x\n"


def test_the_standard_output_of_the_moment(capsys: pytest.CaptureFixture[str]) -> None:
    turns = whorl.spinner("x")
    buffer = io.StringIO()
    before, sys.stdout = sys.stdout, buffer
    try:
        with turns:
            pass
    finally:
        sys.stdout = before
    with turns:
        pass
    assert buffer.getvalue() == capsys.readouterr().out == "x\n✓ x\n"


def test_nothing_of_rich_is_loaded_before_it_starts(tmp_path: Path) -> None:
    text = "s = spinner('x')\nassert 'rich' not in sys.modules\nwith s: assert 'rich' in sys.modules"
    piped(text)


def test_a_task_leaves_nothing_behind() -> None:
    async def main() -> int:
        async with whorl.spinner("x", stream=io.StringIO()):
            pass
        return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1
