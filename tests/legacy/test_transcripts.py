"""Old programs, run and upgraded, show what they showed under the Python of their time."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .programs import Program, programs
from .refusals import REFUSED
from .transcript import FOLDER, load, transcript, without_source

pytest.importorskip("whorl.legacy")

PROGRAMS = programs()
WHORL = [sys.executable, "-m", "whorl"]
# Nothing that the tests themselves were started with may change what a program shows.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("PYTHONASYNCIODEBUG", "PYTHONDEVMODE")}

each = pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])


def test_every_program_has_a_transcript_and_no_other() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {program.name for program in PROGRAMS}


def test_there_are_enough() -> None:
    assert len(PROGRAMS) - len(REFUSED) >= 40


def test_refusals_name_programs() -> None:
    assert set(REFUSED) <= {program.name for program in PROGRAMS}


@each
def test_run(program: Program, tmp_path: Path) -> None:
    command = [*WHORL, "run", "--quiet", *_call(program), str(program.path)]
    assert transcript(command, program.path, tmp_path, ENVIRONMENT) == load(program.name)


@each
def test_upgrade_then_run(program: Program, tmp_path: Path) -> None:
    copy = _copy(program, tmp_path)
    done = _upgrade(copy)
    if program.name in REFUSED:
        assert done.returncode == 3, f"listed as refused, but:\n{done.stdout}{done.stderr}"
        assert REFUSED[program.name] in done.stdout + done.stderr
        return
    assert done.returncode == 0, done.stdout + done.stderr
    cwd = tmp_path / "empty"
    cwd.mkdir()
    path = copy / program.path.name if copy.is_dir() else copy
    # A call after loading is whorl's; all else is as its reader would start it.
    start = [*WHORL, "run", "--no-revive", *_call(program)] if program.call else [sys.executable, "-B"]
    seen = transcript([*start, str(path)], path, cwd, ENVIRONMENT)
    assert without_source(seen) == without_source(load(program.name))


@each
def test_upgrade_twice_changes_nothing(program: Program, tmp_path: Path) -> None:
    copy = _copy(program, tmp_path)
    _upgrade(copy)
    once = _contents(copy)
    _upgrade(copy)
    assert _contents(copy) == once


def _call(program: Program) -> list[str]:
    return ["--call", program.call] if program.call else []


def _copy(program: Program, folder: Path) -> Path:
    copy = folder / program.root.name
    if program.root.is_dir():
        shutil.copytree(program.root, copy)
    else:
        shutil.copy(program.root, copy)
    return copy


def _upgrade(path: Path) -> subprocess.CompletedProcess[str]:
    command = [*WHORL, "upgrade", "--write", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=ENVIRONMENT)


def _contents(path: Path) -> dict[Path, bytes]:
    files = path.rglob("*.py") if path.is_dir() else [path]
    return {file: file.read_bytes() for file in files}
