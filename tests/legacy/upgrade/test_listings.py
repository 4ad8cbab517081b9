"""The two listings of the chapter show the same screen when they are upgraded."""

import re
import subprocess
import sys
from pathlib import Path

from whorl.legacy.upgrade.file import upgrade

LISTINGS = Path(__file__).parent / "listings"


def screen(program: bytes, tmp_path: Path) -> str:
    path = tmp_path / "listing.py"
    path.write_bytes(program)
    call = "import listing; listing.main()"
    command = [sys.executable, "-c", call]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    return done.stdout


def test_coroutines(tmp_path: Path) -> None:
    upgraded = upgrade((LISTINGS / "spinner_asyncio.txt").read_bytes())
    assert b"asyncio.run(supervisor())" in upgraded.content
    shown = screen(upgraded.content, tmp_path)
    assert re.match(
        r"spinner object: <Task pending name='Task-\d+' coro=<spin\(\) running at .*listing\.py:\d+>>\n", shown
    )
    frame = "thinking!" + "\b" * len("| thinking!")
    assert f"| {frame}/ {frame}- {frame}\\ {frame}" in shown
    assert shown.endswith(" " * 11 + "\b" * 11 + "Answer: 42\n")


def test_threads_need_nothing() -> None:
    listing = (LISTINGS / "spinner_thread.txt").read_bytes()
    assert upgrade(listing) == (listing, (), "")
