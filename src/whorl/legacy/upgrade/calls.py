"""What the program calls in asyncio, by the names and arguments of today."""

import asyncio
from collections.abc import Callable
from typing import Any

import libcst as cst

from whorl.legacy.dialect import WITHOUT_LOOP
from whorl.legacy.upgrade.changes import Changes
from whorl.legacy.upgrade.coroutines import has_comment_or_newline
from whorl.legacy.upgrade.function import Functions, method_of
from whorl.legacy.upgrade.imports import Imports
from whorl.legacy.upgrade.names import TROLLIUS_BUILTINS, asyncio_name, dotted, module_alias
from whorl.legacy.upgrade.nature import Nature, Natures
from whorl.legacy.upgrade.tree import Scope, Tree, name_of

# What had an argument `loop` that 3.10 removed, and looks for a loop at once: to say which one still matters.
_LOOP_NOW = frozenset(["gather", "shield", "as_completed"])
# The others look for it when they are used, or only in a coroutine.
_LOOPLESS = WITHOUT_LOOP - _LOOP_NOW
# Of these, some have other options to be given with `**`.
_OTHER_OPTIONS = frozenset(
    ("gather", "wait", "open_connection", "start_server", "open_unix_connection", "start_unix_server")
) | {"create_subprocess_exec", "create_subprocess_shell"}

# What asyncio has on Windows only, or only elsewhere.
_OF_ONE_SYSTEM = frozenset(
    (
        *("ProactorEventLoop", "IocpProactor", "windows_events", "windows_utils"),
        *("WindowsSelectorEventLoopPolicy", "WindowsProactorEventLoopPolicy"),
        *("open_unix_connection", "start_unix_server", "unix_events"),
    )
)


def upgrade_calls(functions: Functions, natures: Natures, changes: Changes, imports: Imports, gone: set[int]) -> None:
    """Decide about every call of a function of asyncio but those in ``gone``, and every other use of its names."""
    tree = functions.tree
    for node in tree.nodes:
        if isinstance(node, cst.Call):
            name = asyncio_name(node.func, tree.scope_of(node))
            if name and id(node) not in gone:
                _call(name, node, functions, natures, changes, imports)
            if name_of(node.func) == "getattr":
                _getattr(node, tree, changes)
            _drop_loop(node, natures, changes)
        if isinstance(node, (cst.Name, cst.Attribute)):
            _name(node, tree, changes, imports)


def _call(
    name: str, node: cst.Call, functions: Functions, natures: Natures, changes: Changes, imports: Imports
) -> None:
    tree = functions.tree
    scope = tree.scope_of(node)
    runs = functions.in_coroutine(node)
    loop = _loop_of(node)
    given = None if runs else _told(loop, node, tree)
    if name == "wait":
        _wait(node, runs, given, natures, changes, imports)
    elif name in _LOOP_NOW and loop is not None and given is not None:
        _tell_loop(name, node, given, changes, imports)
    elif name in ("async", "ensure_future"):
        is_coroutine = len(node.args) == 1 and natures.is_coroutine(node.args[0].value)
        if runs and is_coroutine and isinstance(node.func, cst.Attribute):
            _rename(node.func, "create_task", "create_task", changes)
        elif name == "async":
            _rename(node.func, "ensure_future", "ensure_future", changes)
    elif name in ("Task.all_tasks", "Task.current_task"):
        function = imports.name_for(name.partition(".")[2], scope)
        get_loop = None if runs or node.args else imports.name_for("get_event_loop", scope)
        changes.change("task_methods", node, _as_function(function, get_loop))
    elif name == "get_event_loop" and not node.args:
        if not runs:
            changes.note("get_event_loop", node)
        elif isinstance(node.func, cst.Attribute):
            _rename(node.func, "get_running_loop", "running_loop", changes)


def _drop_loop(node: cst.Call, natures: Natures, changes: Changes) -> None:
    loop = _loop_of(node)
    has_options = any(argument.star == "**" for argument in node.args)
    if loop is None and not has_options:
        return
    if not natures.callees(node.func, changes.tree.scope_of(node)) <= _LOOPLESS | _LOOP_NOW:
        return
    if loop is not None:
        changes.change("loop_argument", node, _without(loop, node))
    elif name_of(node.func) in _OTHER_OPTIONS or method_of(node) in _OTHER_OPTIONS:
        changes.note("options", node)
    else:
        changes.note("loop_options", node)


