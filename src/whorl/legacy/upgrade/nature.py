"""Whether an expression is something to await: sure, likely, unclear, or surely not.

A call of something unknown is *likely*: where the old code delegated to its result, in a coroutine, a task drove it,
and a task takes nothing but futures from below. A name that nobody in the file gives a value to is *unclear*, as a list
of futures or a generator may be behind it.
"""

import enum
import re
import sys
from collections.abc import Iterable

import libcst as cst

from whorl.legacy.upgrade.function import Functions, method_of
from whorl.legacy.upgrade.names import AWAITABLE, FUTURES, asyncio_name, dotted
from whorl.legacy.upgrade.tree import COMPREHENSIONS, Binding, Scope, is_builtin, name_of


class Nature(enum.IntEnum):
    PLAIN = 0
    UNCLEAR = 1
    LIKELY = 2
    AWAITABLE = 3


_PLAIN_NODES = (
    cst.BaseNumber, cst.BaseString, cst.BaseList, cst.BaseSet, cst.BaseDict, cst.Tuple, cst.Comparison, cst.Lambda,
    cst.UnaryOperation, cst.BinaryOperation, *COMPREHENSIONS,
)  # fmt: skip
# Methods that only futures have, of those that a coroutine's variables may hold.
_FUTURE_METHODS = frozenset(
    (
        "cancel",
        "cancelled",
        "done",
        "exception",
        "result",
        "set_result",
        "set_exception",
        "add_done_callback",
    )
)
# Methods of strings, lists and dicts whose result nobody awaits.
_PLAIN_METHODS = frozenset(
    (
        "append",
        "copy",
        "count",
        "decode",
        "dumps",
        "encode",
        "endswith",
        "find",
        "format",
        "index",
        "isoformat",
        "items",
        "join",
        "keys",
        "loads",
        "lower",
        "lstrip",
        "replace",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "time",
        "upper",
        "values",
    )
)
_COLLECTIONS = frozenset(["list", "tuple", "set", "sorted", "reversed"])
_MAX_DEPTH = 8  # of names that stand for names; `a = b; b = a` has no end


# What people call a thing that is to be awaited, and nothing else.
_CALLED_SO = re.compile(r"_*(\w+_)?(fut|future|task|coro|coroutine|waiter|awaitable)_?\d*", re.IGNORECASE)
# Modules of the standard library whose functions may return what they were given, or what that returns.
_GIVE_WHAT_THEY_GET = frozenset(("asyncio", "concurrent", "contextlib", "copy", "functools", "operator", "unittest"))


