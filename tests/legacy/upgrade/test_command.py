"""The command: what it prints, writes and returns."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.terminal import Terminal
from whorl.cli import main

OLD = "import asyncio\n@asyncio.coroutine\ndef f():\n    yield from asyncio.sleep(1)\n"
NEW = "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n"
REFUSED = OLD + "    yield\n"
WHORL = [sys.executable, "-m", "whorl", "upgrade"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "package").mkdir(parents=True)
    (folder / "old.py").write_text(OLD)
    (folder / "package" / "older.py").write_text(OLD)
    (folder / "package" / "new.py").write_text(NEW)
    (folder / "package" / "notes.txt").write_text(OLD)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "old.py").write_text(OLD)
    return folder


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize("mode", [[], ["--check"], ["--diff"]], ids=["none", "check", "diff"])
def test_looking_writes_nothing(mode: list[str], project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(project)
    assert main(["upgrade", str(project), *mode]) == 1
    assert contents(project) == before
    assert "3 files: 2 would change, 1 unchanged, 0 left as they are" in "".join(capsys.readouterr())


def test_write_then_nothing_to_do(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade", str(project), "--write"]) == 0
    assert (project / "old.py").read_text() == NEW
    assert (project / "package" / "older.py").read_text() == NEW
    assert (project / ".hidden" / "old.py").read_text() == OLD
    assert "2 changed, 1 unchanged" in capsys.readouterr().out
    after = contents(project)
    for mode in [], ["--check"], ["--diff"], ["--write"]:
        assert main(["upgrade", str(project), *mode]) == 0
    assert contents(project) == after


def test_the_diff_is_a_patch(project: Path) -> None:
    (project / "old.py").write_bytes(OLD.replace("\n", "\r\n").encode() + "s = 'é\x0c'".encode())
    done = subprocess.run([*WHORL, "--diff", "."], cwd=project, capture_output=True, check=False)
    assert done.returncode == 1
    subprocess.run(["patch", "-p1", "--binary"], cwd=project, input=done.stdout, check=True, capture_output=True)
    assert (project / "old.py").read_bytes() == NEW.replace("\n", "\r\n").encode() + "s = 'é\x0c'".encode()
    assert main(["upgrade", str(project)]) == 0


@pytest.mark.parametrize("mode", ["--check", "--diff", "--write"])
def test_refusals_remain(mode: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "refused.py"
    path.write_text(REFUSED)
    assert main(["upgrade", str(project), mode]) == 3
    assert path.read_text() == REFUSED
    shown = "".join(capsys.readouterr())
    assert f"{path}:5: refused (bare_yield): `f`:" in shown
    assert "1 left as they are" in shown
    assert (project / "old.py").read_text() == (NEW if mode == "--write" else OLD)


def test_what_cannot_be_read_is_left_and_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "binary.py").write_bytes(b"\x00\xff" * 100)
    (project / "broken.py").write_text("def f(:\n")
    (project / "folder.py").mkdir()
    (project / "dangling.py").symlink_to("nowhere.py")
    assert main(["upgrade", str(project), "--write"]) == 3
    shown = capsys.readouterr().out
    assert "binary.py: left as it is: it is no text" in shown
    assert "broken.py: left as it is: line 1" in shown
    assert "dangling.py: left as it is: can't read it: No such file" in shown
    assert (project / "old.py").read_text() == NEW


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads and writes everything")
def test_permissions(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "old.py").chmod(0)
    (project / "package").chmod(0o555)
    assert main(["upgrade", str(project), "--write"]) == 3
    shown = capsys.readouterr().out
    assert "can't read it: Permission denied" in shown
    assert "can't write it: Permission denied" in shown


def test_a_folder_without_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade", str(tmp_path)]) == 0
    assert "no Python files there" in capsys.readouterr().out


def test_a_file_of_any_name_and_each_once(project: Path) -> None:
    (project / "link.py").symlink_to("old.py")
    script = project / "script"
    script.write_text(OLD)
    paths = [str(script), str(project), str(project / "old.py")]
    assert main(["upgrade", *paths, "--write"]) == 0
    assert script.read_text() == NEW
    assert (project / "link.py").is_symlink()
    assert (project / "old.py").read_text() == NEW


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ([], "no file or folder given"),
        (["nowhere"], "no such file or folder: nowhere"),
        ([".", "--diff", "--write"], "not allowed with"),
        ([".", "--fast"], "unrecognized arguments"),
        ([".", "--report", "report.pdf"], "FILE.md or FILE.json"),
    ],
    ids=["none", "missing", "two modes", "option", "report"],
)
def test_usage(args: list[str], reason: str, project: Path) -> None:
    before = contents(project)
    done = subprocess.run([*WHORL, *args], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert reason in done.stderr
    assert contents(project) == before


def test_without_libcst(project: Path) -> None:
    program = "import sys; sys.modules['libcst'] = None; from whorl.cli import main; sys.exit(main())"
    hidden = (
        "import importlib.util as u; f = u.find_spec; u.find_spec = lambda n, *a: None if n == 'libcst' else f(n, *a)"
    )
    command = [sys.executable, "-c", f"{hidden}\n{program}", "upgrade", "."]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'whorl[legacy]'" in done.stderr


def test_rules_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade", "--rules"]) == 0
    assert "  create_task: " in capsys.readouterr().out
    with pytest.raises(SystemExit) as left:
        main(["upgrade", "--help"])
    assert left.value.code == 0
    assert "exit code: 0 nothing to do" in capsys.readouterr().out


def test_reports(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "refused.py").write_text(REFUSED)
    for name in "report.json", "report.md":
        assert main(["upgrade", str(project), "--report", str(tmp_path / name)]) == 3
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["counts"] == {"would change": 2, "unchanged": 1, "left as they are": 1}
    states = {Path(file["path"]).name: file["state"] for file in report["files"]}
    assert states == {"old.py": "changed", "older.py": "changed", "new.py": "unchanged", "refused.py": "left"}
    assert {"kind": "refused", "rule": "bare_yield", "number": 1} in report["rules"]
    text = (tmp_path / "report.md").read_text()
    assert "| refused | bare_yield | 1 |" in text
    assert "- line 5, refused (bare_yield): `f`" in text
    capsys.readouterr()
    assert main(["upgrade", str(project), "--report", str(tmp_path / "nowhere" / "report.md")]) == 3
    assert "can't write the report" in capsys.readouterr().err


def test_many_files_on_a_terminal(tmp_path: Path) -> None:
    """Enough for several processes; the line that counts is gone at the end."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(8):
        (folder / f"old{number}.py").write_text(OLD + "\n".join(f"x{line} = f({line})" for line in range(2500)))
    with Terminal([*WHORL, str(folder), "--write"], tmp_path) as terminal:
        assert terminal.wait_for_end() == 0
        assert b"upgrading 0/8" in terminal.output
        assert any("8 files: 8 changed" in line for line in terminal.lines())
        assert not any("upgrading" in line for line in terminal.lines())


def test_interrupted(tmp_path: Path) -> None:
    """Ctrl-C: one line, and nothing is written."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(4):
        (folder / f"old{number}.py").write_text(OLD + "\n".join(f"x{line} = f({line})" for line in range(20_000)))
    before = contents(folder)
    with Terminal([*WHORL, str(folder), "--write"], tmp_path) as terminal:
        terminal.wait_for(b"upgrading [01]/4")
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 130
        assert any("interrupted; every file is either as it was or upgraded" in line for line in terminal.lines())
        assert not any("Traceback" in line for line in terminal.lines())
    assert contents(folder) == before


def test_killed_while_it_writes(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    files = [folder / f"old{number:03}.py" for number in range(300)]
    for file in files:
        file.write_text(OLD)
    process = subprocess.Popen([*WHORL, str(folder), "--write"], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while files[20].read_text() == OLD and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert files[20].read_text() == NEW
    assert all(file.read_text() in (OLD, NEW) for file in files)
