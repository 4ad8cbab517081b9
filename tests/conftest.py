"""Before the first test: the compiled part of whorl must be that of its source, hypothesis must be repeatable, and
whoever runs the tests says nothing about terminals, nor about Ctrl-C."""

import os
import signal
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

import staleness

ROOT = Path(__file__).parent.parent

# The same examples in each run, and no judgement of how fast the machine is today. To search for new examples:
# make test ARGS="tests/core --hypothesis-profile search --timeout 900"
_slow_is_fine = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile(
    "same", max_examples=200, derandomize=True, deadline=None, suppress_health_check=_slow_is_fine
)
hypothesis.settings.register_profile("search", max_examples=3000, deadline=None, suppress_health_check=_slow_is_fine)
hypothesis.settings.load_profile("same")

# Programs that tests start see a plain terminal, in CI and under FORCE_COLOR too; a test that wants another says so.
for _name in ("CI", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES", "COLORTERM"):
    os.environ.pop(_name, None)
os.environ["TERM"] = "xterm-256color"
# A shell starts what is to run in the background deaf to Ctrl-C, and so would be the programs that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure() -> None:
    spec = find_spec("whorl")
    if spec is None or spec.origin is None:
        raise pytest.UsageError(f"whorl is not installed for {sys.executable}: `make install` does it.")
    core = Path(spec.origin).parent / "_core"
    if sys.platform == "linux":
        complaint = staleness.complaint(core, EXTENSION_SUFFIXES[0], ROOT, Path(sys.prefix))
        if complaint is not None:
            raise pytest.UsageError(complaint)
