"""What does it cost to answer a datagram? Server CPU time per datagram, in µs; 10 clients in a closed loop.

So few that no queue of the kernel overflows; a datagram that is lost all the same is sent anew and counted.
"""

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import NETWORK, Figures, Row

CLIENTS = 10


def echo(name: str, size: int) -> Row:
    def measure(peer: Peer, seconds: float) -> Figures:
        with server.running(peer, "udp") as serving:
            return load.run(
                "echo", serving.target, pid=serving.pid, seconds=seconds, connections=CLIENTS, size=size
            ).figures()

    return Row(f"UDP echo, {CLIENTS} clients, {name}", measure, kinds=NETWORK)


ROWS = (echo("64 B", 64), echo("1 KiB", 1024))