def _name(node: cst.Name | cst.Attribute, tree: Tree, changes: Changes, imports: Imports) -> None:
    """A name of asyncio's in any place but an import."""
    parent = tree.parent(node)
    if isinstance(parent, (cst.ImportAlias, cst.AsName, cst.ImportFrom, cst.Param)) or (
        isinstance(parent, cst.Attribute) and (parent.attr is node or _in_import(parent, tree))
    ):
        return
    if isinstance(parent, cst.Arg) and parent.keyword is node:
        return
    scope = tree.scope_of(node)
    full = dotted(node, scope)
    name = asyncio_name(node, scope)
    if full == "trollius" and name_of(node) == "trollius":
        changes.change("trollius", node, lambda new: new.with_changes(value="asyncio"))
    elif name in TROLLIUS_BUILTINS and isinstance(node, cst.Attribute) and full.startswith("trollius."):
        changes.change("trollius", node, lambda new: cst.Name(name, lpar=new.lpar, rpar=new.rpar))
    elif name == "async":
        called = isinstance(parent, cst.Call) and parent.func is node
        if not called:
            _rename(node, "ensure_future", "ensure_future", changes)
    elif full in ("types.GeneratorType", "inspect.isgenerator"):
        changes.note("generator_test", node)
    elif name == "JoinableQueue":
        _rename(node, "Queue", "queue", changes)
    elif name and isinstance(node, cst.Attribute) and "." not in name and not _exists(full, name):
        changes.note("gone", node, f"`{full}`")


def _exists(full: str, name: str) -> bool:
    """Whether asyncio has such a name, or it is dealt with elsewhere."""
    in_submodule = full.count(".") > 1
    is_known = hasattr(asyncio, name) or name in ("coroutine", "From", "Return") or name in _OF_ONE_SYSTEM
    return in_submodule or is_known or name.startswith("_")


def _in_import(node: cst.CSTNode, tree: Tree) -> bool:
    return any(isinstance(above, (cst.Import, cst.ImportFrom)) for above in tree.ancestors(node))


def _rename(node: cst.CSTNode, name: str, rule: str, changes: Changes) -> None:
    """Of an imported name `imports` decides what it is called; here the rule is noted only."""
    if isinstance(node, cst.Attribute):
        changes.change(rule, node.attr, lambda new: new.with_changes(value=name))
    elif isinstance(node, cst.Name) and name_of(node) in ("async", "JoinableQueue"):
        changes.change(rule, node, lambda new: new.with_changes(value=name))


def _getattr(node: cst.Call, tree: Tree, changes: Changes) -> None:
    """``getattr(asyncio, 'async')``: how one wrote it from 3.7 on."""
    if len(node.args) < 2:
        return
    home, name = node.args[0].value, node.args[1].value
    if (
        dotted(home, tree.scope_of(node)) in ("asyncio", "trollius")
        and isinstance(name, cst.SimpleString)
        and name.evaluated_value == "async"
    ):
        if len(node.args) == 2:

            def attribute(new: cst.Call) -> cst.Attribute:
                value = new.args[0].value
                return cst.Attribute(value, cst.Name("ensure_future"), lpar=new.lpar, rpar=new.rpar)

            changes.change("ensure_future", node, attribute)
        else:
            quoted = name.value.replace("async", "ensure_future")
            changes.change("ensure_future", name, lambda new: new.with_changes(value=quoted))


def _as_function(function: str, get_loop: str | None) -> Callable[[cst.Call], cst.Call]:
    def change(new: cst.Call) -> cst.Call:
        func = cst.parse_expression(function).with_changes(lpar=new.func.lpar, rpar=new.func.rpar)
        args = list(new.args)
        if get_loop is not None:
            args = [cst.Arg(cst.parse_expression(f"{get_loop}()"))]
        # `all_tasks(loop=loop)` has the same argument in both forms.
        return new.with_changes(func=func, args=args)

    return change


def _without(argument: cst.Arg, call: cst.Call) -> Callable[[cst.Call], cst.Call]:
    """Take an argument out, but no comment with it."""
    index = list(call.args).index(argument)

    def change(new: cst.Call) -> cst.Call:
        args = list(new.args)
        gone = args.pop(index)
        after = gone.comma.whitespace_after if isinstance(gone.comma, cst.Comma) else gone.whitespace_after_arg
        if index == 0:
            if has_comment_or_newline(after) and not args:
                return new.with_changes(args=args, whitespace_before_args=_joined(new.whitespace_before_args, after))
            if _has_comment(after):
                return new.with_changes(args=args, whitespace_before_args=_joined(new.whitespace_before_args, after))
            return new.with_changes(args=args)
        before = args[index - 1]
        comma = before.comma
        assert isinstance(comma, cst.Comma)
        if _has_comment(after) and _has_comment(comma.whitespace_after):
            # Two comments, and one place between two arguments: the second goes with the bracket or the next one.
            comma = comma.with_changes(whitespace_after=_joined(comma.whitespace_after, after))
        elif _has_comment(after) or (index == len(args) and has_comment_or_newline(after)):
            keep = comma.whitespace_after if _has_comment(comma.whitespace_after) else after
            comma = comma.with_changes(whitespace_after=keep)
        if index == len(args) and not has_comment_or_newline(comma.whitespace_after):
            args[index - 1] = before.with_changes(comma=cst.MaybeSentinel.DEFAULT)
        elif index == len(args) and not isinstance(gone.comma, cst.Comma) and not _has_comment(comma.whitespace_after):
            # The last argument stood on a line of its own, the bracket right behind it.
            args[index - 1] = before.with_changes(comma=cst.MaybeSentinel.DEFAULT)
        else:
            args[index - 1] = before.with_changes(comma=comma)
        return new.with_changes(args=args)

    return change


