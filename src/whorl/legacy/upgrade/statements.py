"""Statements of which today's Python makes something else: ``raise Return``, and what ``except`` catches."""

import libcst as cst

from whorl.legacy.tokens import narrow
from whorl.legacy.upgrade.changes import Changes
from whorl.legacy.upgrade.function import Functions
from whorl.legacy.upgrade.names import asyncio_name, dotted
from whorl.legacy.upgrade.tree import Tree, is_builtin, name_of

_OF_FUTURES = frozenset(("concurrent.futures.CancelledError", "concurrent.futures._base.CancelledError"))
_OS_ERRORS = frozenset(("OSError", "IOError", "EnvironmentError"))


def upgrade_statements(functions: Functions, changes: Changes) -> None:
    """Decide about every ``raise`` and every ``try``."""
    tree = functions.tree
    waiting = _tries_that_wait(tree)
    for node in tree.nodes:
        if isinstance(node, cst.Raise) and node.exc is not None:
            _raise(node, functions, changes)
        elif isinstance(node, cst.Try):
            _try(node, tree, changes, waits=id(node) in waiting and functions.in_coroutine(node))
    for hidden in functions.lambdas:
        if functions.speaks_of_asyncio:
            changes.note("comprehension", hidden)


def _raise(node: cst.Raise, functions: Functions, changes: Changes) -> None:
    tree = functions.tree
    scope = tree.scope_of(node)
    value = node.exc
    called = value.func if isinstance(value, cst.Call) else value
    if called is None or not functions.in_coroutine(node):
        return
    if asyncio_name(called, scope) == "Return":
        changes.change("trollius", node, _as_return)
    elif name_of(called) == "StopIteration" and is_builtin("StopIteration", scope):
        changes.note("stop_iteration", node)


def _as_return(new: cst.Raise) -> cst.Return:
    call = new.exc
    if not isinstance(call, cst.Call) or not call.args:
        return cst.Return(None, semicolon=new.semicolon)
    first = call.args[0]
    spaced = [call.whitespace_before_args, *(argument.whitespace_after_arg for argument in call.args)]
    spaced += [argument.comma.whitespace_after for argument in call.args if isinstance(argument.comma, cst.Comma)]
    is_one_line = not any(isinstance(space, cst.ParenthesizedWhitespace) for space in spaced)
    space = cst.SimpleWhitespace(" ")
    if len(call.args) == 1 and is_one_line:
        return cst.Return(first.value, whitespace_after_return=space, semicolon=new.semicolon)
    opening = cst.LeftParen(whitespace_after=call.whitespace_before_args)
    closing = cst.RightParen(whitespace_before=call.args[-1].whitespace_after_arg)
    value: cst.BaseExpression
    if len(call.args) == 1:
        if isinstance(first.comma, cst.Comma):
            closing = cst.RightParen(whitespace_before=first.comma.whitespace_after)
        inner = first.value
        value = inner.with_changes(lpar=[opening, *inner.lpar], rpar=[*inner.rpar, closing])
    else:
        elements = [cst.Element(argument.value, comma=argument.comma) for argument in call.args]
        value = cst.Tuple(elements, lpar=[opening], rpar=[closing])
    return cst.Return(value, whitespace_after_return=space, semicolon=new.semicolon)


def _tries_that_wait(tree: Tree) -> set[int]:
    """The ids of every ``try`` whose block waits for something."""
    found = set()
    for node in tree.nodes:
        if isinstance(node, (cst.Await, cst.Yield)):
            inner: cst.CSTNode = node
            for above in tree.ancestors(node):
                if isinstance(above, cst.Try) and inner is above.body:
                    found.add(id(above))
                if isinstance(above, (cst.FunctionDef, cst.Lambda)):
                    break
                inner = above
    return found


def _try(node: cst.Try, tree: Tree, changes: Changes, *, waits: bool) -> None:
    seen: set[str] = set()
    for handler in node.handlers:
        caught = _caught(handler, tree)
        takes_cancel = any(name == "BaseException" or "CancelledError" in name for name in seen | caught)
        if waits and "Exception" in caught and not takes_cancel:
            changes.note("cancelled", handler)
        if waits and caught & _OF_FUTURES and "asyncio.CancelledError" not in seen | caught:
            changes.note("of_futures", handler)
        if caught & {"asyncio.TimeoutError", "concurrent.futures.TimeoutError"} and _OS_ERRORS & seen:
            changes.note("timeout", handler)
        seen |= caught


def _caught(handler: cst.ExceptHandler, tree: Tree) -> set[str]:
    if handler.type is None:
        return set()
    kinds = [handler.type]
    if isinstance(handler.type, cst.Tuple):
        kinds = [element.value for element in handler.type.elements]
    found = set()
    for kind in kinds:
        name = asyncio_name(kind, tree.scope_of(kind))
        full = f"asyncio.{name}" if name else dotted(kind, tree.scope_of(kind))
        found.add(full or narrow(tree.module.code_for_node(kind)))
    return found
