"""The machine: which core does what, the CPU clock of another process, and what a reader needs to judge the figures."""

import ctypes
import os
import platform
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_cores = sorted(os.sched_getaffinity(0))
SERVER_CORE = _cores[-1]  # what is measured; the last one, as the first serves most interrupts
LOAD_CORE = _cores[0]  # what makes the load: another core, if there is one

PACKAGES = (
    *("whorl", "uvloop", "rloop", "aiofastnet", "gevent", "greenlet"),
    *("uvicorn", "httptools", "aiohttp", "websockets", "redis"),
)


def pin(core: int, pid: int = 0) -> None:
    """Keep a process (by default this one) and what it starts from now on on one core."""
    os.sched_setaffinity(pid, {core})


def unpin(pid: int = 0) -> None:
    os.sched_setaffinity(pid, _cores)


def end_with_parent() -> None:
    """Let the kernel end this process when its parent ends, so that a runner that is killed leaves nothing behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of another process so far, in nanosecond steps (`/proc/PID/stat` has 10 ms steps)."""
    return time.clock_gettime(
        (~pid << 3) | 2
    )  # the kernel's CPUCLOCK_SCHED of that process, see clock_getcpuclockid(3)


def user_and_system(pid: int) -> tuple[float, float]:
    """CPU seconds in user and in system mode, in steps of 10 ms: good for their proportion over a second or more."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    tick = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / tick, int(fields[12]) / tick


def resident(pid: int | str = "self") -> int:
    """Bytes of a process that are in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def describe() -> dict[str, object]:
    """What the figures of a run depend on, for the results file."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": _revision(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
        "kernel": f"{platform.system()} {platform.release()}",
        "cpu": _cpu(),
        "cores": len(_cores),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _revision() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    try:
        found = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def python(*arguments: str) -> list[str]:
    """The command for a process of this interpreter."""
    return [sys.executable, *arguments]
