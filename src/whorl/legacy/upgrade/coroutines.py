"""Coroutines of the old kind become ``async def``, or there is a reason why they can't."""

from collections.abc import Iterator
from typing import Any

import libcst as cst

from whorl.legacy.tokens import narrow
from whorl.legacy.upgrade.changes import Changes
from whorl.legacy.upgrade.function import Function, Functions, is_protocol, method_of, operand
from whorl.legacy.upgrade.imports import Imports
from whorl.legacy.upgrade.names import asyncio_name, dotted
from whorl.legacy.upgrade.nature import Nature, Natures
from whorl.legacy.upgrade.tree import Scope, Tree, name_of

# Decorators that are as happy with a coroutine function as with a generator function.
_HARMLESS = frozenset(
    (
        "functools.wraps",
        "abc.abstractmethod",
        "abc.abstractclassmethod",
        "staticmethod",
        "classmethod",
        "typing.overload",
        "typing.no_type_check",
        "unittest.skip",
        "unittest.skipIf",
        "unittest.skipUnless",
        "unittest.expectedFailure",
    )
)
_HARMLESS_ROOMS = ("pytest.mark.", "unittest.mock.patch", "mock.patch")
_LOCKS = frozenset(["Lock", "Semaphore", "BoundedSemaphore", "Condition"])
_CLOSED = (
    cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.BaseString, cst.List, cst.Set, cst.Dict,
    cst.ListComp, cst.SetComp, cst.DictComp,
)  # fmt: skip


def upgrade_functions(functions: Functions, natures: Natures, changes: Changes, imports: Imports) -> None:
    """Decide what becomes of every function of a file, of its ``yield from``, and of its ``with``."""
    for function in functions.all:
        if function.is_coroutine:
            if _is_refused(function, functions, natures, changes):
                continue
            _rewrite(function, functions, natures, changes, imports)
        else:
            _look_at_generator(function, functions, natures, changes)
    _look_at_awaited_locks(functions.tree, natures, changes)
    _refuse_function_uses(functions.tree, changes)


def _is_refused(function: Function, functions: Functions, natures: Natures, changes: Changes) -> bool:
    before = len(changes.findings)
    for rule, node, detail in _reasons(function, functions, natures):
        changes.note(rule, node, detail)
    return len(changes.findings) > before


def _reasons(function: Function, functions: Functions, natures: Natures) -> Iterator[tuple[str, cst.CSTNode, str]]:
    """Why a function can't become a coroutine."""
    if function.native:
        return
    name = f"`{function.name}`"
    if is_protocol(function.name) or (function.name == "__aiter__" and function.awaits):
        yield "protocol", function.node, name
    for node in function.yields:
        yield "bare_yield", node, name
    for node in function.hidden:
        yield "comprehension", node, name
    for decorator in _below(function):
        if not _is_harmless(decorator, functions.tree.scope_of(function.node)):
            yield "decorator", decorator, f"`@{code(functions.tree, decorator.decorator)}` on {name}"
    for use in functions.generator_uses.get(id(function), []):
        yield "used_as_generator", use, name
    for node in function.awaits:
        waited = operand(node, function.scope)
        assert waited is not None
        is_sure = _is_with_item(node, functions.tree) or _is_turn(node) or natures.is_proven(waited, function.scope)
        nature = Nature.LIKELY if is_sure else natures.of(waited, function.scope)
        if nature < Nature.LIKELY:
            rule = "unclear" if nature is Nature.UNCLEAR else "iterable"
            yield rule, node, f"`{code(functions.tree, waited)}` in {name}"
    if not function.is_generator:
        for returned in function.returns:
            if returned.value is not None:
                nature = natures.of_returned(returned.value, function.scope)
                if nature in (Nature.UNCLEAR, Nature.LIKELY):
                    yield "may_await", returned, f"`{code(functions.tree, returned.value)}` in {name}"


def _below(function: Function) -> list[cst.Decorator]:
    """The decorators that see the function before ``@asyncio.coroutine`` does; all of them if it isn't there."""
    decorators = list(function.node.decorators)
    return decorators[decorators.index(function.marks[0]) + 1 :] if function.marks else decorators


def _is_harmless(decorator: cst.Decorator, scope: Scope) -> bool:
    node = decorator.decorator
    called = node.func if isinstance(node, cst.Call) else node
    name = dotted(called, scope) or name_of(called)
    return asyncio_name(called, scope) == "coroutine" or name in _HARMLESS or name.startswith(_HARMLESS_ROOMS)


