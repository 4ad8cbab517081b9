"""``whorl run``: every program here runs under ``python`` too, and what is seen of the two must be equal."""

import os
import py_compile
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from child import running

from .programs import ENCODED, LOOPS, PROGRAMS
from .terminal import DEADLINE, Terminal

PYTHON = [sys.executable]
WHORL = [sys.executable, "-m", "whorl", "run"]

# They look up now and then: a signal that comes right before a wait interrupts nothing, and Python hears it after it.
WAIT_IN_LOOP = """
import asyncio, atexit
atexit.register(print, "atexit")
async def main():
    print("ready", flush=True)
    try:
        while True:
            await asyncio.sleep(1)
    finally:
        print("cleaned up")
asyncio.run(main())
"""
WAIT_IN_THREAD = "import threading\nprint('ready', flush=True)\nwhile not threading.Event().wait(1): pass"


class Outcome(NamedTuple):
    code: int
    stdout: bytes
    stderr: bytes


def outcome(command: list[str], cwd: Path, stdin: bytes = b"") -> Outcome:
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, timeout=DEADLINE, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


def same(args: list[str], cwd: Path, stdin: bytes = b"") -> Outcome:
    """What comes of ``python ARGS``, when the same comes of ``whorl run ARGS``."""
    expected = outcome([*PYTHON, *args], cwd, stdin)
    assert outcome([*WHORL, *args], cwd, stdin) == expected
    return expected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "neighbour.py").write_text("")
    (tmp_path / "broken.py").write_text("x = = 1\n")
    return tmp_path


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "__init__.py").write_text("import sys\nprint('init', sys.argv, sys.path[0])\n")
    (folder / "__main__.py").write_text(PROGRAMS["what main is"])
    (folder / "fails.py").write_text(PROGRAMS["uncaught"])
    (folder / "broken.py").write_text("x = = 1\n")
    (folder / "stops.py").write_text(PROGRAMS["interrupt in a coroutine"])
    (folder / "needs.py").write_text("import does_not_exist\n")
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "__init__.py").write_text("")
    (tmp_path / "space").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_behaves_as_under_python(name: str, folder: Path) -> None:
    (folder / "app.py").write_text(PROGRAMS[name])
    same(["app.py", "--help", "-m", "x", "--", "-"], folder, b"whorl\nrest\n")


def test_neighbour_may_shadow_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "argparse.py").write_text("")
    (tmp_path / "app.py").write_text("import argparse, asyncio\nprint(argparse.__file__)")
    assert str(tmp_path).encode() in same(["app.py"], tmp_path).stdout


@pytest.mark.parametrize("name", ENCODED)
def test_source_is_read_in_its_encoding(name: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(ENCODED[name])
    same(["app.py"], tmp_path)


@pytest.mark.parametrize("source", [b"x = 1\ny = '\xff'\n", b"# coding: nope\n", "x = 1\n".encode("utf-16")])
def test_source_that_is_no_text_is_refused(source: bytes, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(source)
    got = outcome([*WHORL, "app.py"], tmp_path)
    assert (got.code, got.stdout) == (1, b"")
    assert b"SyntaxError: " in got.stderr
    assert b"app.py" in got.stderr
    assert b"whorl" not in got.stderr


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("command", [PYTHON, WHORL], ids=["python", "whorl"])
def test_loop_is_whorls(name: str, command: list[str], tmp_path: Path) -> None:
    main = "async def main(): print(type(asyncio.get_running_loop()).__module__)"
    (tmp_path / "app.py").write_text(f"import asyncio\n{main}\n{LOOPS[name]}")
    got = outcome([*command, "app.py"], tmp_path)
    assert got.code == 0, got.stderr.decode()
    assert got.stdout.startswith(b"whorl" if command is WHORL else b"asyncio.")


def test_program_that_brings_its_own_policy_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import asyncio\nasyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())\n"
        "async def main(): print(type(asyncio.get_running_loop()))\nasyncio.run(main())"
    )
    same(["app.py"], tmp_path)


@pytest.mark.parametrize("script", ["app.py", "./app.py", "../x/app.py", ".//app.py", "link.py", "far/link.py"])
def test_script_is_found_as_typed(script: str, tmp_path: Path) -> None:
    here = tmp_path / "x"
    (here / "far").mkdir(parents=True)
    (here / "app.py").write_text(PROGRAMS["what main is"])
    (here / "link.py").symlink_to("app.py")
    (here / "far" / "link.py").symlink_to("../link.py")
    assert same([script], here).code == 0
    assert same([str(here / script)], tmp_path).code == 0


