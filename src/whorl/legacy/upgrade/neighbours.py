"""What the coroutines of one file wait for, told to the others: a helper may live in one module and be used in another.

A helper without a decorator, which delegates to something unknown, is a coroutine only if a coroutine waits for it.
Of another file nothing counts but the name that is called there.
"""

import ast
import warnings
from collections.abc import Iterator

from whorl.legacy.tokens import widen

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def awaited_names(text: str) -> frozenset[str]:
    """Find what decorated coroutines, and ``async def``, of a file call in order to wait for it.

    Parameters:
        text: the source.

    Returns:
        The names, without what stands before the dot; none for a file that can't be parsed.

    Example::

        awaited_names("@asyncio.coroutine\\ndef f():\\n    yield from tools.retry(f)")  # {"retry"}
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(widen(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    functions = (node for node in ast.walk(tree) if isinstance(node, _Function) and _is_coroutine(node))
    return frozenset(name for function in functions for name in _waits_for(function))


def _is_coroutine(function: _Function) -> bool:
    decorators = (getattr(mark, "attr", getattr(mark, "id", "")) for mark in function.decorator_list)
    return isinstance(function, ast.AsyncFunctionDef) or "coroutine" in decorators


def _waits_for(function: _Function) -> Iterator[str]:
    for node in ast.walk(function):
        waited = node.value if isinstance(node, (ast.YieldFrom, ast.Await)) else None
        if isinstance(waited, ast.Call):
            yield getattr(waited.func, "attr", getattr(waited.func, "id", ""))
