"""How long does it take to start a small program and to hear that it has ended? Wall time, in µs."""

import asyncio

from benchmarks.child import in_child
from benchmarks.operation import Run, operation
from benchmarks.row import Row


@operation()
def spawn(_: asyncio.AbstractEventLoop) -> Run:
    async def run(count: int) -> None:
        for _ in range(count):
            child = await asyncio.create_subprocess_exec("/bin/true")
            status = await child.wait()
            if status:
                raise RuntimeError(f"/bin/true ended with {status}")

    return run


ROWS = (Row("subprocess spawn", in_child(spawn, pinned=False), main="wall", short=True),)