def _rewrite(function: Function, functions: Functions, natures: Natures, changes: Changes, imports: Imports) -> None:
    node, tree = function.node, functions.tree
    if function.marks or function.becomes:
        changes.change("coroutine" if function.marks else "helper", node, lambda new: _as_async(new, node, function))
    for item in function.awaits:
        if _is_turn(item):
            changes.change(None, item, _giving_turn(item, tree, imports.name_for("sleep", function.scope)))
        elif not _is_with_item(item, tree):
            # A lock that is waited for outside of `with` is acquired; today it can't be awaited itself.
            is_lock = natures.is_made_by(operand(item, function.scope), function.scope, _LOCKS)
            changes.change(None, item, _awaiting(item, tree, acquire=is_lock))
    if function.marks and not function.is_generator and not function.native and function.name != "__aiter__":
        for returned in function.returns:
            value = returned.value
            if value is not None and natures.of_returned(value, function.scope) is Nature.AWAITABLE:
                changes.change("returned", value, lambda new: _await(new, cst.SimpleWhitespace(" ")))
    for statement in _withs(function, tree):
        _rewrite_with(statement, natures, changes, function)


def _as_async(new: cst.FunctionDef, old: cst.FunctionDef, function: Function) -> cst.FunctionDef:
    """``async def``, without the marks; their comments stand where they stood, on lines of their own."""
    marks = {index for index, decorator in enumerate(old.decorators) if decorator in function.marks}
    above, below = list(new.leading_lines), list(new.lines_after_decorators)
    decorators: list[cst.Decorator] = []
    kept: list[cst.EmptyLine] = []
    for index, decorator in enumerate(new.decorators):
        # libcst gives the lines above the first decorator to the function.
        kept += [line for line in decorator.leading_lines if index or line.comment]
        if index in marks:
            comment = decorator.trailing_whitespace.comment
            kept += [cst.EmptyLine(comment=comment)] if comment is not None else []
            continue
        if decorators:
            decorators.append(decorator.with_changes(leading_lines=kept))
        else:
            above += kept
            decorators.append(decorator.with_changes(leading_lines=[]))
        kept = []
    if decorators:
        below = [*kept, *below]
    else:
        above, below = [*above, *kept, *below], []
    return new.with_changes(
        leading_lines=above,
        decorators=decorators,
        lines_after_decorators=below,
        # What `__aiter__` gives was awaited until Python 3.5.2; today it is taken as it is.
        asynchronous=new.asynchronous or (cst.Asynchronous() if function.name != "__aiter__" else None),
    )


def _awaiting(old: cst.Yield, tree: Tree, *, acquire: bool) -> Any:
    is_redundant = _needs_no_brackets(old, tree)

    def change(new: cst.Yield) -> cst.Await:
        value = new.value
        if isinstance(value, cst.From):
            inner, space = value.item, _space_before(new)
        else:
            assert isinstance(value, cst.Call)
            inner, space = _from_operand(value), new.whitespace_after_yield
        if isinstance(space, cst.MaybeSentinel):
            space = cst.SimpleWhitespace(" ")
        if acquire:
            inner = cst.Call(cst.Attribute(inner, cst.Name("acquire")))
        awaited = _await(inner, space)
        return awaited if is_redundant else awaited.with_changes(lpar=new.lpar, rpar=new.rpar)

    return change


def _is_turn(waiting: cst.Yield) -> bool:
    """Whether it is ``yield From(None)``, Trollius' way to give others a turn."""
    call = waiting.value
    return isinstance(call, cst.Call) and len(call.args) == 1 and name_of(call.args[0].value) == "None"


def _giving_turn(old: cst.Yield, tree: Tree, sleep: str) -> Any:
    change = _awaiting(old, tree, acquire=False)

    def change_to_sleep(new: cst.Yield) -> cst.Await:
        awaited: cst.Await = change(new)
        none = awaited.expression
        call = cst.parse_expression(f"{sleep}(0)").with_changes(lpar=none.lpar, rpar=none.rpar)
        return awaited.with_changes(expression=call)

    return change_to_sleep


def _space_before(waiting: cst.Yield) -> Any:
    """What stands between ``yield`` and ``x`` of ``yield from x`` but for ``from``: a space, or lines of comments."""
    assert isinstance(waiting.value, cst.From)
    return _joined(waiting.whitespace_after_yield, waiting.value.whitespace_after_from)


