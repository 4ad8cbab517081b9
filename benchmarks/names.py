"""What does a numeric address cost to look up, as each connection to one does? CPU time, in µs."""

import asyncio
import socket

from benchmarks.child import in_child
from benchmarks.operation import Run, operation
from benchmarks.row import Row


@operation()
def literal(loop: asyncio.AbstractEventLoop) -> Run:
    async def run(count: int) -> None:
        for _ in range(count):
            found = await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
            if found[0][4] != ("127.0.0.1", 80):
                raise RuntimeError(f"127.0.0.1 was found at {found}")

    return run


ROWS = (Row("getaddrinfo of a literal", in_child(literal, pinned=False), short=True),)
