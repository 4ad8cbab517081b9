"""A program that a test starts and may not outlive."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(*command: str, cwd: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program with pipes for what it prints; kill it if it still runs at the end of the block.

    Leaving ``with subprocess.Popen`` waits for the program, and when that hangs it is the time limit that leaves.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=cwd, stdout=pipe, stderr=pipe) as process:
        try:
            yield process
        finally:
            process.kill()
