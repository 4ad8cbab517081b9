"""Functions that go to other processes: these must be able to import them."""

import contextvars
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import whorl

color: contextvars.ContextVar[str] = contextvars.ContextVar("color", default="none")


def note_and_sleep(note: Path, seconds: float = 1000) -> None:
    """Leave this process's number, so that the test knows that the call runs."""
    partial = note.with_suffix(".partial")
    partial.write_text(str(os.getpid()))
    partial.rename(note)
    time.sleep(seconds)


def note_and_wait(note: Path, go: Path) -> None:
    """Say that the call runs, and end when the test says so."""
    note.touch()
    while not go.exists():
        time.sleep(0.005)


def calls_in_worker(dask_worker: Any) -> int:
    """Return how many calls a worker knows: dask passes the worker to an argument of this name."""
    return len(dask_worker.state.tasks)


def calls_in_scheduler(dask_scheduler: Any) -> int:
    return len(dask_scheduler.tasks)


def my_pid(_item: int) -> int:
    return os.getpid()


def double(number: int) -> int:
    return 2 * number


def fail(text: str) -> NoReturn:
    raise LookupError(text)


class Odd(Exception):
    """Can't be made again from its args, as unpickling would."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def fail_oddly() -> NoReturn:
    raise Odd(1, 2)


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")

    def __reduce__(self) -> Any:
        raise RuntimeError("no pickle")


def fail_mutely() -> NoReturn:
    raise Mute


def exit_with(code: int) -> NoReturn:
    os._exit(code)


def die(signal_number: int = signal.SIGKILL) -> None:
    os.kill(os.getpid(), signal_number)
    time.sleep(1000)


def die_once(note: Path) -> str:
    """Take the process along the first time."""
    if not note.exists():
        note.touch()
        die()
    return "the second time"


def die_with_a_child_that_stays() -> None:
    """The child has inherited the pipe by which the process answers."""
    if os.fork() == 0:
        time.sleep(2)
        os._exit(0)
    die()


def close_everything() -> None:
    os.closerange(3, 1000)


def unpicklable() -> Any:
    return lambda: None


class Unreadable:
    """Can be sent, and not be read."""

    def __reduce__(self) -> Any:
        return fail, ("unreadable",)


def unreadable() -> Unreadable:
    return Unreadable()


def checkpoints() -> str:
    whorl.checkpoint()
    whorl.sleep(0)
    return color.get()


def nested(depth: int) -> int:
    async def main() -> int:
        return 1 + await whorl.offload(nested, depth - 1, to="process")

    return whorl.run(main()) if depth else 0


def talk(text: str) -> None:
    print(text)
    print(text, file=sys.stderr)


def ctrl_c_for_children() -> int:
    """How a command ends that gets Ctrl-C."""
    return subprocess.run([sys.executable, "-c", "import os, time; os.kill(os.getpid(), 2); time.sleep(9)"],
                          stderr=subprocess.DEVNULL, check=False).returncode  # fmt: skip


def peer_name(connection: socket.socket) -> Any:
    with connection:
        return connection.getsockname()
