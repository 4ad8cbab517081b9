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
    """For each module without a build, or with one that is older than its source, a line that says so.

    A change in any ``.pxd`` or ``.h`` may change the layout of a struct that the module shares with others.
    """
    shared = [*core.glob("*.pxd"), *core.glob("*.h")]
    for source in sorted(core.glob("*.py")):
        if source.stem == "__init__":
            continue
        built = source.with_name(source.stem + suffix)
        if not built.exists():
            yield f"{source} is not built for Python {sys.version_info.major}.{sys.version_info.minor}"
            continue
        newest = max([source, *shared], key=lambda path: path.stat().st_mtime_ns)
        if newest.stat().st_mtime_ns > built.stat().st_mtime_ns:
            yield f"{built} is older than {newest.name}"
