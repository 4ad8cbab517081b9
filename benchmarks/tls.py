"""What does TLS cost? Server CPU time per handshake, per request and per MiB, in µs.

A handshake is a full one of TLS 1.3 with an elliptic-curve certificate, followed by one byte there and back. Echo is
1 KiB on 100 connections, bulk one connection in one direction. The client's part of a handshake costs more than the
server's, so the load limits their rate, but not what they are measured by.
"""

from benchmarks import load, server
from benchmarks.peers import Peer
from benchmarks.row import ASYNC_NETWORK, Figures, Row, Unsupported

PYTHON = (*ASYNC_NETWORK, "threads", "greenlets")


def tls(
    name: str,
    style: str,
    mode: str,
    *,
    connections: int = 1,
    exchange: bool = False,
    unit: str = "µs",
    kinds: tuple[str, ...] = ASYNC_NETWORK,
) -> Row:
    def measure(peer: Peer, seconds: float) -> Figures:
        if not load.build.has_openssl():
            raise Unsupported("the load has no TLS: OpenSSL's headers were not found when it was compiled")
        with server.running(peer, style, tls=True) as serving:
            return load.run(
                mode,
                serving.target,
                pid=serving.pid,
                seconds=seconds,
                connections=connections,
                tls=True,
                exchange=exchange,
            ).figures()

    return Row(f"TLS {name}", measure, unit=unit, kinds=kinds)


ROWS = (
    tls("handshake", "protocol", "churn", connections=10, exchange=True, kinds=PYTHON),
    tls("echo protocol, 100 connections", "protocol", "echo", connections=100, kinds=PYTHON),
    tls("echo streams read, 100 connections", "streams-read", "echo", connections=100),
    tls("bulk receive, protocol", "sink", "send", unit="µs/MiB", kinds=PYTHON),
    tls("bulk send, protocol", "source", "receive", unit="µs/MiB", kinds=PYTHON),
)
