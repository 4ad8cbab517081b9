"""Finds uses of private names in source text: of asyncio's modules and classes, and of objects of whatever kind."""

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name.strip("_") != ""


def of_asyncio(text: str) -> list[str]:
    """Private names of asyncio's modules and classes: ``base_events._x``, ``asyncio.Task._x``, imports of ``_x``."""
    tree = ast.parse(text)
    homes = _imported(tree)
    names = {*homes.values(), *(_full_name(node, homes) for node in ast.walk(tree))}
    exported = {f"asyncio.{name}" for name in asyncio.__all__}  # some of it has an underscore all the same
    return sorted(
        name
        for name in names - exported
        if name is not None and name.startswith("asyncio.") and is_private(name.split(".")[-1])
    )


def of_objects(text: str) -> set[str]:
    """Private attributes of anything that was not imported: ``transport._sock``, ``getattr(protocol, "_x", None)``.

    A key counts as well, as attributes can be had from ``__dict__``: ``names["_eof"]``.
    """
    tree = ast.parse(text)
    homes = _imported(tree)
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if _full_name(node, homes) is None:
                found.add(name)
            case ast.Subscript(slice=ast.Constant(str(name))):
                found.add(name)
            case ast.Call(func=ast.Name("getattr" | "setattr" | "hasattr"), args=[_, ast.Constant(str(name)), *_]):
                found.add(name)
    return {name for name in found if is_private(name)}


def defined(source: Path) -> set[str]:
    """Every private name that a module, a class or a method's ``self`` of this package is given."""
    names: set[str] = set()
    for path in source.rglob("*.py"):
        names.update(_defined_in(ast.parse(path.read_text())))
    for path in source.rglob("*.pxd"):
        fields = re.findall(r"^\s+cdef\s+(?:(?:public|readonly)\s+)?\w+\s+(\w+)$", path.read_text(), re.MULTILINE)
        names.update(fields)
    return {name for name in names if is_private(name)}


def _defined_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
                yield name
            case ast.Name(name, ast.Store()) | ast.Attribute(ast.Name("self"), name, ast.Store()):
                yield name


def _imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for."""
    homes = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]  # what ``import a.b`` binds
                homes[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                homes[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return homes


def _full_name(node: ast.AST, homes: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return homes.get(node.id)
    if isinstance(node, ast.Attribute):
        home = _full_name(node.value, homes)
        return home and f"{home}.{node.attr}"
    return None
