"""The functions of a file: what of the old dialect is in each, and which of them become ``async def``.

Decided before anything is changed, in rounds: a helper without a decorator is a coroutine if it delegates to one or is
awaited by one, and that may make coroutines of others. Only a name is known of most things; so the question is what a
task could have driven at all, not what is likely.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from whorl.legacy.upgrade.names import AWAITABLE, asyncio_name, definitions, dotted, methods
from whorl.legacy.upgrade.neighbours import Around
from whorl.legacy.upgrade.tree import COMPREHENSIONS, Scope, Tree, is_builtin, name_of

# Functions of asyncio that take a coroutine, or several.
DRIVERS = frozenset(
    (
        "async",
        "ensure_future",
        "create_task",
        "gather",
        "wait",
        "wait_for",
        "shield",
        "as_completed",
        "run",
        "Task",
        "run_coroutine_threadsafe",
    )
)
LOOP_DRIVERS = frozenset(("run_until_complete", "create_task"))
_CONSUMERS = frozenset(
    (
        "list",
        "tuple",
        "set",
        "frozenset",
        "next",
        "iter",
        "sum",
        "any",
        "all",
        "enumerate",
        "zip",
        "dict",
        "sorted",
        "map",
        "filter",
        "max",
        "min",
        "reversed",
    )
)
_GENERATOR_METHODS = frozenset(["send", "throw", "__next__", "next"])


@dataclass(eq=False)
class Function:
    """One ``def``, or ``async def``."""

    node: cst.FunctionDef
    scope: Scope
    name: str
    yields: list[cst.Yield] = field(default_factory=list)  # bare ones
    awaits: list[cst.Yield] = field(default_factory=list)  # `yield from x`, and `yield From(x)` of trollius
    hidden: list[cst.Yield] = field(default_factory=list)  # inside a comprehension
    returns: list[cst.Return] = field(default_factory=list)
    marks: list[cst.Decorator] = field(default_factory=list)  # @asyncio.coroutine
    native: bool = False
    becomes: bool = False
    is_driven: bool = False  # @types.coroutine: may stay what it is, and be awaited
    is_property: bool = False

    @property
    def is_generator(self) -> bool:
        return bool(self.yields or self.awaits or self.hidden)

    @property
    def is_coroutine(self) -> bool:
        """Whether it is one when the work is done."""
        return self.native or self.becomes


class Functions:
    """All functions of a file.

    Parameters:
        tree: of the file.
        around: what other files say about it.
    """

    def __init__(self, tree: Tree, around: Around) -> None:
        self.tree = tree
        self._around = around
        self.speaks_of_asyncio = around.is_old or any(
            binding.target.partition(".")[0] in ("asyncio", "trollius")
            for scope in tree.scopes
            for bindings in scope.bindings.values()
            for binding in bindings
        )
        self.lambdas: list[cst.Yield] = []  # `yield from` inside a lambda
        self.generator_uses: dict[int, list[cst.CSTNode]] = {}
        self._by_node: dict[int, Function] = {}
        self._uses: dict[tuple[str, int], list[cst.Name]] = {}
        self.all: list[Function] = []
        for node in tree.nodes:
            if isinstance(node, cst.FunctionDef):
                self._add(node)
            elif isinstance(node, (cst.Yield, cst.Return)):
                self._note(node)
            elif isinstance(node, cst.Name):
                place = name_of(node), id(tree.scope_of(node).function)
                self._uses.setdefault(place, []).append(node)
        self._calls = [(node, *self.called(node)) for node in tree.nodes if isinstance(node, cst.Call)]
        self._inside: dict[int, list[Function]] = {}
        for function in self.all:
            scope = function.scope.outer
            while scope is not None:
                self._inside.setdefault(id(scope.node), []).append(function)
                scope = scope.outer
        self._find_generator_uses()
        self._decide()

    def of(self, node: cst.CSTNode) -> Function:
        return self._by_node[id(node)]

    def called(self, call: cst.Call) -> tuple[list[Function], bool]:
        """The functions of this file that a call may reach, and whether that is certain."""
        found, certain = definitions(call.func, self.tree, self.tree.scope_of(call))
        return [self.of(node) for node in found], certain

    def is_imported_coroutine(self, node: cst.CSTNode | None) -> bool:
        """Whether it is a call of a coroutine function that another file defines."""
        return isinstance(node, cst.Call) and dotted(node.func, self.tree.scope_of(node)) in self._around.coroutines

    def around(self, node: cst.CSTNode) -> Function | None:
        """The function that runs ``node``; None outside, and in a lambda."""
        scope = self.tree.scope_of(node).function
        return self.of(scope.node) if scope is not None and isinstance(scope.node, cst.FunctionDef) else None

    def in_coroutine(self, node: cst.CSTNode) -> bool:
        """Whether an event loop runs whenever ``node`` does."""
        function = self.around(node)
        return function is not None and function.is_coroutine

    def is_awaited_property(self, node: cst.Attribute) -> bool:
        """Whether every method of this name is a property that gives a coroutine."""
        found = [self.of(method) for method in methods(self.tree, name_of(node.attr))]
        return bool(found) and all(function.is_property and function.is_coroutine for function in found)

    def uses(self, name: str, scope: Scope | None) -> list[cst.Name]:
        """Every place in a function, or outside of functions if ``scope`` is None, where a name stands."""
        return self._uses.get((name, id(scope)), [])

    def added_to(self, name: str, scope: Scope | None) -> Iterator[cst.BaseExpression]:
        """What is appended, or added, to a collection."""
        for node in self.uses(name, scope):
            method = self.tree.parent(node)
            call = self.tree.parent(method) if isinstance(method, cst.Attribute) else None
            if isinstance(call, cst.Call) and call.func is method and method_of(call) in ("append", "add"):
                yield from (argument.value for argument in call.args[:1])

    def _add(self, node: cst.FunctionDef) -> None:
        outer = self.tree.scope_of(node)
        marks = [mark for mark in node.decorators if asyncio_name(mark.decorator, outer) == "coroutine"]
        function = Function(node, self.tree.own_scope(node), name_of(node.name), marks=marks)
        function.native = node.asynchronous is not None
        others = {dotted(decorator.decorator, outer) or name_of(decorator.decorator) for decorator in node.decorators}
        function.is_driven = "types.coroutine" in others
        function.is_property = "property" in others
        self._by_node[id(node)] = function
        self.all.append(function)

    def _note(self, node: cst.Yield | cst.Return) -> None:
        scope = self.tree.scope_of(node)
        owner = scope.function
        if owner is None:
            return
        if not isinstance(owner.node, cst.FunctionDef):
            if isinstance(node, cst.Yield):
                self.lambdas.append(node)
            return
        function = self.of(owner.node)
        if isinstance(node, cst.Return):
            function.returns.append(node)
        elif isinstance(scope.node, COMPREHENSIONS):
            function.hidden.append(node)
        elif operand(node, scope) is not None:
            function.awaits.append(node)
        else:
            function.yields.append(node)

    def _find_generator_uses(self) -> None:
        for call, functions, _ in self._calls:
            if any(function.is_generator for function in functions):
                for use in filter(self._consumed, self._places(call)):
                    for function in functions:
                        self.generator_uses.setdefault(id(function), []).append(use)

    def _places(self, call: cst.Call) -> Iterator[cst.CSTNode]:
        """Where the value of a call is used: where it stands, or where the variable that it is given to does."""
        yield call
        assign = self.tree.parent(call)
        if isinstance(assign, cst.Assign):
            for target in assign.targets:
                name = name_of(target.target)
                if name and not self._is_awaited_itself(name, call):
                    yield from self.uses(name, self.tree.scope_of(call).function)

    def _is_awaited_itself(self, name: str, call: cst.Call) -> bool:
        """Whether there is ``x = yield from x``: what is called ``x`` is then what comes of the coroutine."""
        values = [binding.node for binding in self.tree.scope_of(call).find(name)]
        waited = [operand(value, self.tree.scope_of(value)) for value in values if isinstance(value, cst.Yield)]
        return any(isinstance(node, cst.Name) and name_of(node) == name for node in waited)

    def _consumed(self, node: cst.CSTNode) -> bool:
        """Whether a value is used as an iterable."""
        parent = self.tree.parent(node)
        if isinstance(parent, (cst.For, cst.CompFor)):
            return parent.iter is node and parent.asynchronous is None
        if isinstance(parent, cst.Attribute):
            return parent.value is node and name_of(parent.attr) in _GENERATOR_METHODS
        if isinstance(parent, cst.Arg):
            outer = self.tree.parent(parent)
            if parent.star == "*":
                return True
            if isinstance(outer, cst.Call) and isinstance(outer.func, cst.Name):
                name = name_of(outer.func)
                return name in _CONSUMERS and is_builtin(name, self.tree.scope_of(outer))
        return False

    def _decide(self) -> None:
        for function in self.all:
            function.becomes = bool(function.marks) or any(is_from(node, function.scope) for node in function.awaits)
        helpers = [
            function
            for function in self.all
            if function.awaits
            and not function.is_coroutine
            and not function.is_driven
            and not is_protocol(function.name)
        ]
        changed = True
        while changed:
            awaited = self._driven()
            chosen = [
                helper
                for helper in helpers
                if not helper.becomes
                and (helper in awaited or self._delegates_to_coroutine(helper) or self._awaited_elsewhere(helper))
            ]
            # One that is iterated over as well is a generator that a coroutine happens to delegate to.
            for helper in chosen:
                helper.becomes = True
            changed = bool(chosen)

    def _awaited_elsewhere(self, helper: Function) -> bool:
        # One that yields by itself, or is iterated over, may be another function of the same name.
        return helper.name in self._around.awaited and not helper.yields and id(helper) not in self.generator_uses

    def _driven(self) -> set[Function]:
        """What a coroutine awaits, or a task is made of."""
        found: set[Function] = set()
        for call, functions, _ in self._calls:
            if functions and self._is_driven(call):
                found.update(functions)
        for function in self.all:
            if function.is_coroutine:
                for decorator in function.node.decorators:
                    found.update(self._made_by(decorator))
        return found

    def _made_by(self, decorator: cst.Decorator) -> Iterator[Function]:
        """What a decorator of this file makes of a coroutine: the functions inside it."""
        node = decorator.decorator
        called = node.func if isinstance(node, cst.Call) else node
        makers, _ = definitions(called, self.tree, self.tree.scope_of(decorator))
        for maker in makers:
            yield from self._inside.get(id(maker), [])

    def _is_driven(self, call: cst.Call) -> bool:
        parent = self.tree.parent(call)
        if isinstance(parent, cst.From):
            return self.in_coroutine(call)
        if isinstance(parent, cst.Await):
            return True
        if isinstance(parent, cst.Arg):
            outer = self.tree.parent(parent)
            if isinstance(outer, cst.Call):
                name = asyncio_name(outer.func, self.tree.scope_of(outer))
                return name in DRIVERS or (not name and method_of(outer) in LOOP_DRIVERS)
        return False

    def _delegates_to_coroutine(self, helper: Function) -> bool:
        waited = [operand(node, helper.scope) for node in helper.awaits]
        # Nobody knows whether a decorator wants a generator: then what another file says is not enough.
        is_told = not helper.node.decorators and any(map(self.is_imported_coroutine, waited))
        return is_told or any(map(self._is_surely_coroutine, waited))

    def _is_surely_coroutine(self, node: cst.CSTNode | None) -> bool:
        if not isinstance(node, cst.Call):
            return False
        if asyncio_name(node.func, self.tree.scope_of(node)) in AWAITABLE:
            return True
        functions, certain = self.called(node)
        return (
            certain and bool(functions) and all(function.is_coroutine or function.is_driven for function in functions)
        )


def method_of(call: cst.Call) -> str:
    """The name behind the dot of what is called; empty where there is no dot."""
    called = call.func
    return name_of(called.attr) if isinstance(called, cst.Attribute) else ""


def operand(node: cst.Yield, scope: Scope) -> cst.BaseExpression | None:
    """What a ``yield`` waits for; None if it is a generator's own."""
    if isinstance(node.value, cst.From):
        return node.value.item
    if is_from(node, scope) and isinstance(node.value, cst.Call):
        return node.value.args[0].value
    return None


def is_from(node: cst.Yield, scope: Scope) -> bool:
    """Whether it is ``yield From(x)``."""
    value = node.value
    return (
        isinstance(value, cst.Call)
        and asyncio_name(value.func, scope) == "From"
        and len(value.args) == 1
        and not value.args[0].star
    )


def is_protocol(name: str) -> bool:
    """Python itself calls these, and wants an iterator."""
    return name in ("__iter__", "__await__", "__next__")
