"""A file's syntax tree, and what its names are bound to.

One walk over the tree of libcst, in the order of the text and past whatever is only white space, notes for every node
its parent and its scope, and for every scope what binds its names. libcst's own visitors and metadata do the same at
several times the cost. Lines are found when somebody asks: only what is reported has to say where it stands.
"""

import builtins
import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import libcst as cst
from libcst._nodes.internal import CodegenState

from whorl.legacy.tokens import narrow

FUNCTIONS = (cst.FunctionDef, cst.Lambda)
COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
_SCOPES = (*FUNCTIONS, *COMPREHENSIONS, cst.ClassDef)

# Fields that hold no code of their own.
_SPACE = frozenset(
    (
        "comma",
        "semicolon",
        "lpar",
        "rpar",
        "lbracket",
        "rbracket",
        "lbrace",
        "rbrace",
        "leading_lines",
        "lines_after_decorators",
        "leading_whitespace",
        "trailing_whitespace",
        "header",
        "footer",
        "equal",
        "operators",
        "dot",
        "colon",
        "asynchronous",
        "newline",
        "indent",
    )
)
_FIELDS: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.FunctionDef: ("decorators", "name", "params", "returns", "body"),
    cst.ClassDef: ("decorators", "name", "bases", "keywords", "body"),
}

_OLD_NAMES = ("async", "coroutine", "JoinableQueue", "From", "Return")


class Binding(NamedTuple):
    """One way in which a name gets a value."""

    kind: str  # "def", "class", "import", "param", "assign", "item" (of an iterable) or "other"
    node: Any = None  # the definition, or the expression that gives the value
    target: str = ""  # what is imported, with dots


class Scope:
    """A module, class, function or comprehension, and the bindings of its names."""

    def __init__(self, node: cst.CSTNode, outer: "Scope | None") -> None:
        self.node = node
        self.outer = outer
        self.bindings: dict[str, list[Binding]] = {}
        self.elsewhere: set[str] = set()  # global or nonlocal
        self.function: Scope | None = outer.function if outer is not None else None
        """The scope of the function that runs what stands here; None outside of functions."""
        if isinstance(node, FUNCTIONS):
            self.function = self
        elif isinstance(node, cst.ClassDef):
            self.function = None
        self.imported: set[str] = set() if outer is None else outer.imported  # in the whole file, in any scope

    def bind(self, name: str, binding: Binding) -> None:
        scope: Scope = self
        # A comprehension's `:=`, and what is declared to belong further out.
        while name in scope.elsewhere and scope.outer is not None:
            scope = scope.outer
        scope.bindings.setdefault(name, []).append(binding)
        if binding.kind == "import":
            self.imported.add(name)

    def find(self, name: str) -> list[Binding]:
        """The bindings that a use of ``name`` in this scope refers to; none for a name of Python's own."""
        scope: Scope | None = self
        while scope is not None:
            visible = scope is self or not isinstance(scope.node, cst.ClassDef)
            if visible and name in scope.bindings:
                return scope.bindings[name]
            scope = scope.outer
        return []

    def owner(self) -> "Scope | None":
        """The class whose ``self`` a method, or a function inside one, speaks of."""
        scope: Scope | None = self
        while scope is not None and not isinstance(scope.node, cst.ClassDef):
            scope = scope.outer
        return scope


