"""What does it cost to answer a message? Server CPU time per request, in µs.

A server echoes 1 KiB (or what the row says) over TCP. The load keeps a number of connections open; on each it sends a
message, waits for the whole answer, compares it, and sends the next. C is the limit: a server that only calls
epoll_wait, recv and send. ``server busy`` and ``load busy`` say how much of its core each side used.

Servers have freed a large block before, as nearly every real program has; the row "new process" shows how much dearer
the loops that allocate 256 KiB for each receive are until then (``server/allocator.py`` says why).
"""

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, NETWORK, Figures, Row

STYLES = {
    "protocol": "protocol",
    "BufferedProtocol": "buffered",
    "streams read": "streams-read",
    "streams readline": "streams-readline",
    "streams readexactly": "streams-readexactly",
    "sock": "sock",
}
SIZES = {"64 B": 64, "1 KiB": 1024, "100 KiB": 102400}

# Connections and size, and which styles are measured with them. The short form has those of SHORT.
PLAN = (
    (1, "1 KiB", ("protocol", "streams read", "sock")),
    (10, "1 KiB", tuple(STYLES)),
    (100, "1 KiB", tuple(STYLES)),
    (1000, "1 KiB", tuple(STYLES)),
    (10000, "1 KiB", ("protocol", "streams read", "sock")),
    (100, "64 B", ("protocol", "streams readline", "streams readexactly", "sock")),
    (10, "100 KiB", tuple(STYLES)),
)
SHORT = {("protocol", 10), ("protocol", 100), ("protocol", 1000)} | {
    (style, 100) for style in ("streams read", "streams readline", "sock")
}


def echo(name: str, connections: int, size: str, *, fresh: bool = False) -> Row:
    style, length = STYLES[name], SIZES[size]

    def measure(peer: Peer, seconds: float) -> Figures:
        with server.running(peer, style, size=length, fresh=fresh) as serving:
            return load.run(
                "echo",
                serving.target,
                pid=serving.pid,
                seconds=seconds,
                # Each connection should have had a few turns before anything is counted.
                warmup=max(load.WARM_UP, seconds / 2, connections / 10000),
                connections=connections,
                size=length,
                lines=name == "streams readline",
            ).figures()

    many = f"{connections} connection{'s' if connections > 1 else ''}"
    return Row(
        f"echo {name}, {many}" + (f", {size}" if size != "1 KiB" else "") + (", new process" if fresh else ""),
        measure,
        short=(name, connections) in SHORT and size == "1 KiB" and not fresh,
        kinds=NETWORK if name == "protocol" else ASYNC_NETWORK,
    )


ROWS = (
    *(echo(name, connections, size) for connections, size, names in PLAN for name in names),
    echo("protocol", 100, "1 KiB", fresh=True),
)