def _joined(first: Any, second: Any) -> Any:
    """Two spaces as one, without losing a comment of either."""
    if not has_comment_or_newline(first):
        return second
    if not has_comment_or_newline(second):
        return first
    comment = second.first_line.comment
    between = [cst.EmptyLine(whitespace=first.last_line, comment=comment)] if comment is not None else []
    lines = [*first.empty_lines, *between, *second.empty_lines]
    return first.with_changes(empty_lines=lines, last_line=second.last_line)


def _from_operand(call: cst.Call) -> cst.BaseExpression:
    """The ``x`` of ``From(x)``, in brackets where something would be lost without."""
    argument = call.args[0]
    plain = not has_comment_or_newline(call.whitespace_before_args) and isinstance(argument.comma, cst.MaybeSentinel)
    if plain and not has_comment_or_newline(argument.whitespace_after_arg):
        return argument.value
    after = argument.comma.whitespace_after if isinstance(argument.comma, cst.Comma) else argument.whitespace_after_arg
    return argument.value.with_changes(
        lpar=[cst.LeftParen(whitespace_after=call.whitespace_before_args), *argument.value.lpar],
        rpar=[*argument.value.rpar, cst.RightParen(whitespace_before=after)],
    )


def has_comment_or_newline(space: Any) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace)


def _await(inner: cst.BaseExpression, space: Any) -> cst.Await:
    if not inner.lpar and not isinstance(inner, _CLOSED):
        inner = inner.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.Await(expression=inner, whitespace_after_await=space)


def _needs_no_brackets(node: cst.Yield, tree: Tree) -> bool:
    """Whether the brackets around ``(yield from x)`` can go: `await` needs none where a value stands alone."""
    if len(node.lpar) != 1 or any(line_end in tree.module.code_for_node(node) for line_end in "\r\n"):
        return False
    parent = tree.parent(node)
    match parent:
        case cst.Return():
            return bool(getattr(parent.whitespace_after_return, "value", ""))
        case cst.Assign() | cst.Arg() | cst.Expr():
            return True
        case _:
            return False


def _withs(function: Function, tree: Tree) -> list[cst.With]:
    found = []
    for node in function.awaits:
        item = tree.parent(node)
        statement = tree.parent(item) if isinstance(item, cst.WithItem) else None
        if isinstance(statement, cst.With) and statement not in found:
            found.append(statement)
    return found


def _is_with_item(node: cst.Yield, tree: Tree) -> bool:
    return isinstance(tree.parent(node), cst.WithItem)


def _rewrite_with(statement: cst.With, natures: Natures, changes: Changes, function: Function) -> None:
    waiting = [item.item for item in statement.items if item.item in function.awaits]
    as_locks = [
        node
        for node, item in ((item.item, item) for item in statement.items)
        if node in waiting and _is_lock(node, item, natures, function.scope)
    ]
    if len(as_locks) == len(statement.items):
        changes.change("lock", statement, lambda new: new.with_changes(asynchronous=cst.Asynchronous()))
        for node in as_locks:
            changes.change(None, node, lambda new: _bare(new))
    elif as_locks:
        changes.note("with_items", statement, f"in `{function.name}`")
    else:
        changes.note("context", statement, f"in `{function.name}`")
        for node in waiting:
            assert isinstance(node, cst.Yield)
            changes.change(None, node, _awaiting(node, changes.tree, acquire=False))


def _is_lock(node: cst.CSTNode, item: cst.WithItem, natures: Natures, scope: Scope) -> bool:
    """Whether ``with (yield from x)`` was asyncio's way to hold a lock: no ``as``, and no call that makes one."""
    assert isinstance(node, cst.Yield)
    waited = operand(node, scope)
    if isinstance(waited, cst.Call):
        return asyncio_name(waited.func, scope) in _LOCKS
    return item.asname is None or natures.is_made_by(waited, scope, _LOCKS)


def _look_at_awaited_locks(tree: Tree, natures: Natures, changes: Changes) -> None:
    """``with await lock``, as the first coroutines had it; only of locks that are known to be asyncio's."""
    for statement in tree.nodes:
        if not isinstance(statement, cst.With) or statement.asynchronous is not None:
            continue
        scope = tree.scope_of(statement)
        as_locks = [
            item.item
            for item in statement.items
            if isinstance(item.item, cst.Await) and natures.is_made_by(item.item.expression, scope, _LOCKS)
        ]
        if as_locks and len(as_locks) == len(statement.items):
            changes.change("lock", statement, lambda new: new.with_changes(asynchronous=cst.Asynchronous()))
            for node in as_locks:
                changes.change(None, node, lambda new: _bare(new))
        elif as_locks:
            changes.note("with_items", statement)


