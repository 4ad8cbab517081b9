"""What a program showed: its two streams and its exit code, without what differs from run to run or Python to Python.

Two levels. `reduced` leaves out what no program means: addresses, process ids, the folder, frames of the standard
library, the marks below a frame's line, names that tasks have had since 3.8. `without_source` also leaves out where a
line stands and how it reads, for a program that was rewritten in between.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "corpus" / "transcripts"
DEADLINE = 60.0  # seconds; programs take under two on an idle machine

_ANYWHERE = [
    (re.compile(r"\bat 0x[0-9a-f]+"), "at 0x…"),
    (re.compile(r"\bpid([ =:]+)\d+"), r"pid\1…"),
    (re.compile(r" name='Task-\d+'"), ""),
    (re.compile(r"<TaskWakeupMethWrapper object at 0x…>"), "Task.task_wakeup"),
    # Up to 3.6 an exception of one argument is shown as a call with a comma at its end.
    (re.compile(r"\b(\w*(?:Error|Exception|Interrupt))\(([^()]+),\)"), r"\1(\2)"),
]
_FRAME = re.compile(r'  File "(?P<file>.*)", line \d+')
_MARKS = re.compile(r"\s+[~^]+\s*")
_MODULE_OF_EXCEPTION = re.compile(r"^(?:\w+\.)+(?=[A-Z]\w*(?::|$))")


class Transcript(NamedTuple):
    exit: int
    stdout: str
    stderr: str


def transcript(command: list[str], program: Path, cwd: Path, env: dict[str, str] | None = None) -> Transcript:
    """What ``command`` shows that runs ``program``, reduced. ``cwd`` should hold no modules."""
    done = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE, check=False
    )
    folder = str(program.parent)
    stdout, stderr = (reduced(stream.decode(), folder) for stream in (done.stdout, done.stderr))
    return Transcript(done.returncode, stdout, own_frames(stderr))


def reduced(text: str, folder: str) -> str:
    """``text`` without addresses, process ids, names of tasks, and the program's folder."""
    text = text.replace(folder + "/", "")
    for pattern, replacement in _ANYWHERE:
        text = pattern.sub(replacement, text)
    return text


def own_frames(stderr: str) -> str:
    """``stderr`` with only the program's own frames in its tracebacks; their paths are relative by now."""
    kept = []
    own = True
    for line in stderr.splitlines(keepends=True):
        if frame := _FRAME.match(line):
            own = not frame["file"].startswith(("/", "<"))
        elif not line.startswith("    "):
            own = True
            line = _MODULE_OF_EXCEPTION.sub("", line)
        if own and not _MARKS.fullmatch(line):
            kept.append(line)
    return "".join(kept)


def without_source(seen: Transcript) -> Transcript:
    """``seen`` without line numbers, and without the text of a traceback's lines."""
    stderr = re.sub(r'(?m)^(  File ".*", line )\d+(.*\n)(?:    .*\n)?', r"\1…\2", seen.stderr)
    stdout, stderr = (re.sub(r"\b(at \S+\.py):\d+", r"\1:…", text) for text in (seen.stdout, stderr))
    return Transcript(seen.exit, stdout, stderr)


def load(name: str) -> Transcript:
    content = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return Transcript(content["exit"], "".join(content["stdout"]), "".join(content["stderr"]))


def store(name: str, seen: Transcript) -> None:
    content = {"exit": seen.exit, "stdout": _lines(seen.stdout), "stderr": _lines(seen.stderr)}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", "utf-8")


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
