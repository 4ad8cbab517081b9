"""Whether the compiled modules are those of the source beside them: tests must not judge another build."""

import sys
from collections.abc import Iterator
from pathlib import Path


def complaint(core: Path, suffix: str, root: Path, prefix: Path) -> str | None:
    """What is wrong with the build in ``core`` for the interpreter with this suffix, and how to mend it; None if fine.

    ``root`` is the checkout; ``prefix`` the interpreter's environment, which ``make`` takes to be ``.venv`` if it is
    told nothing else.
    """
    stale = list(stale_modules(core, suffix))
    if not stale:
        return None
    command = "make install"
    if prefix != root / ".venv":
        command += f" VENV={prefix.relative_to(root) if prefix.is_relative_to(root) else prefix}"
    lines = ["The compiled part of whorl is not that of its source, and the tests would judge something else:"]
    return "\n".join([*lines, *(f"  {line}" for line in stale), f"`{command}` builds it anew."])


def stale_modules(core: Path, suffix: str) -> Iterator[str]:
    """A line for each source that is newer than what was built of them all, or one that nothing was built."""
    built = core / f"compiled{suffix}"
    if not built.exists():
        yield f"{core} is not built for Python {sys.version_info.major}.{sys.version_info.minor}"
        return
    for source in sorted([*core.glob("*.py"), *core.glob("*.pxd"), *core.glob("*.h")]):
        if source.stem != "__init__" and source.stat().st_mtime_ns > built.stat().st_mtime_ns:
            yield f"{built} is older than {source.name}"
