"""Streams that do not work, and texts that raise: said once, and the program goes on."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import whorl
from terminal.programs import START, end_of, environment, go_on, program, shows


class Bomb:
    def __str__(self) -> str:
        raise ZeroDivisionError("in the text")


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "whorl.terminal"]


def test_a_closed_stream(caplog: pytest.LogCaptureFixture) -> None:
    stream = io.StringIO()
    stream.close()
    for _ in range(3):
        with whorl.spinner("x", stream=stream) as s:
            s.ok()
    assert said(caplog) == ["nothing spins on a StringIO: it is closed; the program goes on without"]


def test_a_stream_that_raises(caplog: pytest.LogCaptureFixture) -> None:
    class Sink:
        def write(self, text: str) -> None:
            raise LookupError("full")

    with whorl.spinner("x", stream=Sink()) as s:
        s.ok()
    assert said(caplog) == [
        "nothing spins on a Sink: writing to it failed: LookupError('full'); the program goes on without"
    ]


def test_a_text_that_raises(caplog: pytest.LogCaptureFixture) -> None:
    stream = io.StringIO()
    with whorl.spinner(Bomb(), stream=stream), whorl.spinner("y", stream=stream):
        pass
    assert stream.getvalue() == "y\n✓ y\n"
    assert said(caplog) == [
        "a line of the terminal is no longer drawn, as its text raised ZeroDivisionError('in the text'); "
        "the program goes on without it"
    ]


def test_a_text_that_raises_while_it_turns(tmp_path: Path) -> None:
    text = """
class Bomb:
    def __str__(self): raise ZeroDivisionError("in the text")
logging.basicConfig(format="%(message)s")
with spinner("x") as s, spinner("y"):
    wait_for("go")
    s.text = Bomb()
    wait_for("on")
print("end")
"""
    says = "a line of the terminal is no longer drawn, as its text raised ZeroDivisionError('in the text'); "
    with program(tmp_path, text, columns=200) as terminal:
        terminal.wait_until(shows("* x", "* y"))
        go_on(tmp_path)
        terminal.wait_until(shows(says + "the program goes on without it", "* y"))
        go_on(tmp_path, "on")
        assert end_of(terminal) == [says + "the program goes on without it", "end"]


@pytest.mark.parametrize("how", ["sys.stdout = None", "sys.stdout.close()", "os.close(1)"])
def test_no_standard_output(how: str) -> None:
    text = f"""
{how}
for _ in range(2):
    with spinner("x") as s: s.ok()
os.write(2, b"went on")
os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", START + text], env=environment(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    complaint, end, rest = done.stderr.decode().partition("\n")
    assert complaint.startswith("nothing spins on ")
    assert (end, rest) == ("\n", "went on")


def test_a_broken_pipe() -> None:
    text = "with spinner('x') as s: s.ok()\nprint('went on', file=sys.stderr)"
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-c", START + text]
    done = subprocess.run(words, env=environment(), stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert done.returncode == 0
    complaint = "nothing spins on <stdout>: writing to it failed: BrokenPipeError(32, 'Broken pipe'); "
    assert done.stderr.decode().splitlines() == [complaint + "the program goes on without", "went on"]


def test_standard_output_closed_while_it_turns(tmp_path: Path) -> None:
    text = """
logging.basicConfig(filename="log", format="%(message)s")
with spinner("x"):
    wait_for("go")
    sys.stdout.close()
    time.sleep(0.3)
with spinner("y", stream=sys.stderr):
    wait_for("on")
print("end", file=sys.stderr)
"""
    with program(tmp_path, text) as terminal:
        terminal.wait_until(shows("* x"))
        go_on(tmp_path)
        terminal.wait_until(shows("* y"))
        go_on(tmp_path, "on")
        end_of(terminal)
    assert (tmp_path / "log").read_text().count("\n") == 1


def test_the_terminal_goes_away(tmp_path: Path) -> None:
    text = """
signal.signal(signal.SIGHUP, signal.SIG_IGN)
logging.basicConfig(filename="log", format="%(message)s")
with spinner("x"):
    wait_for("go")
    time.sleep(0.3)
    try:
        print("to nobody")
    except OSError as error:
        pass
open("went on", "w").close()
os._exit(0)
"""
    with program(tmp_path, text) as terminal:
        terminal.wait_until(shows("* x"))
        terminal.hang_up()
        go_on(tmp_path)
        assert terminal.process.wait(60) == 0
    assert (tmp_path / "went on").exists()
    assert "Input/output error" in (tmp_path / "log").read_text()
