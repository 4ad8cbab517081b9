"""The process that serves: ``python -m benchmarks.server PEER STYLE [options]``; ``running()`` starts one.

- ``loops.py``: the styles as asyncio programs, the same code for every loop
- ``blocking.py``: the same styles with blocking sockets, for threads and for greenlets
- ``allocator.py``: why each server frees a large block before it serves
- ``styles.py``: the styles' names and options, and what both share

Peer C is the compiled server of ``benchmarks/load``. A server stays on its core with all its threads, says in which
port it listens when it does, and ends with the runner. Nobody measures from within it: its CPU time is read by the
load, from outside.
"""

import json
import select
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from benchmarks.load import Wrong, build
from benchmarks.peers import Peer
from benchmarks.row import Unsupported

ROOT = Path(__file__).parent.parent.parent
START = 20  # seconds that a server may need until it listens
C_STYLES = {"protocol": (), "close": ("--close",), "udp": ()}  # what echo_server.c can do, and by which option


@dataclass(frozen=True)
class Server:
    pid: int
    target: str  # as the load wants it


@contextmanager
def running(
    peer: Peer,
    style: str,
    *,
    unix: bool = False,
    tls: bool = False,
    size: int = 1024,  # what ``streams-readexactly`` waits for
    spin: bool = False,  # with a thread that computes beside it
    fresh: bool = False,  # with the allocator of a new process, see allocator.py
) -> Iterator[Server]:
    """A server of this peer in this style, on its core; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as folder:
        path = f"{folder}/socket"
        kind = "unix" if unix else "udp" if style == "udp" else "tcp"
        if peer.kind == "C":
            if style not in C_STYLES or tls or spin:
                raise Unsupported("the C server has no such style")
            where = f"unix:{path}" if unix else f"{kind}:127.0.0.1:0"
            words = [str(build.echo_server()), where, "--cpu", str(machine.SERVER_CORE), *C_STYLES[style]]
        else:
            words = machine.python("-m", "benchmarks.server", peer.name, style, "--size", str(size))
            words += ["--unix", path] if unix else []
            words += ["--tls"] if tls else []
            words += ["--spin"] if spin else []
            words += ["--fresh"] if fresh else []
        with started(words, Path(folder)) as (pid, port):
            yield Server(pid, f"unix:{path}" if unix else f"{kind}:127.0.0.1:{port}")


@contextmanager
def limit() -> Iterator[int]:
    """The port of the C server, which is on the core for load: for rows in which the peer is the client."""
    words = [str(build.echo_server()), "tcp:127.0.0.1:0", "--cpu", str(machine.LOAD_CORE)]
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as folder, started(words, Path(folder)) as (_, port):
        yield port


@contextmanager
def started(words: list[str], folder: Path) -> Iterator[tuple[int, int]]:
    """Its process and its port, as soon as it listens."""
    said = folder / "stderr"  # a pipe that nobody reads would stop the server when it is full
    with (
        said.open("w") as stderr,
        subprocess.Popen(
            words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        try:
            yield process.pid, listening(process, said)
        finally:
            process.kill()


def listening(process: subprocess.Popen[str], stderr: Path) -> int:
    """Its port, once it has said so."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], START)
    line = process.stdout.readline() if ready else ""
    if not line:
        last = stderr.read_text().strip().splitlines() or [f"nothing said within {START} s"]
        raise Wrong(f"the server did not start: {last[-1]}")
    answer = json.loads(line)
    if reason := answer.get("unsupported"):
        raise Unsupported(reason)
    return int(answer["port"])
