"""How does a server answer while a thread beside it computes, and what does that take from the thread? µs per request.

The server is that of `echo`, with one more thread that runs Python code all the time. Both want the interpreter's lock,
which a thread that waits for it gets after about 5 ms (``sys.getswitchinterval``). "Time" is what passes from request
to request; "processor" is what the server uses for each, without the thread beside it, from which it is taken.
With two cores only, one is the load's, and both threads of the server share the other: then a loop that lets go of the
lock often loses it less often than it would with a core for each.
"""

from pathlib import Path

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, Figures, Row
from benchmarks.server.styles import COMPUTING

LEAST = 0.5  # seconds to measure: a turn may take 5 ms or more


def thread_beside(pid: int) -> int:
    """The thread of a server that computes."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == COMPUTING:
            return int(task.name)
    raise RuntimeError(f"no thread of process {pid} computes")


def competing(name: str, style: str, connections: int, kinds: tuple[str, ...] = ASYNC_NETWORK) -> tuple[Row, Row]:
    def measure(peer: Peer, seconds: float) -> Figures:
        with server.running(peer, style, spin=True) as serving:
            report = load.run(
                "echo",
                serving.target,
                pid=serving.pid,
                beside=thread_beside(serving.pid),
                seconds=max(LEAST, seconds),
                connections=connections,
            )
        figures = report.figures()
        return {name: figures[name] for name in ("cpu", "wall", "requests/s", "p50", "p99", "load busy")}

    row = f"echo {name} beside a computing thread, {connections} connections"
    return Row(f"{row}: time", measure, "wall", kinds=kinds), Row(f"{row}: processor", measure, "cpu", kinds=kinds)


ROWS = (
    *competing("protocol", "protocol", 10, (*ASYNC_NETWORK, "threads", "greenlets")),
    *competing("protocol", "protocol", 100, (*ASYNC_NETWORK, "threads", "greenlets")),
    *competing("streams read", "streams-read", 100),
)
