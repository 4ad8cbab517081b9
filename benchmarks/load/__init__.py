"""The load: a compiled generator, and the C server that is the limit.

- ``run(mode, target, …)`` runs the generator (``load.h`` says what its parts are, ``load.c`` what its modes and options
  are) on the core for load and returns a `Report`; an unexpected byte, a refused connection, nothing completed: `Wrong`
- ``idle(target, …)`` holds connections open within a ``with``
- ``build.py`` compiles both at first use, into ``build/bench``
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

from benchmarks import machine
from benchmarks.load import build
from benchmarks.row import Figures

OPENING = 60  # seconds that a run may take beyond its window, to open all connections and to end
WARM_UP = 0.1  # seconds, at least


class Wrong(Exception):
    """The server did not do what it should: the figures of such a run mean nothing."""


@dataclass(frozen=True)
class Report:
    """What happened within the window. CPU times in seconds; the server's are 0 if its pid was not given."""

    requests: int
    seconds: float
    bytes: int
    errors: int
    lost: int  # datagrams that had to be sent again
    p50_us: float
    p99_us: float
    max_us: float
    server_cpu: float  # exact; what follows divides it by where the timer's ticks fell, so it is coarser
    server_user: float
    server_system: float
    server_waited: float  # could have run, but something else had its core: the machine was not ours
    load_user: float
    load_system: float

    def figures(self) -> Figures:
        """For a row: per request in µs, and how busy server and load were, 1 being a whole core."""
        part = 1e6 / self.requests
        figures = {
            "cpu": self.server_cpu * part,
            "user": self.server_user * part,
            "system": self.server_system * part,
            "wall": self.seconds * part,
            "requests/s": self.requests / self.seconds,
            "server busy": self.server_cpu / self.seconds,
            "server waited": self.server_waited / self.seconds,
            "load busy": (self.load_user + self.load_system) / self.seconds,
        }
        if self.max_us:
            figures |= {"p50": self.p50_us, "p99": self.p99_us}
        if self.lost:
            figures["lost"] = self.lost
        return figures


def command(mode: str, target: str, options: dict[str, object]) -> list[str]:
    """Options are those of ``load.c``: ``connections=10`` is ``--connections 10``, ``tls=True`` is ``--tls``."""
    words = [str(build.load()), mode, target, "--cpu", str(machine.LOAD_CORE)]
    for name, value in options.items():
        if value is True:
            words.append(f"--{name}")
        elif value is not False and value is not None:
            words += [f"--{name}", str(value)]
    return words


def run(mode: str, target: str, *, seconds: float = 0.6, **options: object) -> Report:
    options = {"warmup": max(WARM_UP, seconds / 2), **options, "seconds": seconds}
    words = command(mode, target, options)
    deadline = seconds + OPENING
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=deadline)
    except subprocess.TimeoutExpired:
        raise Wrong(f"{mode} at {target} did not end") from None
    if done.returncode:
        raise Wrong(done.stderr.strip() or f"{mode} at {target} ended with status {done.returncode}")
    answer = json.loads(done.stdout)
    return Report(**{field.name: answer[field.name] for field in fields(Report)})


@contextmanager
def idle(target: str, **options: object) -> Iterator[None]:
    """Connections that have exchanged one message each, and are silent until the block ends."""
    with subprocess.Popen(
        command("idle", target, options), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            if not json.loads(process.stdout.readline() or "{}").get("ready"):
                raise Wrong(f"the connections to {target} could not all be opened")
            yield
        finally:
            process.kill()
