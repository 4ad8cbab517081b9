"""The tests of asyncio's that may fail on whorl, each with its reason.

Only for tests of how asyncio's own loop is made (a mock of its internals), never for a behaviour. The table
is strict both ways: an entry whose test passes, or does not exist, fails the run.
"""

import sys
from typing import NamedTuple


class Skip(NamedTuple):
    test: str  # module.Class.test
    versions: tuple[tuple[int, int], ...]
    reason: str


SKIPS: tuple[Skip, ...] = ()


def skips_of(module: str, version: tuple[int, int] = sys.version_info[:2]) -> dict[str, str]:
    """Return test and reason of each entry that holds for a module on a version of Python."""
    return {skip.test: skip.reason for skip in SKIPS if skip.test.startswith(module + ".") and version in skip.versions}
