"""Does the cost of many small writes to a slow reader stay linear? Server CPU time per write, in µs.

A protocol answers a command with N writes of 100 bytes at once, minding no flow control; the reader takes 16 KiB at a
time and rests in between, so nearly all of it has to wait in the server. The main figure is the cost per write at
N = 20,000; ``at 2000`` is that at a tenth, and ``growth`` the ratio of both, which is 1 if the cost is linear.
"""

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import Figures, Row

FEW, MANY, SIZE = 2000, 20000, 100


def measure(peer: Peer, seconds: float) -> Figures:
    with server.running(peer, "small-writes") as serving:
        few, many = (
            load.run("slow", serving.target, pid=serving.pid, seconds=seconds / 2, writes=writes, size=SIZE).figures()
            for writes in (FEW, MANY)
        )
    return {
        "cpu": many["cpu"],
        "user": many["user"],
        "system": many["system"],
        f"at {FEW}": few["cpu"],
        "growth": many["cpu"] / few["cpu"],
    }


ROWS = (Row("20,000 small writes to a slow reader", measure, kinds=("loop", "transports", "threads", "greenlets")),)
