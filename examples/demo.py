"""What ``make demo`` shows: the same spinner driven by a thread, then by a coroutine on whorl's loop."""

import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable]
WHORL = [sys.executable, "-m", "whorl", "run"]


def show(title: str, runner: str, command: list[str], script: str) -> int:
    """Run ``script`` on this terminal under a heading; return its exit code, as a shell would count it."""
    print(f"{title}: {runner} {script}", flush=True)
    with subprocess.Popen([*command, str(ROOT / script)]) as child:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            # Ctrl-C on a terminal has reached the child too, and wait() gave it a moment to end. If it is
            # still there, the signal was sent to this process alone.
            child.send_signal(signal.SIGINT)
            raise
    return 128 - code if code < 0 else code


def main() -> int:
    failed = show("With a thread", "python", PYTHON, "examples/spinner/spinner_thread.py")
    if failed:
        return failed
    print()
    return show("With a coroutine", "whorl run", WHORL, "examples/spinner/spinner_asyncio.py")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
