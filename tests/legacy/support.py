"""Running old programs with ``whorl run``, each in a process of its own."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

WHORL = [sys.executable, "-m", "whorl", "run"]
DEADLINE = 60.0
OLD_PYTHON = Path("~/.pyenv/versions/3.6.15/bin/python").expanduser()
# Ends a program's head: whatever it says about its age is not what most tests are about.
QUIET = ("--quiet",)


class Outcome(NamedTuple):
    code: int
    stdout: str
    stderr: str


def run(folder: Path, text: str, *options: str, args: tuple[str, ...] = ()) -> Outcome:
    """Run a program, given as text, in ``folder``, as ``old.py``."""
    (folder / "old.py").write_text(dedent(text), encoding="utf-8")
    return command(folder, *options, "old.py", *args)


def command(folder: Path, *words: str, stdin: str = "") -> Outcome:
    done = subprocess.run(
        [*WHORL, *words], cwd=folder, input=stdin, capture_output=True, text=True, timeout=DEADLINE, check=False
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def printed(folder: Path, text: str, *options: str) -> str:
    """What a program prints that ends well and says nothing on stderr."""
    outcome = run(folder, text, *QUIET, *options)
    assert (outcome.code, outcome.stderr) == (0, ""), outcome.stderr
    return outcome.stdout
