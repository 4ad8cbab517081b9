"""Before the first test: the compiled part of whorl must be that of its source."""

import sys
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path

import pytest

import staleness

ROOT = Path(__file__).parent.parent


def pytest_configure() -> None:
    spec = find_spec("whorl")
    if spec is None or spec.origin is None:
        raise pytest.UsageError(f"whorl is not installed for {sys.executable}: `make install` does it.")
    core = Path(spec.origin).parent / "_core"
    if sys.platform == "linux":
        complaint = staleness.complaint(core, EXTENSION_SUFFIXES[0], ROOT, Path(sys.prefix))
        if complaint is not None:
            raise pytest.UsageError(complaint)
