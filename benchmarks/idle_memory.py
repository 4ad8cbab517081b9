"""What memory does a connection need that is open and silent? Bytes of the server's resident memory per connection.

Each connection has exchanged one message before. The kernel's memory for it (sockets, epoll) is not in the figure. A
thread's stack is, as far as it was touched.
"""

from benchmarks import load, machine, server
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, Figures, Row

PYTHON = (*ASYNC_NETWORK, "threads", "greenlets")
FIRST = 10  # connections whose memory is counted as the server's own: what is made once, for the first


def idle(name: str, style: str, connections: int, *, short: bool = False, kinds: tuple[str, ...]) -> Row:
    def measure(peer: Peer, seconds: float) -> Figures:
        with server.running(peer, style) as serving, load.idle(serving.target, connections=FIRST):
            before = machine.resident(serving.pid)
            with load.idle(serving.target, connections=connections):
                after = machine.resident(serving.pid)
        return {"memory": (after - before) / connections}

    return Row(f"idle {name}, {connections} connections", measure, "memory", "bytes", short=short, kinds=kinds)


ROWS = (
    idle("protocol", "protocol", 2000, short=True, kinds=PYTHON),
    idle("streams", "streams-read", 2000, kinds=ASYNC_NETWORK),
    idle("protocol", "protocol", 10000, kinds=(*ASYNC_NETWORK, "greenlets")),
    idle("streams", "streams-read", 10000, kinds=ASYNC_NETWORK),
)
