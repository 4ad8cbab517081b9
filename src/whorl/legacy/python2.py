"""Trollius programs in Python 2: through fissix, in memory, with the lines kept."""

import ast
import difflib
import re
import sys
from typing import Any

_CERTAIN = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+(?:urllib2|urlparse|Queue|ConfigParser|StringIO|cStringIO|httplib|SocketServer)\b"
    r"|\b(?:xrange|unicode|basestring|raw_input|unichr)\s*\(|\.(?:iteritems|itervalues|iterkeys|has_key)\s*\("
    r"|^[ \t]*print[ \t]+[^\s(=.,)]|^[ \t]*print[ \t]*>>",
    re.MULTILINE,
)
# Its first releases called themselves asyncio.
_TROLLIUS = re.compile(r"\btrollius\b|^[ \t]*from[ \t]+asyncio[ \t]+import[^\n]*\b(?:From|Return)\b", re.MULTILINE)
_GUARDED = re.compile(r"sys\.version_info|except\s+(?:ImportError|NameError)|\bsix\b|\bPY[23]\b")
# A name among the builtins of an old program's modules.
PRINT = "__whorl_print__"
# These put an import before the program, which moves its lines. Their names are among the builtins of an old program.
_MOVE_LINES = ("reduce", "intern", "reload")


def is_trollius(text: str) -> bool:
    """Whether a program is one of Trollius, and so may be in Python 2."""
    return _TROLLIUS.search(text) is not None


def is_certain(text: str) -> bool:
    """Whether a Trollius program uses Python 2's names, and does not look which Python it runs on."""
    return is_trollius(text) and _CERTAIN.search(text) is not None and _GUARDED.search(text) is None


def converted(text: str, path: str) -> str | None:
    """Return the program in Python 3, or None if it can't be told what it is.

    Parameters:
        text: the program.
        path: its file; modules beside it are imported as such.

    Returns:
        The program as ``fissix`` (lib2to3) writes it, or None.

    Raises:
        SyntaxError: fissix is not installed; the text says how to get it.

    The rewriting is lib2to3's, without what would move lines.
    """
    try:
        from fissix import refactor  # type: ignore[import-untyped,unused-ignore]
    except ModuleNotFoundError:
        reason = "this Trollius program is in Python 2; to run it, whorl needs fissix: pip install 'whorl[legacy]'"
        line = _first_line(text)
        raise SyntaxError(reason, (path, line, 1, text.split("\n")[line - 1])) from None
    fixers = [
        name
        for name in refactor.get_fixers_from_package("fissix.fixes")
        if name.rpartition(".fix_")[2] not in _MOVE_LINES
    ]
    tool: Any = refactor.RefactoringTool(fixers)
    tool.log_error = tool.log_debug = tool.log_message = _silent
    try:
        return str(tool.refactor_string(text if text.endswith("\n") else text + "\n", path))
    except Exception:  # whatever its parser raises: then it is not Python 2
        return None


def _silent(*args: object, **options: object) -> None:
    pass


class Print:
    """``print``, where fissix has written ``end=" "`` for a comma at the end: the space comes with the next words."""

    def __init__(self) -> None:
        self._owed: set[int] = set()

    def __call__(self, *values: Any, sep: str = " ", end: str = "\n", file: Any = None, flush: bool = False) -> None:
        """Print as Python 2 did."""
        stream = sys.stdout if file is None else file
        if id(stream) in self._owed and values:
            print(end=" ", file=stream)
        self._owed.discard(id(stream))
        if end == " ":
            end = ""
            if not str(values[-1]).endswith("\n"):
                self._owed.add(id(stream))
        print(*values, sep=sep, end=end, file=stream, flush=flush)


def _first_line(text: str) -> int:
    match = _CERTAIN.search(text)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def settle(tree: ast.Module, old: str, new: str) -> None:
    """Give ``tree``, made from ``new``, the lines of ``old``, and a ``print`` that knows Python 2's comma."""
    if "print_function" not in old:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "print":
                node.id = PRINT
    before, after = old.split("\n"), new.split("\n")
    if len(before) == len(after):
        return
    lines: dict[int, int] = {}
    for _, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for j in range(j1, j2):
            lines[j + 1] = min(i1 + (j - j1), max(i1, i2 - 1)) + 1
    for node in ast.walk(tree):
        for name in ("lineno", "end_lineno"):
            if hasattr(node, name):
                setattr(node, name, lines.get(getattr(node, name), getattr(node, name)))