class Natures:
    """Answers for one file.

    Parameters:
        functions: of the file.
    """

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._tree = functions.tree

    def of(self, node: cst.CSTNode, scope: Scope, depth: int = 0) -> Nature:
        """What ``node`` is, read in ``scope``."""
        if depth > _MAX_DEPTH:
            return Nature.UNCLEAR
        match node:
            case cst.Call():
                return self._of_call(node, scope, depth)
            case cst.Name():
                return self._of_name(node, scope, depth)
            case cst.Attribute():
                if self._functions.is_awaited_property(node):
                    return Nature.AWAITABLE
                values = self._tree.attributes.get(name_of(node.attr), [])
                least = self._least([(value, self._tree.scope_of(value)) for value in values], depth)
                called_so = least is Nature.UNCLEAR and _CALLED_SO.fullmatch(name_of(node.attr))
                return Nature.LIKELY if called_so else least
            case cst.IfExp():
                return self._least([(node.body, scope), (node.orelse, scope)], depth)
            case cst.BooleanOperation():
                return self._least([(node.left, scope), (node.right, scope)], depth)
            case cst.NamedExpr():
                return self.of(node.value, scope, depth + 1)
            case _:
                return Nature.PLAIN if isinstance(node, _PLAIN_NODES) else Nature.UNCLEAR

    def is_proven(self, node: cst.CSTNode, scope: Scope) -> bool:
        """Whether a name stands in the block of an ``if`` that asks whether it can be awaited."""
        block = next(above for above in self._tree.ancestors(node) if isinstance(above, cst.BaseSuite))
        guard = self._tree.parent(block)
        if not isinstance(node, cst.Name) or not isinstance(guard, cst.If) or guard.body is not block:
            return False
        return self._proves(guard.test, name_of(node), scope)

    def _proves(self, test: cst.BaseExpression, name: str, scope: Scope) -> bool:
        if isinstance(test, cst.BooleanOperation):
            sides = [self._proves(side, name, scope) for side in (test.left, test.right)]
            return any(sides) if isinstance(test.operator, cst.And) else all(sides)
        if not isinstance(test, cst.Call) or not test.args or name_of(test.args[0].value) != name:
            return False
        if name_of(test.func) == "isinstance" and len(test.args) == 2:
            kinds = test.args[1].value
            each = [element.value for element in kinds.elements] if isinstance(kinds, cst.Tuple) else [kinds]
            return {asyncio_name(kind, scope) for kind in each} <= {"Future", "Task"}
        return asyncio_name(test.func, scope) in ("iscoroutine", "isfuture") or (
            dotted(test.func, scope) in ("inspect.isawaitable", "inspect.iscoroutine")
        )

    def is_coroutine(self, node: cst.CSTNode) -> bool:
        """Whether it is, for sure, a call of a coroutine function."""
        if not isinstance(node, cst.Call):
            return False
        name = asyncio_name(node.func, self._tree.scope_of(node))
        # `wait` and its like are native coroutines today; what makes futures isn't meant here.
        if name:
            return name in ("sleep", "wait", "wait_for", "open_connection", "start_server")
        functions, certain = self._functions.called(node)
        return certain and bool(functions) and all(function.is_coroutine for function in functions)

    def has_coroutines(self, node: cst.CSTNode, scope: Scope) -> bool:
        """Whether an iterable of awaitables has coroutines in it that are no tasks yet, for all that is known."""
        if isinstance(node, (cst.List, cst.Tuple, cst.Set)):
            return any(not self.is_future(element.value) for element in node.elements)
        if isinstance(node, (cst.ListComp, cst.SetComp, cst.GeneratorExp)):
            return not self.is_future(node.elt)
        if isinstance(node, cst.Name):
            sources = [binding.node for binding in scope.find(name_of(node)) if binding.kind == "assign"]
            added = self._functions.added_to(name_of(node), scope.function)
            return any(self.has_coroutines(source, scope) for source in sources) or not all(map(self.is_future, added))
        return True

    def is_future(self, node: cst.CSTNode) -> bool:
        """Whether it is, for sure, a future or a task already."""
        if isinstance(node, cst.Name):
            bindings = self._tree.scope_of(node).find(name_of(node))
            return bool(bindings) and all(b.kind == "assign" and self.is_future(b.node) for b in bindings)
        if not isinstance(node, cst.Call):
            return False
        name = asyncio_name(node.func, self._tree.scope_of(node))
        return name in FUTURES or (not name and method_of(node) in ("create_task", "create_future", "run_in_executor"))

    def is_made_by(self, node: cst.CSTNode | None, scope: Scope, makers: frozenset[str]) -> bool:
        """Whether all that is known to be assigned to a name, or an attribute, are results of these of asyncio's."""
        if isinstance(node, cst.Attribute):
            values = self._tree.attributes.get(name_of(node.attr), [])
        else:
            values = [binding.node for binding in scope.find(name_of(node)) if binding.kind == "assign"] if node else []
        made = [asyncio_name(value.func, self._tree.scope_of(value)) for value in values if isinstance(value, cst.Call)]
        return bool(made) and len(made) == len(values) and makers.issuperset(made)

    def callees(self, node: cst.CSTNode, scope: Scope, depth: int = 0) -> set[str]:
        """What of asyncio's is called, as far as the file says it.

        A variable may stand for it (``for cls in (asyncio.Queue, asyncio.LifoQueue)``), a class inherit it, and
        ``super().__init__`` mean it. An empty name stands for what is unknown.
        """
        name = asyncio_name(node, scope).removesuffix(".__init__")
        if name or depth > _MAX_DEPTH:
            return {name}
        if isinstance(node, cst.Attribute) and name_of(node.attr) == "__init__" and isinstance(node.value, cst.Call):
            owner = scope.owner()
            return self._bases(owner, depth) if name_of(node.value.func) == "super" and owner is not None else {""}
        if isinstance(node, cst.Call) and name_of(node.func) == "getattr" and len(node.args) == 3:
            return self.callees(node.args[2].value, scope, depth + 1)
        found: set[str] = set()
        for binding in scope.find(name_of(node)):
            value = binding.node
            if binding.kind == "class":
                own = self._tree.own_scope(value)
                found |= {""} if "__init__" in own.bindings else self._bases(own, depth)
            elif binding.kind == "item" and isinstance(value, (cst.Tuple, cst.List)):
                for element in value.elements:
                    found |= self.callees(element.value, self._tree.scope_of(value), depth + 1)
            elif binding.kind == "assign":
                found |= self.callees(value, self._tree.scope_of(value), depth + 1)
            else:
                found.add("")
        return found or {""}

    def _bases(self, scope: Scope, depth: int) -> set[str]:
        assert isinstance(scope.node, cst.ClassDef)
        outer = self._tree.scope_of(scope.node)
        return {name for base in scope.node.bases for name in self.callees(base.value, outer, depth + 1)} or {""}

    def of_items(self, node: cst.CSTNode, scope: Scope, depth: int = 0) -> Nature:
        """What each item of an iterable is."""
        if depth > _MAX_DEPTH:
            return Nature.UNCLEAR
        match node:
            case cst.List() | cst.Tuple() | cst.Set():
                values = [(element.value, scope) for element in node.elements]
                return self._least(values, depth)
            case cst.ListComp() | cst.SetComp() | cst.GeneratorExp():
                return self.of(node.elt, self._tree.own_scope(node), depth + 1)
            case cst.Call():
                if asyncio_name(node.func, scope) == "as_completed":
                    return Nature.AWAITABLE
                if is_builtin(name_of(node.func), scope) and name_of(node.func) in _COLLECTIONS and node.args:
                    return self.of_items(node.args[0].value, scope, depth + 1)
            case cst.Name():
                return self._of_named_items(node, scope, depth)
        return Nature.UNCLEAR

    def _least(self, values: Iterable[tuple[cst.CSTNode, Scope]], depth: int) -> Nature:
        """The most doubtful of several values; ``None`` for one that isn't there yet does not count."""
        natures = [self.of(node, scope, depth + 1) for node, scope in values if name_of(node) != "None"]
        return min(natures, default=Nature.UNCLEAR)

    def _of_call(self, node: cst.Call, scope: Scope, depth: int) -> Nature:
        name = asyncio_name(node.func, scope)
        if name:
            return Nature.AWAITABLE if name in AWAITABLE else Nature.LIKELY
        if method_of(node) == "__await__":
            return Nature.PLAIN  # an iterator, which nobody awaits again
        if self._functions.is_imported_coroutine(node):
            return Nature.AWAITABLE
        functions, certain = self._functions.called(node)
        if functions and certain:
            if all(function.is_coroutine or function.is_driven for function in functions):
                return Nature.AWAITABLE
            if any(function.is_generator for function in functions):
                return Nature.PLAIN
            returned = [
                (found.value, function.scope) for function in functions for found in function.returns if found.value
            ]
            is_plain = not returned or self._least(returned, depth) is Nature.PLAIN
            return Nature.PLAIN if is_plain else Nature.LIKELY
        if self._is_iterator(node, scope):
            return Nature.PLAIN
        called = name_of(node.func)
        if called and is_builtin(called, scope):
            return Nature.PLAIN
        return Nature.LIKELY

    def _is_iterator(self, node: cst.Call, scope: Scope) -> bool:
        """Whether a class of this file is called that has `__iter__` and no `__await__`: `yield from` took it."""
        bindings = scope.find(name_of(node.func))
        classes = [self._tree.own_scope(binding.node) for binding in bindings if binding.kind == "class"]
        return bool(classes) and all(
            "__iter__" in own.bindings and "__await__" not in own.bindings and self._has_no_bases(own)
            for own in classes
        )

    def _has_no_bases(self, own: Scope) -> bool:
        assert isinstance(own.node, cst.ClassDef)
        return all(name_of(base.value) == "object" for base in own.node.bases)

    def _of_name(self, node: cst.Name, scope: Scope, depth: int) -> Nature:
        name = name_of(node)
        if name in ("None", "True", "False"):
            return Nature.PLAIN
        bindings = scope.find(name)
        if len(bindings) == 1 and isinstance(bindings[0].node, cst.Param) and bindings[0].node.star:
            return Nature.PLAIN  # the tuple of `*args`, the dict of `**options`
        found = (self._of_binding(binding, scope, depth) for binding in bindings)
        natures = [nature for nature in found if nature is not None]
        least = min(natures, default=Nature.UNCLEAR)
        if least is Nature.UNCLEAR and (_CALLED_SO.fullmatch(name) or self._used_as_future(name, scope)):
            return Nature.LIKELY
        return least

    def _of_binding(self, binding: Binding, scope: Scope, depth: int) -> Nature | None:
        if binding.kind in ("assign", "item"):
            where = self._tree.scope_of(binding.node)
            if name_of(binding.node) == "None":
                return None
            return (self.of if binding.kind == "assign" else self.of_items)(binding.node, where, depth + 1)
        return Nature.PLAIN if binding.kind in ("def", "class") else Nature.UNCLEAR

    def _used_as_future(self, name: str, scope: Scope) -> bool:
        """Whether the code around treats what it calls ``name`` as a future."""
        function = scope.function
        for node in self._functions.uses(name, function):
            parent = self._tree.parent(node)
            if isinstance(parent, cst.Attribute) and parent.value is node and name_of(parent.attr) in _FUTURE_METHODS:
                return True
            call = self._tree.parent(parent) if isinstance(parent, cst.Arg) else None
            if isinstance(call, cst.Call):
                where = self._tree.scope_of(call)
                if asyncio_name(call.func, where) in _TAKERS or dotted(call.func, where) == "inspect.isawaitable":
                    return True
        return False

    def _of_named_items(self, node: cst.Name, scope: Scope, depth: int) -> Nature:
        natures = []
        for binding in scope.find(name_of(node)):
            if binding.kind == "assign":
                if isinstance(binding.node, (cst.List, cst.Tuple, cst.Set)) and not binding.node.elements:
                    continue
                natures.append(self.of_items(binding.node, self._tree.scope_of(binding.node), depth + 1))
            elif binding.kind == "part" and self._is_wait(binding.node):
                natures.append(Nature.AWAITABLE)  # done, pending = yield from asyncio.wait(…)
            else:
                return Nature.UNCLEAR
        for added in self._functions.added_to(name_of(node), scope.function):
            natures.append(self.of(added, self._tree.scope_of(added), depth + 1))
        return min(natures, default=Nature.UNCLEAR)

    def _is_wait(self, node: cst.CSTNode) -> bool:
        inner = node.value if isinstance(node, cst.Yield) else node
        item = inner.item if isinstance(inner, cst.From) else getattr(inner, "expression", inner)
        return isinstance(item, cst.Call) and asyncio_name(item.func, self._tree.scope_of(item)) == "wait"

    def of_returned(self, node: cst.CSTNode, scope: Scope) -> Nature:
        """Like `of`, for what a function that waits for nothing returns: there a call is as unclear as a name."""
        if isinstance(node, cst.Call) and self.of(node, scope) is Nature.LIKELY and self._makes_plain(node, scope):
            return Nature.PLAIN
        if isinstance(node, (cst.IfExp, cst.BooleanOperation)):
            parts = (node.body, node.orelse) if isinstance(node, cst.IfExp) else (node.left, node.right)
            return min(self.of_returned(part, scope) for part in parts)
        if name_of(node) == "self" and self._is_plain_self(scope):
            return Nature.PLAIN
        if isinstance(node, cst.Name):
            assigned = scope.find(name_of(node))
            if assigned and all(binding.kind == "assign" for binding in assigned):
                return min(
                    self.of_returned(b.node, self._tree.scope_of(b.node)) for b in assigned if b.node is not node
                )
        return self.of(node, scope)

    def _is_plain_self(self, scope: Scope) -> bool:
        """Whether the class around has nothing of an awaitable, as far as the file says it."""
        owner = scope.owner()
        if owner is None or {"__await__", "__iter__"} & owner.bindings.keys():
            return False
        return not self._bases(owner, 0) & FUTURES

    def _makes_plain(self, node: cst.Call, scope: Scope) -> bool:
        """Whether what is called is a class, by the look of its name, or a well-known method of plain objects."""
        if asyncio_name(node.func, scope):
            return False
        home = dotted(node.func, scope).partition(".")[0]
        if home in sys.stdlib_module_names:
            return home not in _GIVE_WHAT_THEY_GET
        called = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        name = name_of(called)
        is_class = (name.lstrip("_")[:1].isupper() or name == "cls") and not name.endswith(("Future", "Task"))
        return is_class or (isinstance(node.func, cst.Attribute) and name in _PLAIN_METHODS)


_TAKERS = frozenset(
    ["async", "ensure_future", "wait_for", "shield", "gather", "create_task", "Task", "iscoroutine", "isfuture"]
)
