"""Is a program old? Its main file is asked first, then the modules of its own that it imports, by their text alone.

A main file may be a few lines that start something beside it. What is beside it only counts if no Python of today could
import it: then there is nothing that reviving could change for the worse.
"""

import functools
import os
import re
from collections.abc import Iterator, Sequence
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path

from whorl.legacy.dialect import FATAL, signs

_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+([^\n#]+)|import[ \t]+([^\n#;]+))", re.MULTILINE)
# A program of more modules than this says what it is in one of the first.
_MOST_FILES = 50


def signs_of(path: str, source: bytes) -> tuple[str, ...]:
    """Find what makes a program old: signs in its main file, or such in its own modules as would end it today.

    Parameters:
        path: the main file.
        source: its content.

    Returns:
        The signs in words, see :func:`whorl.legacy.dialect.signs`.

    Example::

        signs_of("app.py", b"import server\\nserver.main()\\n")
    """
    if not is_own(path):
        return ()
    if found := signs(source):
        return found
    seen = {Path(path)}
    waiting = [(Path(path), source)]
    root = Path(path).parent
    while waiting and len(seen) <= _MOST_FILES:
        file, source = waiting.pop(0)
        for module in _imported(file, source, root):
            if module in seen:
                continue
            seen.add(module)
            try:
                text = module.read_bytes()
            except OSError:
                continue
            if fatal := tuple(sign for sign in signs(text) if sign in FATAL):
                return fatal
            waiting.append((module, text))
    return ()


def module_file(name: str, path: Sequence[str] | None = None) -> str | None:
    """The file that ``-m name`` would run, if it is a source file; nothing is imported to find it."""
    top, _, rest = name.partition(".")
    spec = PathFinder.find_spec(top, path)
    if spec is None:
        return None
    if spec.submodule_search_locations is not None:
        return _inside(spec.submodule_search_locations, rest or "__main__")
    return spec.origin if type(spec.loader) is SourceFileLoader and not rest else None


def _inside(folders: Sequence[str], rest: str) -> str | None:
    for folder in folders:
        place = Path(folder, *rest.split("."))
        for file in (place.with_suffix(".py"), place / "__main__.py"):
            if file.is_file():
                return str(file)
    return None


def _imported(file: Path, source: bytes, root: Path) -> Iterator[Path]:
    """The files below ``root`` that the imports in ``source`` name."""
    for home, names, modules in _IMPORT.findall(source):
        for word in re.findall(rb"[.\w]+", modules or home):
            dotted = word.decode("ascii", "replace")
            level = len(dotted) - len(dotted.lstrip("."))
            start = file.parents[level - 1] if 0 < level <= len(file.parents) else root
            place = start.joinpath(*dotted.split("."))
            inner = (place / name.decode("ascii", "replace") for name in re.findall(rb"\w+", names))
            for each in (place, *inner):
                yield from filter(Path.is_file, (each.with_name(f"{each.name}.py"), each / "__init__.py"))


def is_own(file: str) -> bool:
    """Whether a source file belongs to the program, and not to the interpreter or to an installed package."""
    path = Path(file).resolve()
    return not any(path.is_relative_to(root) for root in _foreign()) and not (
        {"site-packages", "dist-packages"} & set(path.parts)
    )


@functools.cache
def _foreign() -> tuple[Path, Path]:
    whorl = Path(__file__).resolve().parent.parent
    return whorl, Path(os.__file__).resolve().parent
