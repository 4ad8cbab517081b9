"""``asyncio.run`` in place of a loop that a program gets, runs once, and closes."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import libcst as cst

from whorl.legacy.upgrade.changes import Changes
from whorl.legacy.upgrade.function import Functions
from whorl.legacy.upgrade.imports import Imports
from whorl.legacy.upgrade.names import asyncio_name
from whorl.legacy.upgrade.nature import Natures
from whorl.legacy.upgrade.tree import Scope, Tree, name_of

# What asks for a loop at once: with `asyncio.run` it would get another one than the coroutine.
_ASKS = frozenset(
    (
        "get_event_loop",
        "new_event_loop",
        "set_event_loop",
        "async",
        "ensure_future",
        "gather",
        "shield",
        "as_completed",
        "wait",
        "Future",
        "Task",
        "wrap_future",
        "StreamReader",
        "Task.all_tasks",
        "Task.current_task",
    )
)


class _Pattern(NamedTuple):
    got: cst.SimpleStatementLine
    asked: cst.Call
    ran: cst.Call
    closed: cst.SimpleStatementLine


def upgrade_runs(functions: Functions, natures: Natures, changes: Changes, imports: Imports) -> set[int]:
    """Decide where the pattern is whole.

    Returns:
        The ids of the calls of ``get_event_loop`` that go.
    """
    tree = functions.tree
    asking = [
        node
        for node in tree.nodes
        if isinstance(node, cst.Call)
        and asyncio_name(node.func, tree.scope_of(node)) in _ASKS
        and not functions.in_coroutine(node)
    ]
    # One in the whole file: a second loop, or something made for this one, is another pattern.
    pattern = _pattern(asking[0], functions, natures) if len(asking) == 1 else None
    if pattern is None:
        return set()
    run = imports.name_for("run", tree.scope_of(pattern.ran))
    changes.change("run", pattern.ran, lambda new: new.with_changes(func=cst.parse_expression(run)))
    changes.drop(pattern.got)
    _close(pattern, changes)
    return {id(pattern.asked)}


def _pattern(asked: cst.Call, functions: Functions, natures: Natures) -> _Pattern | None:
    tree = functions.tree
    assign = tree.parent(asked)
    got = _alone(asked, tree, cst.Assign)
    scope = tree.scope_of(asked)
    if got is None or not isinstance(assign, cst.Assign) or len(assign.targets) != 1 or asked.args:
        return None
    name = name_of(assign.targets[0].target)
    if not name or name in scope.elsewhere or len(scope.bindings[name]) != 1:
        return None
    uses = list(_uses(name, scope, tree))
    calls = {method: call for method, call in (_method(use, tree) for use in uses) if call is not None}
    if len(uses) != 2 or set(calls) != {"run_until_complete", "close"}:
        return None
    ran, close = calls["run_until_complete"], calls["close"]
    closed = _alone(close, tree, cst.Expr)
    line = _alone(ran, tree, cst.Expr, cst.Assign, cst.Return)
    is_coroutine = len(ran.args) == 1 and natures.is_coroutine(ran.args[0].value)
    if closed is None or line is None or not is_coroutine or tree.scope_of(ran) is not scope:
        return None
    same_block = tree.parent(line) is tree.parent(closed)
    if not same_block and not _finally(line, closed, tree):
        return None
    return _Pattern(got, asked, ran, closed)


def _alone(node: cst.CSTNode, tree: Tree, *kinds: type[cst.CSTNode]) -> cst.SimpleStatementLine | None:
    """The line of which ``node`` is the one statement's value."""
    statement = tree.parent(node)
    line = tree.parent(statement) if isinstance(statement, kinds) and statement is not None else None
    return line if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None


def _uses(name: str, scope: Scope, tree: Tree) -> Iterator[cst.Name]:
    """Every place that reads a variable, in functions inside too."""
    for node in tree.nodes:
        if isinstance(node, cst.Name) and name_of(node) == name:
            parent = tree.parent(node)
            is_label = (isinstance(parent, cst.Attribute) and parent.attr is node) or (
                isinstance(parent, cst.Arg) and parent.keyword is node
            )
            is_target = isinstance(parent, (cst.AssignTarget, cst.Param))
            if not is_label and not is_target and tree.scope_of(node).find(name) is scope.bindings[name]:
                yield node


def _method(use: cst.Name, tree: Tree) -> tuple[str, cst.Call | None]:
    attribute = tree.parent(use)
    call = tree.parent(attribute) if isinstance(attribute, cst.Attribute) else None
    if isinstance(attribute, cst.Attribute) and isinstance(call, cst.Call) and call.func is attribute:
        return name_of(attribute.attr), call
    return "", None


def _finally(line: cst.CSTNode, closed: cst.CSTNode, tree: Tree) -> bool:
    """Whether it is ``try: run`` and ``finally: close``, and nothing else is in the latter."""
    final = tree.parent(tree.parent(closed) or closed)
    attempt = tree.parent(final) if isinstance(final, cst.Finally) else None
    return (
        isinstance(attempt, cst.Try)
        and attempt.orelse is None
        and isinstance(final, cst.Finally)
        and len(final.body.body) == 1
        and tree.parent(line) is attempt.body
    )


def _close(pattern: _Pattern, changes: Changes) -> None:
    tree = changes.tree
    final = tree.parent(tree.parent(pattern.closed) or pattern.closed)
    attempt = tree.parent(final) if isinstance(final, cst.Finally) else None
    if not isinstance(attempt, cst.Try) or tree.parent(pattern.ran) is None or not isinstance(final, cst.Finally):
        changes.drop(pattern.closed)
        return
    line = tree.statement(pattern.ran)
    if tree.parent(line) is not attempt.body:
        changes.drop(pattern.closed)
    else:
        changes.change(None, attempt, _without_finally)


def _without_finally(new: cst.Try) -> Any:
    """The rest of a ``try`` whose ``finally`` only closed the loop, with the comments of what goes."""
    final = new.finalbody
    assert final is not None
    assert isinstance(final.body, cst.IndentedBlock)
    assert isinstance(new.body, cst.IndentedBlock)
    body: list[Any] = list(new.body.body)
    line = final.body.body[0]
    assert isinstance(line, cst.SimpleStatementLine)
    below = [
        *final.leading_lines,
        *_comment(final.body.header),
        *line.leading_lines,
        *_comment(line.trailing_whitespace),
        *final.body.footer,
    ]
    below = [empty for empty in below if empty.comment]
    if new.handlers:
        last = new.handlers[-1]
        assert isinstance(last.body, cst.IndentedBlock)
        block = last.body.with_changes(footer=[*last.body.footer, *below])
        return new.with_changes(handlers=[*new.handlers[:-1], last.with_changes(body=block)], finalbody=None)
    first, *rest = body
    above = [*new.leading_lines, *_comment(new.body.header), *first.leading_lines]
    lines = [first.with_changes(leading_lines=above), *rest]
    after = [empty for empty in new.body.footer if empty.comment] + below
    if after:
        last_line = lines[-1]
        # What stood below has to stand above the last line: behind it there may be nothing to hold it.
        lines[-1] = last_line.with_changes(leading_lines=[*last_line.leading_lines, *after])
    return cst.FlattenSentinel(lines)


def _comment(space: cst.TrailingWhitespace) -> list[cst.EmptyLine]:
    return [cst.EmptyLine(comment=space.comment)] if space.comment is not None else []