def _has_comment(space: Any) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace) and (
        space.first_line.comment is not None or any(line.comment for line in space.empty_lines)
    )


def _joined(first: Any, second: Any) -> Any:
    """Two stretches of white space as one, with the comments of both."""
    if not _has_comment(first):
        return second
    if not _has_comment(second):
        return first
    head = second.first_line
    line = cst.EmptyLine(indent=first.indent, whitespace=first.last_line, comment=head.comment, newline=head.newline)
    return first.with_changes(
        empty_lines=[*first.empty_lines, line, *second.empty_lines], indent=second.indent, last_line=second.last_line
    )


def _wait(
    node: cst.Call,
    runs: bool,
    loop: cst.BaseExpression | None,
    natures: Natures,
    changes: Changes,
    imports: Imports,
) -> None:
    """Make tasks of the coroutines that ``asyncio.wait`` is given."""
    tree = changes.tree
    if not node.args or node.args[0].star or node.args[0].keyword is not None:
        return
    scope = tree.scope_of(node)
    given = node.args[0].value
    if natures.of_items(given, scope) is Nature.AWAITABLE and not natures.has_coroutines(given, scope):
        return
    as_future = _future_maker(imports.name_for("ensure_future", scope), loop)

    def maker(value: cst.BaseExpression) -> Callable[[cst.BaseExpression], cst.Call]:
        # What the rule `create_task` would make of it, if it came by now.
        known = runs and natures.is_coroutine(value) and module_alias(scope)
        return _future_maker(imports.name_for("create_task", scope), None) if known else as_future

    if isinstance(given, (cst.List, cst.Tuple, cst.Set)) and not any(
        isinstance(element, cst.StarredElement) for element in given.elements
    ):
        for element in given.elements:
            if not natures.is_future(element.value):
                changes.change(None, element.value, maker(element.value))
    elif isinstance(given, (cst.ListComp, cst.SetComp, cst.GeneratorExp)):
        changes.change(None, given.elt, maker(given.elt))
    else:
        changes.change(None, given, _each(as_future, scope))
    changes.note("wait", node)


def _tell_loop(name: str, node: cst.Call, loop: cst.BaseExpression, changes: Changes, imports: Imports) -> None:
    """Have ``gather`` and its like take the loop from futures, where it isn't the current one for sure."""
    scope = changes.tree.scope_of(node)
    as_task = _future_maker(imports.name_for("ensure_future", scope), loop)
    for argument in node.args if name == "gather" else node.args[:1]:
        if argument.keyword is None:
            is_list = argument.star == "*" or name == "as_completed"
            changes.change(None, argument.value, _each(as_task, scope) if is_list else as_task)


def _future_maker(function: str, loop: cst.BaseExpression | None) -> Callable[[cst.BaseExpression], cst.Call]:
    def as_task(value: cst.BaseExpression) -> cst.Call:
        args = [cst.Arg(value)]
        if loop is not None:
            equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
            args.append(cst.Arg(loop, keyword=cst.Name("loop"), equal=equal))
        return cst.Call(cst.parse_expression(function), args)

    return as_task


def _each(as_task: Callable[[cst.BaseExpression], cst.Call], scope: Scope) -> Callable[[Any], cst.ListComp]:
    name = next(name for name in ("job", "each_job", "each_waited_job") if not scope.find(name))
    return lambda value: cst.ListComp(as_task(cst.Name(name)), cst.CompFor(cst.Name(name), _closed(value)))


def _closed(value: cst.BaseExpression) -> cst.BaseExpression:
    """What can stand behind ``in``."""
    needs = isinstance(value, (cst.IfExp, cst.Lambda)) and not value.lpar
    return value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]) if needs else value


def _loop_of(node: cst.Call) -> cst.Arg | None:
    """The argument ``loop=``."""
    return next((argument for argument in node.args if name_of(argument.keyword or node) == "loop"), None)


def _told(loop: cst.Arg | None, node: cst.Call, tree: Tree) -> cst.BaseExpression | None:
    """The loop that a call outside of coroutines is for; None if that is the current one."""
    value = loop.value if loop is not None else _runner(node, tree)
    bindings = tree.scope_of(node).find(name_of(value)) if value is not None else []
    current = [
        isinstance(binding.node, cst.Call)
        and asyncio_name(binding.node.func, tree.scope_of(binding.node)) == "get_event_loop"
        for binding in bindings
    ]
    return None if (current and all(current)) or name_of(value or node) == "None" else value


def _runner(node: cst.Call, tree: Tree) -> cst.BaseExpression | None:
    """``loop`` in ``loop.run_until_complete(asyncio.wait(…))``."""
    argument = tree.parent(node)
    call = tree.parent(argument) if isinstance(argument, cst.Arg) else None
    if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and method_of(call) == "run_until_complete":
        return call.func.value
    return None