def _bare(new: cst.Yield | cst.Await) -> cst.BaseExpression:
    """The lock alone, in the brackets that hold a comment or a line break."""
    if isinstance(new, cst.Await):
        return _in_brackets(new, new.expression, new.whitespace_after_await)
    value = new.value
    if isinstance(value, cst.From):
        return _in_brackets(new, value.item, _space_before(new))
    inner = _from_operand(value)  # type: ignore[arg-type]
    return _in_brackets(new, inner, None)


def _in_brackets(waiting: cst.Yield | cst.Await, inner: cst.BaseExpression, space: Any) -> cst.BaseExpression:
    """What is waited for, in the brackets of the whole if there is a comment or a line break in them.

    ``space`` is what stood between the keyword and what is waited for.
    """
    opening = list(waiting.lpar)
    if has_comment_or_newline(space):
        last = opening.pop()  # where there can be a comment or a line break, there are brackets
        opening.append(last.with_changes(whitespace_after=_joined(last.whitespace_after, space)))
    if any(has_comment_or_newline(bracket.whitespace_after) for bracket in opening) or any(
        has_comment_or_newline(bracket.whitespace_before) for bracket in waiting.rpar
    ):
        return inner.with_changes(lpar=[*opening, *inner.lpar], rpar=[*inner.rpar, *waiting.rpar])
    return inner


def _look_at_generator(function: Function, functions: Functions, natures: Natures, changes: Changes) -> None:
    """A generator that stays one must not delegate to what becomes a coroutine."""
    for node in function.awaits:
        waited = operand(node, function.scope)
        assert waited is not None
        if isinstance(waited, cst.Call) and method_of(waited) == "__await__":
            continue
        if _is_with_item(node, functions.tree):
            changes.note("protocol", node, f"`{function.name}`")
            continue
        nature = natures.of(waited, function.scope)
        least = Nature.UNCLEAR if _is_await(function) else Nature.LIKELY
        if function.name in ("__await__", "__iter__") and nature >= least and _has_await(function):
            changes.change("await_method", node, _through_await)
        elif nature is Nature.AWAITABLE and natures.is_coroutine(waited) and not function.is_driven:
            changes.note("protocol", node, f"`{function.name}`")
        elif functions.is_imported_coroutine(waited) or (
            nature is Nature.LIKELY and functions.speaks_of_asyncio and not function.yields
        ):
            changes.note("generator", node, f"`{function.name}`")
            break


def _has_await(function: Function) -> bool:
    owner = function.scope.owner()
    return owner is not None and "__await__" in owner.bindings


def _is_await(function: Function) -> bool:
    """Whether a method is `__await__`, also by `__await__ = __iter__`: all that it delegates to has to be awaited."""
    owner = function.scope.owner()
    bindings = owner.bindings.get("__await__", []) if owner is not None else []
    return any(name_of(binding.node) == function.name or binding.node is function.node for binding in bindings)


def _through_await(new: cst.Yield) -> cst.Yield:
    """``yield from x.__await__()``."""
    value = new.value
    assert isinstance(value, cst.From)
    item = value.item
    if not item.lpar and not isinstance(item, _CLOSED):
        item = item.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return new.with_changes(value=value.with_changes(item=cst.Call(cst.Attribute(item, cst.Name("__await__")))))


def _refuse_function_uses(tree: Tree, changes: Changes) -> None:
    """``asyncio.coroutine`` that isn't a decorator, ``yield from`` in a lambda."""
    for node in tree.nodes:
        if isinstance(node, (cst.Name, cst.Attribute)) and asyncio_name(node, tree.scope_of(node)) == "coroutine":
            parent = tree.parent(node)
            is_part = isinstance(parent, cst.Attribute) and parent.attr is node
            # `coroutine = None`, for where it can't be imported, is no use of it.
            if not is_part and not isinstance(parent, (cst.Decorator, cst.ImportAlias, cst.AsName, cst.AssignTarget)):
                changes.note("as_function", node)


def code(tree: Tree, node: cst.CSTNode) -> str:
    """A node's text on one line, shortened for a message."""
    text = " ".join(narrow(tree.module.code_for_node(node)).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