def test_script_without_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "app").write_text(PROGRAMS["uncaught"])
    same(["app"], tmp_path)


def test_script_in_a_pipe(tmp_path: Path) -> None:
    same(["/dev/stdin"], tmp_path, b"import sys\nprint(__file__, sys.argv, repr(sys.stdin.read()))")


@pytest.mark.parametrize("source", ["what", "1 / 0", "x = (", PROGRAMS["end in order"]])
def test_program_from_standard_input(source: str, tmp_path: Path) -> None:
    if source == "what":
        source = "import sys\nprint(sorted(globals()), __file__, __loader__, sys.argv, repr(sys.path[0]), input())"
    same(["-", "-a", "-"], tmp_path, source.encode())


@pytest.mark.parametrize("name", ["app.pyc", "app"])
def test_compiled_script(name: str, tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text("import asyncio\nprint(__file__, __cached__, type(__loader__))\n1 / 0\n")
    py_compile.compile(str(source), cfile=str(tmp_path / name), doraise=True)
    assert b"ZeroDivisionError" in same([name], tmp_path).stderr


@pytest.mark.parametrize("content", [b"print(1)\n", b"\0\1\2\3" * 8])
def test_compiled_script_of_another_version(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "app.pyc").write_bytes(content)
    assert b"Bad magic number" in same(["app.pyc"], tmp_path).stderr


@pytest.mark.parametrize("path", ["package", "./package/", "zip"])
@pytest.mark.parametrize("program", ["what main is", "uncaught", "syntax error", "exit 3"])
def test_folder_and_zip(path: str, program: str, tmp_path: Path) -> None:
    if path == "zip":
        with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
            archive.writestr("__main__.py", PROGRAMS[program])
    else:
        (tmp_path / "package").mkdir()
        (tmp_path / "package" / "__main__.py").write_text(PROGRAMS[program])
    same([path, "-m", "x"], tmp_path)


@pytest.mark.parametrize(
    "args",
    [
        ["package"],
        ["package.__main__"],
        ["package.fails"],
        ["package.broken"],
        ["package.stops"],
        ["package.needs"],
        ["package.missing"],
        ["bare"],
        ["space"],
        ["missing"],
        ["package.py"],
        [".package"],
        ["json.tool", "--help"],
        ["sys"],
    ],
    ids=lambda args: str(args[0]),
)
def test_module(args: list[str], package: Path) -> None:
    same(["-m", *args, "-m", "x", "--version"], package)
    same([f"-m{args[0]}", *args[1:]], package)


@pytest.mark.parametrize("flags", [["-P"], ["-I"], ["-X", "dev"], ["-O"], ["-W", "error"], ["-u"]], ids=" ".join)
@pytest.mark.parametrize("program", [["app.py"], ["package"], ["-m", "json.tool", "-h"]], ids=" ".join)
def test_options_of_the_interpreter_hold(flags: list[str], program: list[str], package: Path) -> None:
    (package / "app.py").write_text("import sys\nprint(sys.argv, sys.path, sys.flags)\nassert 0\n")
    shutil.copy(package / "app.py", package / "package" / "__main__.py")
    expected = outcome([*PYTHON, *flags, *program], package)
    got = outcome([*PYTHON, *flags, "-m", "whorl", "run", *program], package)
    assert got == expected


@pytest.mark.parametrize("path", ["nope.py", "app.py/nope.py", "./nope/", "", "ü.py", "a" * 300])
def test_missing_file(path: str, folder: Path) -> None:
    (folder / "app.py").write_text("")
    before = sorted(folder.iterdir())
    got = outcome([*WHORL, path], folder)
    if path:
        expected = outcome([*PYTHON, path], folder)
        name = sys.executable.encode()
        assert got == expected._replace(stderr=expected.stderr.replace(name, b"whorl run", 1))
        assert b"can't open file" in got.stderr
    else:
        assert got == (2, b"", b"whorl run: no program given; see whorl run --help\n")
    assert sorted(folder.iterdir()) == before


def test_folder_without_a_program(tmp_path: Path) -> None:
    expected = same([str(tmp_path)], tmp_path)
    assert expected.code == 1
    assert expected.stderr.endswith(f"can't find '__main__' module in {str(tmp_path)!r}\n".encode())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ([], b"no program given"),
        (["-m"], b"-m needs the name of a module"),
        (["--debug", "app.py"], b"unknown option --debug"),
    ],
)
def test_wrong_usage(args: list[str], text: bytes, tmp_path: Path) -> None:
    got = outcome([*WHORL, *args], tmp_path)
    assert got == (2, b"", b"whorl run: " + text + b"; see whorl run --help\n")


