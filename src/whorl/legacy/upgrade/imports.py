"""The imports of asyncio and Trollius, by the names of today."""

from typing import Any

import libcst as cst

from whorl.legacy.gone import MODULES
from whorl.legacy.upgrade.changes import Changes
from whorl.legacy.upgrade.names import TROLLIUS_BUILTINS, asyncio_import, module_alias
from whorl.legacy.upgrade.tree import Scope, Tree, name_of, written

_RENAMED = {"async": "ensure_future", "JoinableQueue": "Queue"}
_DROPPED = frozenset(("coroutine", "From", "Return", *TROLLIUS_BUILTINS))
_FROM_TROLLIUS = frozenset(("From", "Return", *TROLLIUS_BUILTINS))


class Imports:
    """The imports of a file, and what the rules want to be added to them.

    Parameters:
        tree: of the file.
        changes: of the file.
    """

    def __init__(self, tree: Tree, changes: Changes) -> None:
        self._tree = tree
        self._changes = changes
        self._froms = [
            node for node in tree.nodes if isinstance(node, cst.ImportFrom) and _home(node) in ("asyncio", "trollius")
        ]
        self._added: list[str] = []

    def name_for(self, name: str, scope: Scope) -> str:
        """How ``asyncio.name`` is written in ``scope``; it is imported if it has to be."""
        alias = module_alias(scope)
        if alias:
            return f"{alias}.{name}"
        for bound, bindings in scope.bindings.items():
            if any(binding.kind == "import" and asyncio_import(binding.target) == name for binding in bindings):
                return bound
        if name not in self._added:
            self._added.append(name)
        return name

    def handles(self, node: cst.CSTNode) -> bool:
        """Whether a name stands in an import of asyncio's names."""
        return any(above in self._froms for above in self._tree.ancestors(node))

    def upgrade(self) -> None:
        """Decide about every import, when all other rules have spoken."""
        for node in self._tree.nodes:
            if isinstance(node, cst.Import):
                self._module(node)
            elif isinstance(node, cst.ImportFrom):
                self._names(node)
            elif isinstance(node, cst.Try) and self._is_choice(node):
                self._changes.change(None, node, _without_choice)

    def _module(self, node: cst.Import) -> None:
        for alias in node.names:
            self._note_gone(written(alias.name), alias)
            first: Any = alias.name
            while isinstance(first, cst.Attribute):
                first = first.value
            if name_of(first) == "trollius":
                self._changes.change("trollius", first, lambda new: new.with_changes(value="asyncio"))
                self._changes.change(None, alias, _once)

    def _is_choice(self, node: cst.Try) -> bool:
        """Whether a ``try`` does nothing but take asyncio or Trollius, whichever there is."""
        if node.orelse is not None or node.finalbody is not None:
            return False
        homes = set()
        for line in _lines(node):
            for statement in line.body if isinstance(line, cst.SimpleStatementLine) else [line]:
                if isinstance(statement, cst.Import):
                    homes |= {written(alias.name).partition(".")[0] for alias in statement.names}
                elif isinstance(statement, cst.ImportFrom):
                    homes.add(_home(statement).partition(".")[0])
                else:
                    return False
        return homes == {"asyncio", "trollius"}

    def _names(self, node: cst.ImportFrom) -> None:
        home = _home(node)
        top = home.partition(".")[0]
        if top not in ("asyncio", "trollius"):
            return
        if top == "trollius":
            first: Any = node.module
            while isinstance(first, cst.Attribute):
                first = first.value
            self._changes.change("trollius", first, lambda new: new.with_changes(value="asyncio"))
        self._note_gone(home, node)
        if isinstance(node.names, cst.ImportStar):
            return
        for alias in node.names:
            self._note_gone(f"{home}.{name_of(alias.name)}", alias)
        gone = {
            index
            for index, alias in enumerate(node.names)
            if name_of(alias.name) in (_DROPPED if top == "trollius" else _DROPPED - _FROM_TROLLIUS)
        }
        present = [name_of(alias.name) for index, alias in enumerate(node.names) if index not in gone]
        for index, alias in enumerate(node.names):
            renamed = _RENAMED.get(name_of(alias.name))
            if renamed is not None and renamed in present:
                gone.add(index)
            elif renamed is not None:
                self._changes.change("imports", alias.name, _renaming(renamed))
        added = self._added if node in self._froms[:1] else []
        if len(gone) == len(node.names) and not added:
            self._drop(node)
        elif gone or added:
            self._changes.change("imports", node, lambda new: _with_names(new, gone, added))

    def _note_gone(self, module: str, node: cst.CSTNode) -> None:
        """Warn of a module that went, but where a ``try`` is prepared for that."""
        top, _, part = module.partition(".")
        advice = MODULES.get(f"asyncio.{part}") if top in ("asyncio", "trollius") else None
        if advice is not None and not any(isinstance(above, cst.Try) for above in self._tree.ancestors(node)):
            self._changes.note("gone", node, f"`{module}`, {advice}")

    def _drop(self, node: cst.ImportFrom) -> None:
        line = self._tree.parent(node)
        self._changes.note("imports", node)
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 and not _inner_comments(node):
            self._changes.drop(line)
        else:
            self._changes.change(None, node, lambda new: cst.Pass(semicolon=new.semicolon))


def _home(node: cst.ImportFrom) -> str:
    return "" if node.relative or node.module is None else written(node.module)


def _lines(node: cst.Try) -> list[Any]:
    """The statements of a ``try`` and of its handlers."""
    return [line for block in (node.body, *(handler.body for handler in node.handlers)) for line in block.body]


def _once(new: cst.ImportAlias) -> cst.ImportAlias:
    """``import asyncio`` for ``import asyncio as asyncio``."""
    is_same = new.asname is not None and name_of(new.asname.name) == name_of(new.name)
    return new.with_changes(asname=None) if is_same else new


def _without_choice(new: cst.Try) -> cst.Try | cst.SimpleStatementLine:
    """The one import that is left of a choice, where all ways have come to the same and nothing is said in comments."""
    code = cst.Module([])
    first, *others = _lines(new)
    text = code.code_for_node(first)
    same = all(code.code_for_node(line) == text for line in others)
    if not same or "#" in code.code_for_node(new.with_changes(leading_lines=[])):
        return new
    line: cst.SimpleStatementLine = first.with_changes(leading_lines=new.leading_lines)
    return line


def _renaming(name: str) -> Any:
    return lambda new: new.with_changes(value=name)


def _inner_comments(node: cst.ImportFrom) -> bool:
    return isinstance(node.lpar, cst.LeftParen) and isinstance(node.lpar.whitespace_after, cst.ParenthesizedWhitespace)


def _with_names(new: cst.ImportFrom, gone: set[int], added: list[str]) -> cst.ImportFrom:
    assert not isinstance(new.names, cst.ImportStar)
    names = [alias for index, alias in enumerate(new.names) if index not in gone]
    present = {name_of(alias.name) for alias in names}
    last = new.names[-1].comma
    names += [cst.ImportAlias(cst.Name(name)) for name in added if name not in present]
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    names = [alias if isinstance(alias.comma, cst.Comma) else alias.with_changes(comma=comma) for alias in names]
    names[-1] = names[-1].with_changes(comma=last)
    return new.with_changes(names=names)
