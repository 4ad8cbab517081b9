"""How does a server answer while a thread beside it computes? Time per request, in µs.

The server is that of `echo`, with one more thread that runs Python code all the time, so its CPU time says nothing.
Both want the interpreter's lock, which a thread that waits for it gets after about 5 ms (``sys.getswitchinterval``).
With two cores only, one is the load's, and both threads of the server share the other: then a loop that lets go of the
lock often loses it less often than it would with a core for each.
"""

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, Figures, Row

LEAST = 0.5  # seconds to measure: a turn may take 5 ms or more


def competing(name: str, style: str, connections: int, kinds: tuple[str, ...] = ASYNC_NETWORK) -> Row:
    def measure(peer: Peer, seconds: float) -> Figures:
        with server.running(peer, style, spin=True) as serving:
            figures = load.run("echo", serving.target, seconds=max(LEAST, seconds), connections=connections).figures()
        return {name: figures[name] for name in ("wall", "requests/s", "p50", "p99", "load busy")}

    return Row(f"echo {name} beside a computing thread, {connections} connections", measure, "wall", kinds=kinds)


ROWS = (
    competing("protocol", "protocol", 10, (*ASYNC_NETWORK, "threads", "greenlets")),
    competing("protocol", "protocol", 100, (*ASYNC_NETWORK, "threads", "greenlets")),
    competing("streams read", "streams-read", 100),
)
