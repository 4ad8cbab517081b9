"""What the files of one command say about each other: a helper may live in one module and be used in another.

A helper without a decorator, which delegates to something unknown, is a coroutine only if a coroutine waits for it; of
another file nothing counts for that but the name that is called there. If it delegates to a function that it imports
from a file with a coroutine of that name, it surely is one, although nothing in its own file may speak of asyncio.
"""

import ast
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import decode_source
from pathlib import PurePath
from typing import NamedTuple

from whorl.legacy.tokens import widen
from whorl.legacy.upgrade.names import AWAITABLE

# A file with none of these waits for nothing, and defines nothing to wait for; but a package may hand it on.
_WORTH_READING = re.compile(rb"coroutine|async|await|yield\s+[fF]rom\b")
_ASYNCIO = re.compile(rb"asyncio|trollius")


class Around(NamedTuple):
    """What the other files say about one."""

    awaited: frozenset[str] = frozenset()  # names of functions that coroutines wait for
    coroutines: frozenset[str] = frozenset()  # the coroutine functions that it imports, by their full names
    is_old: bool = False  # it imports from a file with coroutines of the old kind


ALONE = Around()


def look(files: Mapping[str, bytes]) -> dict[str, Around]:
    """Find out what the files of a command say about each other.

    Parameters:
        files: what is in them, by their paths.

    Returns:
        For each path what the others say about it. A file that can't be parsed says nothing.

    Example::

        look({"a.py": b"async def f(): pass", "b.py": b"from a import f"})["b.py"].coroutines  # {"a.f"}
    """
    modules = {path: _read(path, content) for path, content in files.items()}
    known = [module for module in modules.values() if module is not None]
    awaited = _settle(known) if any(module.is_old or module.waits for module in known) else set()
    everything, nothing = frozenset(awaited), frozenset[str]()
    around = {}
    for path, module in modules.items():
        if module is None:
            around[path] = Around(everything)
        else:
            # A name alone makes no coroutine of a generator in a file that doesn't speak of asyncio.
            names = everything if module.speaks_of_asyncio else nothing
            around[path] = Around(names, frozenset(module.imported), module.is_old)
    return around


@dataclass(eq=False)
class _Function:
    name: str
    in_module: bool  # not in a class, nor in another function
    is_coroutine: bool
    is_marked: bool  # with a decorator
    yields: bool = False  # by itself
    waits: set[str] = field(default_factory=set)  # what it calls to wait for it, as it is written
    inside: set[str] = field(default_factory=set)  # the same, of the functions in it too


@dataclass(eq=False)
class _Module:
    place: PurePath  # without `.py`, and without `__init__.py`
    folder: PurePath
    is_package: bool
    speaks_of_asyncio: bool
    delegates: bool
    is_old: bool = False
    functions: list[_Function] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # what is imported, by the name that it has here
    homes: list[tuple[str, list[str]]] = field(default_factory=list)  # the same: modules, and names of theirs
    sources: "list[tuple[str, list[str], _Module]]" = field(default_factory=list)  # those of them that are files here
    imported: set[str] = field(default_factory=set)  # coroutine functions, by their full names
    exports: set[str] = field(default_factory=set)  # names that others find them under

    @property
    def waits(self) -> bool:
        return any(function.is_coroutine for function in self.functions)


