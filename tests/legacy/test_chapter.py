"""The chapter's two listings, as they stand, on a real terminal."""

import shutil
from pathlib import Path

import pytest

from cli.terminal import Terminal

from .support import WHORL

HERE = Path(__file__).parent / "programs_of_the_chapter"
PUBLISHED = Path(__file__).parents[3] / "shared" / "seed"
LISTINGS = ("spinner_asyncio.py", "spinner_thread.py")


def listing(name: str, folder: Path) -> Path:
    return Path(shutil.copy(HERE / f"{name}.txt", folder / name))


@pytest.mark.parametrize("name", LISTINGS)
def test_the_copies_are_the_chapters(name: str) -> None:
    if not (PUBLISHED / name).exists():
        pytest.skip("the chapter is not here")
    assert (HERE / f"{name}.txt").read_bytes() == (PUBLISHED / name).read_bytes()


def test_the_coroutines_turn(tmp_path: Path) -> None:
    path = listing("spinner_asyncio.py", tmp_path)
    with Terminal([*WHORL, "--call", "main", str(path)], tmp_path) as terminal:
        assert terminal.wait_for_end() == 0
        first, spinner, answer = terminal.lines()
    assert first == "whorl: old asyncio dialect (yield from coroutines, @asyncio.coroutine, asyncio.async); revived"
    assert spinner.startswith("spinner object: <Task pending ")
    assert f"coro=<spin() running at {path}:5>" in spinner
    assert answer == "Answer: 42"  # the line where the spinner turned was erased
    for frame in b"|/-\\":
        assert bytes([frame]) + b" thinking!" + b"\b" * 11 in terminal.output
    assert b" " * 11 + b"\b" * 11 + b"Answer: 42" in terminal.output
    assert b"\x1b[2mwhorl:" in terminal.output


def test_the_thread_turns(tmp_path: Path) -> None:
    path = listing("spinner_thread.py", tmp_path)
    with Terminal([*WHORL, str(path)], tmp_path) as terminal:
        assert terminal.wait_for_end() == 0
        spinner, answer = terminal.lines()
    assert spinner.startswith("spinner object: <Thread(Thread-1")
    assert answer == "Answer: 42"
    assert b"/ thinking!" in terminal.output
