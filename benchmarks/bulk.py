"""What does it cost to move many bytes in one direction? Server CPU time per MiB, in µs; one connection.

``receive``: the client sends as much as the server takes, and at the end both must have counted the same. ``send``: the
server sends as much as the client takes, minding flow control; the client checks the first MiB, and has the kernel
throw the rest away, so that it is never what limits the server. (Sending costs more than receiving, so ``receive`` has
a server that is not busy all the time.)
"""

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, Figures, Row

PYTHON = (*ASYNC_NETWORK, "threads", "greenlets")


def bulk(name: str, style: str, mode: str, kinds: tuple[str, ...]) -> Row:
    def measure(peer: Peer, seconds: float) -> Figures:
        with server.running(peer, style) as serving:
            return load.run(mode, serving.target, pid=serving.pid, seconds=seconds).figures()

    return Row(f"bulk {name}", measure, unit="µs/MiB", kinds=kinds)


ROWS = (
    bulk("receive, protocol", "sink", "send", PYTHON),
    bulk("receive, BufferedProtocol", "buffered-sink", "send", ASYNC_NETWORK),
    bulk("receive, streams", "streams-sink", "send", ASYNC_NETWORK),
    bulk("send, protocol", "source", "receive", PYTHON),
    bulk("send, streams", "streams-source", "receive", ASYNC_NETWORK),
)
