"""What does it cost to accept a connection? Server CPU time per connection, in µs; 64 clients that come again.

``accept and close``: the server closes each connection when it is made. ``accept, one byte``: the server answers one
byte, and the client ends the connection. Clients end theirs with a reset, so no port stays in TIME_WAIT.
A client costs about 13 µs, so it limits the rate of the fastest servers (``load busy``), but not what they are measured
by.
"""

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, NETWORK, Figures, Row

CLIENTS = 64


def accept(name: str, style: str, *, exchange: bool, short: bool = False, kinds: tuple[str, ...] = NETWORK) -> Row:
    def measure(peer: Peer, seconds: float) -> Figures:
        with server.running(peer, style) as serving:
            return load.run(
                "churn", serving.target, pid=serving.pid, seconds=seconds, connections=CLIENTS, exchange=exchange
            ).figures()

    return Row(name, measure, short=short, kinds=kinds)


ROWS = (
    accept("accept and close", "close", exchange=False, short=True),
    accept("accept, one byte, protocol", "protocol", exchange=True),
    accept("accept, one byte, streams", "streams-read", exchange=True, kinds=ASYNC_NETWORK),
)
