"""One measurement in a process of its own: ``python -m benchmarks.child MODULE FUNCTION PEER SECONDS``.

A function that measures takes the peer's name and the seconds, and returns figures; `in_child` makes of it what a row
needs. The child runs on the core for what is measured, the runner waits. The answer is one line of JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol

from benchmarks import machine
from benchmarks.peers import Peer
from benchmarks.row import Figures, Unsupported
from benchmarks.server.allocator import free_a_large_block

ROOT = Path(__file__).parent.parent
DEADLINE = 60  # seconds for one measurement; a peer that needs more has hung


class Failed(Exception):
    """A measurement ended with an error; the text is the last line of what it said."""


class Measurement(Protocol):
    __module__: str

    @property
    def __name__(self) -> str: ...

    def __call__(self, peer: str, seconds: float, /) -> Figures: ...


def in_child(function: Measurement, *, pinned: bool = True) -> Callable[[Peer, float], Figures]:
    """`Row.measure` that calls a module's function in a child process, on one core if `pinned`."""

    def measure(peer: Peer, seconds: float) -> Figures:
        where = "pinned" if pinned else "free"
        return ask("benchmarks.child", function.__module__, function.__name__, peer.name, str(seconds), where)

    measure.__wrapped__ = function  # type: ignore[attr-defined]  # tests call it without a process
    return measure


def ask(module: str, *arguments: str) -> Figures:
    """The figures that ``python -m module`` prints as the last line."""
    try:
        done = subprocess.run(
            machine.python("-m", module, *arguments), cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"did not end within {DEADLINE} s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["without a word"]
        raise Failed(f"{lines[-1]} (exit status {done.returncode})")
    said = done.stdout.splitlines()
    if not said:
        raise Failed("ended without an answer")
    answer = json.loads(said[-1])
    if reason := answer.get("unsupported"):
        raise Unsupported(reason)
    return {name: float(value) for name, value in answer.items()}


def main(module: str, function: str, peer: str, seconds: str, where: str) -> None:
    if where == "pinned":
        machine.pin(machine.SERVER_CORE)
    free_a_large_block()
    measure: Measurement = getattr(import_module(module), function)
    try:
        answer: object = measure(peer, float(seconds))
    except Unsupported as refusal:
        answer = {"unsupported": str(refusal)}
    except NotImplementedError as refusal:
        answer = {"unsupported": f"NotImplementedError {refusal}".strip()}
    print(json.dumps(answer), flush=True)
    os._exit(0)  # whatever still waits by now has been measured


if __name__ == "__main__":
    main(*sys.argv[1:])