def _read(path: str, content: bytes) -> _Module | None:
    place = PurePath(os.path.abspath(path)).with_suffix("")
    is_package = place.name == "__init__"
    if not is_package and not _WORTH_READING.search(content):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(widen(decode_source(content)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    module = _Module(
        place.parent if is_package else place,
        place.parent,
        is_package,
        _ASYNCIO.search(content) is not None,
        b"yield" in content,
    )
    _collect(tree, module, [], in_module=True)
    return module


def _collect(node: ast.AST, module: _Module, around: list[_Function], *, in_module: bool) -> None:
    """Note the functions and imports inside ``node``."""
    for child in ast.iter_child_nodes(node):
        inner, is_inside = around, in_module
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inner, is_inside = [*around, _function(child, module, in_module=in_module)], False
            case ast.ClassDef():
                is_inside = False
            case ast.Lambda():
                inner = []
            case ast.Import():
                for alias in child.names:
                    module.homes.append((alias.name, []))
                    name = alias.asname or alias.name.partition(".")[0]
                    module.names[name] = alias.name if alias.asname else name
            case ast.ImportFrom():
                home = "." * child.level + (child.module or "")
                module.homes.append((home, [alias.name for alias in child.names]))
                module.names |= {alias.asname or alias.name: f"{home}.{alias.name}" for alias in child.names}
            case ast.Yield() | ast.YieldFrom() | ast.Await() if around:
                waited = _waited(child)
                around[-1].yields |= waited is None
                if isinstance(waited, ast.Call):
                    around[-1].waits.add(_dotted(waited.func))
                    for function in around:
                        function.inside.add(_dotted(waited.func))
        _collect(child, module, inner, in_module=is_inside)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, module: _Module, *, in_module: bool) -> _Function:
    marks = {_dotted(mark).rpartition(".")[2] for mark in node.decorator_list}
    is_coroutine = isinstance(node, ast.AsyncFunctionDef) or "coroutine" in marks
    function = _Function(node.name, in_module, is_coroutine, bool(marks))
    module.functions.append(function)
    module.is_old |= "coroutine" in marks and module.speaks_of_asyncio
    return function


def _waited(node: ast.Yield | ast.YieldFrom | ast.Await) -> ast.expr | None:
    """What is waited for; None for a ``yield`` of a generator's own."""
    if not isinstance(node, ast.Yield):
        return node.value
    call = node.value  # `yield From(x)` of trollius
    if isinstance(call, ast.Call) and len(call.args) == 1 and _dotted(call.func).rpartition(".")[2] == "From":
        return call.args[0]
    return None


def _dotted(node: ast.AST) -> str:
    """A name with dots, as it stands in the text; what isn't a name is left empty."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return getattr(node, "id", "")


def _settle(modules: list[_Module]) -> set[str]:
    """Let everything that is known spread; what all coroutines together wait for, without what is before the dot."""
    find = _Finder(modules)
    for module in modules:
        module.sources = list(find.sources(module))
    awaited: set[str] = set()
    before, known = -1, 0
    while known != before:  # nothing that is known is ever forgotten
        before = known
        for module in modules:
            _spread(module, awaited)
        known = len(awaited) + sum(len(module.imported) + len(module.exports) + module.is_old for module in modules)
    return awaited


def _spread(module: _Module, awaited: set[str]) -> None:
    """One round for one file: from those that it imports from to its own functions, and to what these wait for."""
    for full, names, source in module.sources:
        module.is_old |= source.is_old and (module.is_package or module.delegates)
        if not names:
            module.imported |= {f"{full}.{name}" for name in source.exports}
        given = source.exports if "*" in names else source.exports.intersection(names)
        module.imported |= {f"{full}.{name}" for name in given}
    module.exports |= {name for name, full in module.names.items() if full in module.imported}
    module.exports |= {name for _, names, source in module.sources if "*" in names for name in source.exports}
    own: dict[str, bool] = {}
    for function in module.functions:
        function.is_coroutine = function.is_coroutine or _becomes(function, module, awaited)
        if function.is_coroutine:
            awaited |= {name.rpartition(".")[2] for name in function.inside}
        if function.in_module:
            own[function.name] = own.get(function.name, True) and function.is_coroutine
    module.exports |= {name for name, is_coroutine in own.items() if is_coroutine}


def _becomes(function: _Function, module: _Module, awaited: set[str]) -> bool:
    """Whether a function without a decorator becomes a coroutine when the file's turn comes."""
    if not function.waits or function.yields or function.is_marked:
        return False
    if function.name in awaited and module.speaks_of_asyncio:
        return True
    for name in function.waits:
        first, _, rest = name.partition(".")
        if first in module.names:
            full = f"{module.names[first]}.{rest}".removesuffix(".")
            home, _, what = full.rpartition(".")
            if full in module.imported or (home in ("asyncio", "trollius") and what in AWAITABLE):
                return True
        elif first == name or name == f"self.{rest}":
            reached = [other for other in module.functions if other.name == (rest or first)]
            if reached and all(other.is_coroutine for other in reached):
                return True
    return False


class _Finder:
    """Finds the files of a command by the names of their modules."""

    def __init__(self, modules: Iterable[_Module]) -> None:
        self._by_place = {module.place: module for module in modules}
        self._by_name: dict[str, list[_Module]] = {}
        for module in self._by_place.values():
            self._by_name.setdefault(module.place.name, []).append(module)

    def sources(self, module: _Module) -> Iterator[tuple[str, list[str], _Module]]:
        """What of the command a file imports from: the name of the module there, the names of it, and the file."""
        for home, names in module.homes:
            if found := self._find(home, module):
                yield home, names, found
            for name in names:  # which may be modules
                full = f"{home}.{name}"
                if inner := self._find(full if home.strip(".") else f"{home}{name}", module):
                    yield full, [], inner

    def _find(self, name: str, importer: _Module) -> _Module | None:
        parts = name.lstrip(".").split(".")
        level = len(name) - len(name.lstrip("."))
        if level:
            above = [importer.folder, *importer.folder.parents]
            return self._by_place.get(above[level - 1].joinpath(*parts)) if level <= len(above) else None
        found = []
        for module in self._by_name.get(parts[-1], []):
            root = module.place.parents[len(parts) - 1] if len(parts) <= len(module.place.parents) else None
            if root is not None and module.place == root.joinpath(*parts) and self._may_import(importer, root):
                found.append((importer.folder.is_relative_to(root), module))
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def _may_import(self, importer: _Module, root: PurePath) -> bool:
        """Whether a folder is where an import starts: the program's own, or one that is no package."""
        package = self._by_place.get(root)
        return importer.folder == root or package is None or not package.is_package
