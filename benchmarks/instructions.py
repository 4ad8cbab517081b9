"""How many instructions does an operation of a loop take, whatever else the machine is doing?

``python -m benchmarks.instructions ROW [--peers whorl,uvloop] [--rounds 2000]`` counts, outside the kernel, by
valgrind's callgrind (Debian's package ``valgrind``). ROW is a part of the name of a row of one loop without a network,
``sleep(0)`` for one. Each peer runs the row's operation in two processes, once twice as often as in the other; what
the longer one takes more is what the operations take: for one build, the same number each time.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks import least, machine, operation, questions
from benchmarks.child import ROOT, Measurement


class NotCounted(Exception):
    """The text says why, and what to do."""


def counted(peer: str, function: Measurement, rounds: int) -> float:
    """Instructions of one operation."""
    if peer == "C":
        least.compiled()  # or the first count would include it
    short, long = (total(peer, function, times) for times in (rounds, 2 * rounds))
    return (long - short) / (rounds * getattr(function, "per", 1))


def total(peer: str, function: Measurement, rounds: int) -> int:
    """Instructions of a process that runs the operation so often, once."""
    child = machine.python("-m", "benchmarks.instructions", "--child", function.__module__, function.__name__, peer)
    # Python hashes text differently in each process, unless told otherwise: imports would take more, or less.
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory(prefix="whorl-callgrind-") as folder:
        log = Path(folder, "log")
        tool = ["valgrind", "--tool=callgrind", f"--log-file={log}", f"--callgrind-out-file={folder}/out"]
        try:
            done = subprocess.run(
                [*tool, *child, str(rounds)], cwd=ROOT, env=environment, capture_output=True, text=True
            )
        except FileNotFoundError:
            raise NotCounted("there is no valgrind; Debian has it as a package of that name") from None
        found = re.search(r"Collected : (\d+)", log.read_text())
    if done.returncode or found is None:
        said = done.stderr.strip().splitlines() or ["without a word"]
        raise NotCounted(f"{peer} ended with status {done.returncode}: {said[-1]}")
    return int(found[1])


def run_once(module: str, function: str, peer: str, rounds: str) -> None:
    """In the child: have the row prepare all it needs, run its operation so often, and end."""

    def once(loop: asyncio.AbstractEventLoop | None, run: operation.Run, count: int) -> tuple[float, float]:
        coroutine = run(int(rounds))
        if coroutine is not None:
            assert loop is not None
            loop.run_until_complete(coroutine)
        os._exit(0)  # what a measurement would do now is not counted

    operation.timed = once
    getattr(import_module(module), function)(peer, 0.0)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description="Instructions of a row.")
    parser.add_argument("row", help="a part of its name, such as sleep(0)")
    parser.add_argument("--peers", default="whorl,uvloop", help="by default: %(default)s")
    parser.add_argument("--rounds", type=int, default=2000, help="rounds of the shorter run")
    options = parser.parse_args(arguments)
    found = [row for rows in questions.rows().values() for row in rows if options.row in row.name]
    functions: dict[str, Any] = {row.name: getattr(row.measure, "__wrapped__", None) for row in found}
    if not functions or not all(functions.values()):
        sys.exit(f"{options.row!r} is no part of the name of a row without a network; `python -m benchmarks --list`")
    for name, function in functions.items():
        try:
            counts = [f"{peer} {counted(peer, function, options.rounds):,.0f}" for peer in options.peers.split(",")]
        except NotCounted as reason:
            sys.exit(f"{name}: {reason}")
        print(f"{name}: {', '.join(counts)}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_once(*sys.argv[2:])
    else:
        main(sys.argv[1:])
