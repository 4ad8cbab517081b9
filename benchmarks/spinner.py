"""What does a spinner cost while it turns? Its CPU time in each second, in ms; and what a new text costs, in µs.

It turns on a real terminal that another process reads: as a task on a loop, as a thread on none.
"""

import asyncio
import contextlib
import os
import subprocess
import termios
import time
from collections.abc import Iterator
from typing import TextIO

import whorl
from benchmarks.child import in_child
from benchmarks.loops import new_loop
from benchmarks.operation import RUNS, per_operation
from benchmarks.row import Figures, Row

MANY = 10


@contextlib.contextmanager
def terminal() -> Iterator[TextIO]:
    os.environ["TERM"] = "xterm-256color"
    os.environ.pop("CI", None)
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    reader = subprocess.Popen(["cat"], stdin=master, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(master)
    with reader, open(slave, "w", encoding="utf-8") as stream:
        try:
            yield stream
        finally:
            reader.kill()


def turning(peer: str, seconds: float, count: int) -> Figures:
    """CPU time for each second in which `count` spinners turn."""
    with terminal() as stream:
        spinners = [whorl.spinner(f"job {number}", stream=stream) for number in range(count)]
        if peer == "threads":
            with contextlib.ExitStack() as stack:
                for spinner in spinners:
                    stack.enter_context(spinner)
                cpu, wall = time.process_time(), time.perf_counter()
                time.sleep(seconds)
                return {"cpu": (time.process_time() - cpu) / (time.perf_counter() - wall) * 1e3}

        async def turn() -> Figures:
            async with contextlib.AsyncExitStack() as stack:
                for spinner in spinners:
                    await stack.enter_async_context(spinner)
                cpu, wall = time.process_time(), time.perf_counter()
                await asyncio.sleep(seconds)
                return {"cpu": (time.process_time() - cpu) / (time.perf_counter() - wall) * 1e3}

        loop = new_loop(peer)
        try:
            return loop.run_until_complete(turn())
        finally:
            loop.close()


def one(peer: str, seconds: float, /) -> Figures:
    return turning(peer, seconds, 1)


def ten(peer: str, seconds: float, /) -> Figures:
    return turning(peer, seconds, MANY)


def new_text(peer: str, seconds: float, /) -> Figures:
    """With a thread that paints, whoever asks: a text is only left for the next frame."""
    with terminal() as stream, whorl.spinner("working", stream=stream) as spinner:

        def run(count: int) -> None:
            for number in range(count):
                spinner.text = number

        return per_operation(None, run, seconds / RUNS)


KINDS = ("loop", "threads")

ROWS = (
    Row("one spinner turning for a second", in_child(one), unit="ms", kinds=KINDS),
    Row("ten spinners turning for a second", in_child(ten), unit="ms", kinds=KINDS),
    Row("a spinner's new text", in_child(new_text), kinds=("threads",)),
)
