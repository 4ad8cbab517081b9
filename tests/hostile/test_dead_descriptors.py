"""Descriptors pulled from under a loop: an exception, never an abort. Each case has its own process."""

import subprocess
import sys
from pathlib import Path

import pytest

from .dead_scripts import SCRIPTS

_PACKAGE = __package__ or ""
_ROOT = Path(__file__).parents[_PACKAGE.count(".") + 1]


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_process_survives(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", f"{_PACKAGE}.dead_scripts", name],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "survived\n"), done.stderr
