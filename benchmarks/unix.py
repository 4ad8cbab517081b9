"""What does it cost to answer a message on a Unix socket? Server CPU time per request, in µs; 1 KiB each."""

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, NETWORK, Figures, Row


def echo(name: str, style: str, kinds: tuple[str, ...]) -> Row:
    def measure(peer: Peer, seconds: float) -> Figures:
        with server.running(peer, style, unix=True) as serving:
            return load.run("echo", serving.target, pid=serving.pid, seconds=seconds, connections=100).figures()

    return Row(f"Unix echo {name}, 100 connections", measure, kinds=kinds)


ROWS = (
    echo("protocol", "protocol", NETWORK),
    echo("streams read", "streams-read", ASYNC_NETWORK),
)
