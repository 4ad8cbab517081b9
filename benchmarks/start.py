"""What does a loop cost before it does anything? CPU time to make, run and close one, in µs; to import it, in ms."""

import compileall
import subprocess
import time

from benchmarks import machine
from benchmarks.child import ROOT, in_child
from benchmarks.loops import new_loop
from benchmarks.operation import RUNS, per_operation
from benchmarks.row import Figures, Row

# In a fresh interpreter: all that is loaded until there could be a loop, asyncio itself included.
IMPORTS = {
    "whorl": "import whorl; whorl.new_event_loop, whorl.EventLoop",
    "asyncio": "import asyncio",
    "uvloop": "import uvloop",
    "rloop": "import rloop",
}
IMPORT = "import time; start = time.process_time(); {}; print(time.process_time() - start)"


async def nothing() -> None:
    pass


def start_and_close(peer: str, seconds: float, /) -> Figures:
    def run(count: int) -> None:
        for _ in range(count):
            loop = new_loop(peer)
            loop.run_until_complete(nothing())
            loop.close()

    return per_operation(None, run, seconds / RUNS)


def importing(peer: str, seconds: float, /) -> Figures:
    # pip has compiled the bytecode of the others; a checkout's may be missing or stale.
    compileall.compile_dir(str(ROOT / "src" / "whorl"), quiet=2)
    command = machine.python("-c", IMPORT.format(IMPORTS[peer]))
    taken: list[float] = []
    start = time.perf_counter()
    while not taken or time.perf_counter() - start < seconds:
        taken.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    return {"cpu": min(taken) * 1e3}


ROWS = (
    Row("loop made, run, closed", in_child(start_and_close)),
    Row("import", in_child(importing), unit="ms", short=True),
)
