"""What an old program says that today's Python understands otherwise, revised in its syntax tree.

- ``except Exception`` and its like ask :mod:`whorl.legacy.caught` which exceptions they meant.
- ``raise StopIteration(x)`` in a generator was ``return x`` before 3.7; not in what ``coroutine`` decorates.
- ``yield From(x)`` and ``raise Return(x)`` of Trollius are ``yield from x`` and ``return x``;
  its coroutines may also ``yield`` a future, and it is waited for.
- ``__iter__`` and ``__await__`` must be plain generators, which can't wait for what are coroutines today.
- What can't be revived becomes a call that says so, when the line is reached.

Nothing is moved: each new node stands where the old one stood.
"""

import ast
from typing import TypeVar

from whorl.legacy import gone
from whorl.legacy.caught import BROAD

# Names among the builtins of an old program's modules, which whorl.legacy.imports makes.
CAUGHT = "__whorl_caught__"
ITERATOR = "__whorl_iterator__"
WAITING = "__whorl_waiting__"
REFUSE = "__whorl_refuse__"

# The interpreter refuses a coroutine as what __await__ returns, and `__await__ = __iter__` was the idiom.
PLAIN = ("__await__", "__iter__")

_Node = TypeVar("_Node", bound=ast.AST)


def revise(tree: ast.Module, *, trollius: bool, path: str) -> ast.Module:
    """Revise a program; ``trollius`` says that ``From`` and ``Return`` may be Trollius's."""
    _Revision(trollius, path, gone.idioms_of(tree)).visit(tree)
    return tree


class _Revision(ast.NodeTransformer):
    def __init__(self, trollius: bool, path: str, idioms: dict[str, str]) -> None:
        self.trollius = trollius
        self.path = path
        self.idioms = idioms
        self.may_stop = self.is_coroutine = False
        self.function = ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer = self.may_stop, self.is_coroutine, self.function
        yields = _yields(node)
        decorated = any(_name(each) == "coroutine" for each in node.decorator_list)
        self.may_stop, self.function = bool(yields) and not decorated, node.name
        self.is_coroutine = decorated or any(_is_from(each.value) for each in yields)
        self.generic_visit(node)
        self.may_stop, self.is_coroutine, self.function = outer
        return node

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.AST:
        self.generic_visit(node)
        if self.function in PLAIN:
            node.value = _iterator(node.value)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if self.function == "__await__" and node.value is not None and not self.may_stop:
            node.value = _iterator(node.value)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        if node.type is not None and any(_name(each) in BROAD for each in _kinds(node.type)):
            where = [ast.Constant(f"{self.path}:{node.lineno}")]
            call = ast.Call(ast.Name(CAUGHT, ast.Load()), [node.type, *where], [])
            node.type = _placed(call, node.type)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        self.generic_visit(node)
        ends = {"StopIteration"} if self.may_stop else set()
        if self.trollius:
            ends.add("Return")
        kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if kind is None or _name(kind) not in ends:
            return node
        values = node.exc.args if isinstance(node.exc, ast.Call) else []
        value = values[0] if len(values) == 1 else _placed(ast.Tuple(values, ast.Load()), node) if values else None
        return _placed(ast.Return(value), node)

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        self.generic_visit(node)
        if not self.trollius:
            return node
        if _is_from(node.value):
            return _placed(ast.YieldFrom(_iterator(node.value.args[0])), node)  # type: ignore[union-attr]
        if self.is_coroutine and node.value is not None:
            return _placed(ast.YieldFrom(_iterator(node.value, WAITING)), node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        advice = self.idioms.get(f"{_name(node.value)}.{node.attr}") or self.idioms.get(f".{node.attr}")
        if advice is None or not isinstance(node.ctx, ast.Load):
            return node
        text = f"{self.path}, line {node.lineno}: {ast.unparse(node)} {advice}"
        return _placed(ast.Call(ast.Name(REFUSE, ast.Load()), [ast.Constant(text)], []), node)


def _iterator(value: ast.expr, function: str = ITERATOR) -> ast.expr:
    return _placed(ast.Call(ast.Name(function, ast.Load()), [value], []), value)


def _is_from(value: ast.expr | None) -> bool:
    """Whether this is Trollius's ``From(x)``."""
    return isinstance(value, ast.Call) and _name(value.func) == "From" and len(value.args) == 1


def _placed(new: _Node, old: ast.AST) -> _Node:
    for node in ast.walk(new):
        if not hasattr(node, "lineno"):
            ast.copy_location(node, old)
    return new


def _name(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _kinds(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _yields(function: ast.FunctionDef) -> list[ast.Yield | ast.YieldFrom]:
    found = []
    rest: list[ast.AST] = list(function.body)
    while rest:
        node = rest.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            rest += ast.iter_child_nodes(node)
    return found
