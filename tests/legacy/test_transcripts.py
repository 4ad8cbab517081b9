"""Old programs, run and upgraded, show what they showed under the Python of their time."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from .programs import Program, programs
from .refusals import REFUSED, WARNED
from .transcript import FOLDER, Transcript, load, transcript, without_source

pytest.importorskip("whorl.legacy")

PROGRAMS = programs()
WHORL = [sys.executable, "-m", "whorl"]
# Nothing that the tests themselves were started with may change what a program shows.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("PYTHONASYNCIODEBUG", "PYTHONDEVMODE")}
# What later Pythons say of things that they will take away one day. `upgrade` warns of those that are its own.
UPGRADED = {**ENVIRONMENT, "PYTHONWARNINGS": "ignore::DeprecationWarning"}

each = pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])


def test_every_program_has_a_transcript_and_no_other() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {program.name for program in PROGRAMS}


def test_there_are_enough() -> None:
    assert len(PROGRAMS) - len(REFUSED) >= 40


def test_refusals_name_programs() -> None:
    assert REFUSED.keys() | WARNED.keys() <= {program.name for program in PROGRAMS}


@each
def test_run(program: Program, tmp_path: Path) -> None:
    command = [*WHORL, "run", "--quiet", *_call(program), str(program.path)]
    assert transcript(command, program.path, tmp_path, ENVIRONMENT) == load(program.name)


@each
def test_upgrade_then_run(program: Program, tmp_path: Path) -> None:
    pytest.importorskip("whorl.legacy.upgrade")
    copy = _copy(program, tmp_path)
    done = _upgrade(copy)
    upgraded = _contents(copy)
    if program.name in REFUSED:
        assert done.returncode == 3, f"listed as refused, but:\n{done.stdout}{done.stderr}"
        assert REFUSED[program.name] in done.stdout + done.stderr
    else:
        assert done.returncode == 0, done.stdout + done.stderr
        path = copy / program.path.name if copy.is_dir() else copy
        seen, expected = without_source(_shown(program, path)), without_source(load(program.name))
        if program.name in WARNED:
            assert WARNED[program.name] in done.stdout + done.stderr
            assert seen != expected
        else:
            assert seen == expected
    _upgrade(copy)
    assert _contents(copy) == upgraded


def _shown(program: Program, path: Path) -> Transcript:
    """What the upgraded program in ``path`` shows. Only a call after loading needs whorl."""
    start = [*WHORL, "run", "--no-revive", *_call(program)] if program.call else [sys.executable, "-B"]
    with tempfile.TemporaryDirectory() as cwd:
        return transcript([*start, str(path)], path, Path(cwd), UPGRADED)


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
