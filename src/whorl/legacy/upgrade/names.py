"""What an expression of the program means: something of asyncio's, a function of this file, or neither.

Trollius' names are asyncio's under another one, and so are those of asyncio's own submodules: `asyncio_name` gives one
answer for ``asyncio.async``, ``trollius.async``, ``asyncio.tasks.async`` and a bare ``async`` that was imported.
"""

import libcst as cst

from whorl.legacy.upgrade.tree import Scope, Tree, name_of

_ROOMS = frozenset(
    (
        "base_events",
        "coroutines",
        "events",
        "futures",
        "locks",
        "queues",
        "streams",
        "tasks",
        "subprocess",
    )
)
# What asyncio's functions return: coroutines, and futures.
COROUTINES = frozenset(
    (
        "sleep",
        "wait",
        "wait_for",
        "open_connection",
        "start_server",
        "open_unix_connection",
        "start_unix_server",
        "create_subprocess_exec",
        "create_subprocess_shell",
        "to_thread",
    )
)
FUTURES = frozenset(["async", "ensure_future", "create_task", "gather", "shield", "wrap_future", "Future", "Task"])
AWAITABLE = COROUTINES | FUTURES
# In trollius for Python 2, built into Python 3.
TROLLIUS_BUILTINS = frozenset(
    (
        "BlockingIOError",
        "BrokenPipeError",
        "ChildProcessError",
        "ConnectionAbortedError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "FileNotFoundError",
        "InterruptedError",
        "PermissionError",
        "ProcessLookupError",
    )
)


def dotted(node: cst.CSTNode, scope: Scope) -> str:
    """The full name of what ``node`` refers to, if an import says it; empty if not."""
    if isinstance(node, cst.Attribute):
        home = dotted(node.value, scope)
        return f"{home}.{name_of(node.attr)}" if home else ""
    if isinstance(node, cst.Name):
        name = name_of(node)
        if name not in scope.imported:
            return ""
        return next((binding.target for binding in reversed(scope.find(name)) if binding.kind == "import"), "")
    return ""


def asyncio_name(node: cst.CSTNode, scope: Scope) -> str:
    """``create_task`` for what is ``asyncio.create_task``; empty for what isn't asyncio's."""
    return _canonical(dotted(node, scope))


def _canonical(name: str) -> str:
    top, _, rest = name.partition(".")
    if top not in ("asyncio", "trollius"):
        return ""
    room, _, inner = rest.partition(".")
    return inner if inner and room in _ROOMS else rest


def asyncio_import(binding_target: str) -> str:
    """Like `asyncio_name`, of the full name that an import gives."""
    return _canonical(binding_target)


def module_alias(scope: Scope) -> str:
    """What asyncio, or trollius, is called in this scope; empty if it isn't imported as a module."""
    while True:
        for name, bindings in scope.bindings.items():
            if any(binding.kind == "import" and binding.target in ("asyncio", "trollius") for binding in bindings):
                return "asyncio" if name == "trollius" else name
        if scope.outer is None:
            return ""
        scope = scope.outer


def definitions(call: cst.CSTNode, tree: Tree, scope: Scope) -> tuple[list[cst.FunctionDef], bool]:
    """The functions of this file that a call of ``call`` may reach, and whether that is certain.

    A method of ``self`` is certain if the class of it defines one; of another object every method of the file that
    has the name is meant.
    """
    if isinstance(call, cst.Name):
        bindings = scope.find(name_of(call))
        found = [binding.node for binding in bindings if binding.kind == "def"]
        return found, len(found) == len(bindings)
    if isinstance(call, cst.Attribute):
        name = name_of(call.attr)
        owner = scope.owner()
        own = name_of(call.value) in ("self", "cls") and not dotted(call.value, scope)
        if own and owner is not None and name in owner.bindings:
            bindings = owner.bindings[name]
            found = [binding.node for binding in bindings if binding.kind == "def"]
            return found, len(found) == len(bindings)
        if not dotted(call, scope):
            return methods(tree, name), False
    return [], False


def methods(tree: Tree, name: str) -> list[cst.FunctionDef]:
    """Every method of the file with this name."""
    return [node for node in tree.functions_named(name) if isinstance(tree.scope_of(node).node, cst.ClassDef)]