class Tree:
    """A parsed file.

    Parameters:
        module: what libcst made of the text.
    """

    def __init__(self, module: cst.Module) -> None:
        self.module = module
        self.parents: dict[int, cst.CSTNode] = {}
        self.nodes: list[cst.CSTNode] = []  # in the order of the text
        self.attributes: dict[str, list[cst.BaseExpression]] = {}  # what is assigned to `….name`
        self._named: dict[str, list[cst.FunctionDef]] = {}
        self._scopes: dict[int, Scope] = {}
        self._own: dict[int, Scope] = {}
        self.scope = Scope(module, None)
        self._own[id(module)] = self.scope
        self._walk(module, self.scope)

    def scope_of(self, node: cst.CSTNode) -> Scope:
        """The scope that ``node`` stands in."""
        return self._scopes[id(node)]

    def own_scope(self, node: cst.CSTNode) -> Scope:
        """The scope that a definition opens."""
        return self._own[id(node)]

    @property
    def scopes(self) -> Iterable[Scope]:
        return self._own.values()

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self.parents.get(id(node))

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        parent = self.parent(node)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def functions_named(self, name: str) -> list[cst.FunctionDef]:
        return self._named.get(name, [])

    def statement(self, node: cst.CSTNode) -> cst.CSTNode:
        """The line, or compound statement, that ``node`` is a part of."""
        kinds = (cst.SimpleStatementLine, cst.BaseCompoundStatement)
        return next(found for found in (node, *self.ancestors(node)) if isinstance(found, kinds))

    def lines(self, nodes: list[cst.CSTNode]) -> tuple[dict[int, int], str]:
        """The line of each node, by its id; and the whole text, which costs nothing more."""
        state = _Lines({id(node) for node in nodes}, self.module)
        self.module._codegen(state)
        return state.found, "".join(state.tokens)

    def _walk(self, node: cst.CSTNode, scope: Scope) -> None:
        for child in children(node):
            self.parents[id(child)] = node
            self._scopes[id(child)] = scope
            self.nodes.append(child)
            inner = scope
            if isinstance(child, _SCOPES):
                inner = self._own[id(child)] = Scope(child, scope)
            self._bind(child, scope, inner)
            self._walk(child, inner)

    def _bind(self, node: cst.CSTNode, scope: Scope, inner: Scope) -> None:
        match node:
            case cst.FunctionDef():
                scope.bind(name_of(node.name), Binding("def", node))
                self._named.setdefault(name_of(node.name), []).append(node)
            case cst.ClassDef():
                scope.bind(name_of(node.name), Binding("class", node))
            case cst.Param():
                scope.bind(name_of(node.name), Binding("param", node))
            case cst.Import():
                _bind_import(node, scope)
            case cst.ImportFrom():
                _bind_import_from(node, scope)
            case cst.Assign():
                for assigned in node.targets:
                    self._bind_target(assigned.target, node.value, scope, "assign")
            case cst.AnnAssign() | cst.NamedExpr():
                if node.value is not None:
                    self._bind_target(node.target, node.value, scope, "assign")
            case cst.AugAssign():
                self._bind_target(node.target, None, scope, "other")
            case cst.For() | cst.CompFor():
                for target, iterable in _items(node.target, node.iter):
                    self._bind_target(target, iterable, scope, "item")
            case cst.WithItem() if node.asname is not None:
                self._bind_target(node.asname.name, None, scope, "other")
            case cst.ExceptHandler() if node.name is not None:
                self._bind_target(node.name.name, None, scope, "other")
            case cst.Global() | cst.Nonlocal():
                scope.elsewhere |= {name_of(item.name) for item in node.names}

    def _bind_target(self, target: cst.CSTNode, value: Any, scope: Scope, kind: str) -> None:
        if isinstance(target, cst.Name):
            scope.bind(name_of(target), Binding(kind, value))
        elif isinstance(target, cst.Attribute):
            if kind == "assign":
                self.attributes.setdefault(name_of(target.attr), []).append(value)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                # Of `done, pending = …` each is a part of the value.
                self._bind_target(element.value, value, scope, "part" if kind == "assign" else "other")


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The parts of a node that are code, in the order of the text but for a comprehension's."""
    kind = type(node)
    fields = _FIELDS.get(kind)
    if fields is None:
        names = (field.name for field in dataclasses.fields(node))
        fields = tuple(name for name in names if name not in _SPACE and not name.startswith("whitespace"))
        _FIELDS[kind] = fields
    for name in fields:
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (item for item in value if isinstance(item, cst.CSTNode))


def _items(target: cst.CSTNode, iterable: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """What a loop's variables take their values from: of `for n, x in enumerate(xs)`, ``x`` from ``xs``."""
    if isinstance(target, cst.Tuple) and isinstance(iterable, cst.Call):
        name = name_of(iterable.func)
        sources = [argument.value for argument in iterable.args]
        targets = [element.value for element in target.elements]
        if name == "enumerate" and sources and len(targets) == 2:
            yield targets[1], sources[0]
            return
        if name == "zip" and len(sources) == len(targets):
            yield from zip(targets, sources, strict=True)
            return
    yield target, iterable


def name_of(node: cst.CSTNode) -> str:
    """The identifier, as Python reads it; empty for what is no name."""
    return narrow(node.value) if isinstance(node, cst.Name) else ""


def is_builtin(name: str, scope: Scope) -> bool:
    return hasattr(builtins, name) and not scope.find(name)


def written(node: cst.CSTNode) -> str:
    """A name with dots, as it stands in the text."""
    if isinstance(node, cst.Attribute):
        return f"{written(node.value)}.{name_of(node.attr)}"
    return name_of(node)


def _bind_import(node: cst.Import, scope: Scope) -> None:
    for alias in node.names:
        name = written(alias.name)
        if alias.asname is not None:
            scope.bind(name_of(alias.asname.name), Binding("import", alias, name))
        else:
            top = name.partition(".")[0]
            scope.bind(top, Binding("import", alias, top))


def _bind_import_from(node: cst.ImportFrom, scope: Scope) -> None:
    home = "." * len(node.relative) + (written(node.module) if node.module is not None else "")
    if isinstance(node.names, cst.ImportStar):
        if home in ("asyncio", "trollius"):
            import asyncio

            for name in (*asyncio.__all__, *_OLD_NAMES):
                scope.bind(name, Binding("import", node, f"{home}.{name}"))
        return
    for alias in node.names:
        name = name_of(alias.name)
        bound = name_of(alias.asname.name) if alias.asname is not None else name
        # `from .compat import asyncio` is asyncio too, or Trollius.
        scope.bind(bound, Binding("import", alias, name if name == "asyncio" else f"{home}.{name}"))


class _Lines(CodegenState):
    """Writes the text out, and notes in which line each of some nodes begins."""

    def __init__(self, wanted: set[int], module: cst.Module) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.found: dict[int, int] = {}
        self._wanted = wanted
        self._line = 1

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._note(node)

    def after_codegen(self, node: cst.CSTNode) -> None:
        """Of no interest here."""

    def record_syntactic_position(self, node: cst.CSTNode, **_: Any) -> Any:
        # Comes after a statement's comments and blank lines are out.
        self._note(node)
        return super().record_syntactic_position(node)

    def _note(self, node: cst.CSTNode) -> None:
        if id(node) in self._wanted:
            self.found[id(node)] = self._line

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        self._line += value.count("\n") + (value.count("\r") - value.count("\r\n") if "\r" in value else 0)
