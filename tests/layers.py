"""The order of the rooms, and a checker that walks every import of a tree for one that goes against it.

An import is what any of these says, at the top of a file or inside a function: a statement in a ``.py`` or ``.pyi``,
``cython.cimports…`` included, or a ``cimport`` in a ``.pxd``. A module may import from the layers before its own, and
inside a package of its own layer; inside ``_core`` only from the ranks before its own. The three files of a compiled
module are one module.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = "whorl"

# What the first name after ``whorl.`` may be. ``""`` is the package's own __init__: it hands out names of every layer
# before the command, and loads none until it is asked.
LAYERS = (
    ("errors", "abc", "compat", "system", "bell"),
    ("_core", "forms"),
    ("_loop",),
    ("runner", "instruments", "cancellation"),
    ("watchdog", "taskview", "terminal", "worker"),
    ("supervise", "offload"),
    ("monitor", "legacy"),
    ("",),
    ("cli",),
    ("__main__",),
)
# The names after ``whorl._core.``: first the leaves, which every other module may use.
CORE_LEAVES = (("", "linux"), ("faces", "address", "context", "coroutine", "results"))
CORE = (
    ("handle",),
    ("ready", "timers", "buffers"),
    ("registry",),
    ("readiness", "waker"),
    ("scheduler",),
    ("transport", "operation", "call_soon", "descriptors"),
    ("streams",),
    ("stream", "datagram", "sock"),
    ("accept", "connect"),
)
# Old programs are to be read and upgraded on systems without a compiled part too.
FORBIDDEN = {("legacy", "_core")}

_CIMPORT = re.compile(r"^\s*(?:from\s+(?P<home>[\w.]+)\s+)?cimport\s+(?P<names>\([^)]*\)|[^\n#]+)", re.MULTILINE)


class Import(NamedTuple):
    file: Path
    line: int
    target: str  # absolute; the longest part of it that is a module counts


def problems(root: Path) -> list[str]:
    """What is wrong with the package in ``root``: ``file:line: what``."""
    files = {path: module_name(root, path) for kind in ("py", "pyi", "pxd") for path in sorted(root.rglob(f"*.{kind}"))}
    modules = set(files.values())
    found = [f"{path}: {name} is in no layer" for path, name in files.items() if place(name) is None]
    for path, name in files.items():
        for file, line, target in imports(path, name):
            imported = known_part(target, modules)
            if imported is not None and not may_import(name, imported):
                found.append(f"{file}:{line}: {name} may not import {imported}")
    return found


def may_import(importer: str, imported: str) -> bool:
    if importer == imported:
        return True
    upper, lower = place(importer), place(imported)
    if upper is None or lower is None:
        return True  # reported once, as being in no layer
    rooms = room(importer), room(imported)
    if rooms in FORBIDDEN:
        return False
    same_package = rooms[0] == rooms[1] != "_core"
    return lower < upper or same_package


def place(module: str) -> tuple[int, int] | None:
    """Layer, and rank in the layer where there is one; None for a module that nobody has placed."""
    for layer, rooms in enumerate(LAYERS):
        if room(module) in rooms:
            if room(module) != "_core":
                return layer, 0
            inner = module.removeprefix(f"{PACKAGE}._core").lstrip(".")
            ranks = (rank for rank, names in enumerate(CORE_LEAVES + CORE) if inner in names)
            return next(((layer, rank) for rank in ranks), None)
    return None


def room(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


def module_name(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join([PACKAGE, *(part for part in parts if part != "__init__")])


def known_part(target: str, modules: set[str]) -> str | None:
    while target and target not in modules:
        target = target.rpartition(".")[0]
    return target or None


def imports(path: Path, module: str) -> Iterator[Import]:
    package = module if path.stem == "__init__" else module.rpartition(".")[0]
    text = path.read_text()
    read = cimports if path.suffix == ".pxd" else python_imports
    for line, home, name in read(text):
        if home is not None:
            home = absolute(home, package)
        target = f"{home}.{name}" if home is not None else name
        yield Import(path, line, target.removeprefix("cython.cimports."))


def python_imports(text: str) -> Iterator[tuple[int, str | None, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, None, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = "." * node.level + (node.module or "")
            yield from ((node.lineno, home, alias.name) for alias in node.names)


def cimports(text: str) -> Iterator[tuple[int, str | None, str]]:
    for match in _CIMPORT.finditer(text):
        line = text.count("\n", 0, match.start("names")) + 1
        for name in match["names"].strip("()").split(","):
            if name.strip():
                yield line, match["home"], name.split()[0]


def absolute(home: str, package: str) -> str:
    """``..x`` seen from a package; one dot is the package itself."""
    name = home.lstrip(".")
    level = len(home) - len(name)
    if level == 0:
        return name
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - level + 1], *([name] if name else [])])
