"""What does a message cost that is written in two pieces, as a head and a body are? Server CPU time per request, in µs.

The server answers 1 KiB with two writes of half its size; 100 connections. C, as the limit, answers with one.
"""

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, NETWORK, Figures, Row


def two_writes(name: str, style: str, connections: int, *, short: bool = False, kinds: tuple[str, ...]) -> Row:
    def measure(peer: Peer, seconds: float) -> Figures:
        with server.running(peer, "protocol" if peer.kind == "C" else style) as serving:
            return load.run("echo", serving.target, pid=serving.pid, seconds=seconds, connections=connections).figures()

    return Row(f"two writes, {name}, {connections} connections", measure, short=short, kinds=kinds)


ROWS = (
    two_writes("protocol", "two-writes", 10, kinds=NETWORK),
    two_writes("protocol", "two-writes", 100, short=True, kinds=NETWORK),
    two_writes("protocol", "two-writes", 1000, kinds=NETWORK),
    two_writes("streams", "streams-two-writes", 100, kinds=ASYNC_NETWORK),
)