def test_folder_that_was_deleted(tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(PROGRAMS["what main is"])
    gone = tmp_path / "gone"
    for args in [str(script)], ["app.py"], ["-m", "json.tool", "-h"]:
        results = []
        for command in PYTHON, WHORL:
            gone.mkdir()
            line = [
                "sh",
                "-c",
                'rmdir "$PWD" && exec "$@"',
                "sh",
                *command,
                *args,
            ]
            results.append(outcome(line, gone))
        name = sys.executable.encode()
        assert results[1] == results[0]._replace(stderr=results[0].stderr.replace(name, b"whorl run", 1))


@pytest.fixture(params=["python", "whorl"])
def command(request: pytest.FixtureRequest) -> list[str]:
    return PYTHON if request.param == "python" else WHORL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("program", [WAIT_IN_LOOP, WAIT_IN_THREAD], ids=["loop", "thread"])
def test_signal_ends_the_program(number: signal.Signals, program: str, command: list[str], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(program)
    with running(*command, "app.py", cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == -number
    interrupted = number == signal.SIGINT
    assert out == (b"cleaned up\natexit\n" if interrupted and program is WAIT_IN_LOOP else b"")
    assert err.splitlines()[-1:] == ([b"KeyboardInterrupt"] if interrupted else [])
    assert b"cli" not in err


def test_interrupt_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(WAIT_IN_LOOP)
    seen = []
    for command in PYTHON, WHORL:
        with Terminal([*command, "app.py"], tmp_path) as terminal:
            terminal.wait_for(b"ready\r\n")
            terminal.press(b"\x03")
            assert terminal.wait_for_end() == -signal.SIGINT
            seen.append(terminal.output)
    assert seen[1] == seen[0]
    assert terminal.lines()[:2] == ["ready", "^Ccleaned up"]
    assert terminal.lines()[-2:] == ["KeyboardInterrupt", "atexit"]


def test_input_on_a_terminal(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("print('hello', input('name? '))\ninput()")
    with Terminal([*command, "app.py"], tmp_path) as terminal:
        terminal.wait_for(rb"name\? ")
        terminal.press(b"whorl\n")
        terminal.wait_for(b"hello whorl")
        terminal.press(b"\x04")
        assert terminal.wait_for_end() == 1
        assert terminal.lines()[-1].startswith("EOFError")


def test_shell_sees_130(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise KeyboardInterrupt")
    script = 'trap : INT; "$@"; echo $?'
    got = outcome(["bash", "-c", script, "bash", *WHORL, "app.py"], tmp_path)
    assert got.stdout == b"130\n"


def installed() -> str:
    script = shutil.which("whorl", path=os.path.dirname(sys.executable))
    assert script, "whorl is not installed in this environment: run make dev"
    return script


@pytest.mark.parametrize("name", ["what main is", "uncaught", "interrupt in a coroutine", "exit with a text"])
def test_installed_script(name: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PROGRAMS[name])
    assert outcome([installed(), "run", "app.py"], tmp_path) == outcome([*PYTHON, "app.py"], tmp_path)
    assert outcome([installed(), "run", "-m", "app"], tmp_path) == outcome([*PYTHON, "-m", "app"], tmp_path)


def test_help_and_version(tmp_path: Path) -> None:
    script = [installed()]
    assert outcome([*script, "--version"], tmp_path).stdout.startswith(b"whorl 0.")
    assert b"run an asyncio program" in outcome([*script, "--help"], tmp_path).stdout
    assert outcome([*script, "run", "--help"], tmp_path).stdout.startswith(b"usage: whorl run [OPTIONS] SCRIPT")
    for args in [], ["walk"]:
        wrong = outcome([*script, *args], tmp_path)
        assert (wrong.code, wrong.stdout) == (2, b"")
        assert b"usage: whorl" in wrong.stderr
