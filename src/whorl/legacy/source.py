"""From the text of an old program to code for today's interpreter, with every line and column where it was.

Text → (fissix, if it is Python 2) → full-width letters → syntax tree → columns mended, handlers and old idioms
revised → code → flags. Generator functions that use ``yield from`` get the flag that ``types.coroutine`` would set:
they may await coroutines and be awaited, and are generators all the same.
"""

import ast
import importlib.util
import inspect
import opcode
import warnings
from types import CodeType
from typing import Any

from whorl.legacy import python2
from whorl.legacy.revise import PLAIN, revise
from whorl.legacy.tokens import narrow, widen, words

_YIELD_FROM = opcode.opmap["GET_YIELD_FROM_ITER"]


def compiled(source: bytes, path: str) -> CodeType:
    """Compile an old program.

    Parameters:
        source: the file as it is on disk.
        path: its name in tracebacks.

    Returns:
        Code that expects the builtins of :mod:`whorl.legacy.imports`.

    Raises:
        SyntaxError: neither the old nor today's grammar can read it; line and text are the file's own.

    Example::

        exec(compiled(b"import asyncio\\n", "old.py"), {"__builtins__": builtins})
    """
    try:
        text = importlib.util.decode_source(source)
    except UnicodeDecodeError as error:
        raise SyntaxError(f"(unicode error) {error}", (path, None, None, None)) from None
    tree: ast.Module | str
    with warnings.catch_warnings():
        # Invalid escapes and comparisons by `is`: no Python of its time showed a warning.
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            tree = revise(_parsed(text, path), trollius=python2.is_trollius(text), path=path)
        except RecursionError:  # an expression of a thousand operators is too deep for a tree, and not for the compiler
            tree = widen(text)
        code: CodeType = compile(tree, path, "exec", dont_inherit=True)
    return _flagged(code)


def _parsed(text: str, path: str) -> Any:
    if not python2.is_certain(text):
        try:
            return _tree(text, path)
        except SyntaxError as error:
            converted = python2.converted(text, path) if python2.is_trollius(text) else None
            if converted is None:
                raise
            try:
                tree = _tree(converted, path)
            except SyntaxError:
                raise error from None
    else:
        converted = python2.converted(text, path)
        tree = _tree(converted if converted is not None else text, path)
    if converted is not None:
        python2.settle(tree, text, converted)
    return tree


def _tree(text: str, path: str) -> Any:
    wide = widen(text)
    try:
        tree: Any = compile(wide, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)  # ast.parse, without its frame
    except SyntaxError as error:
        error.text = error.text and narrow(error.text)
        error.msg = narrow(error.msg)
        error.args = (error.msg, (path, error.lineno, error.offset, error.text, error.end_lineno, error.end_offset))
        raise
    if wide != text:
        _mend_columns(tree, text)
    return tree


def _mend_columns(tree: ast.AST, text: str) -> None:
    """Columns count bytes of UTF-8, and a full-width letter has two more than the letter it stands for."""
    starts = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]
    wide_bytes: dict[int, list[int]] = {}
    row = 0
    for offset in words(text):
        while row + 1 < len(starts) and starts[row + 1] <= offset:
            row += 1
        before = wide_bytes.setdefault(row + 1, [])
        before.append(len(text[starts[row] : offset].encode()) + 2 * len(before))
    for node in ast.walk(tree):
        for line_name, column_name in (("lineno", "col_offset"), ("end_lineno", "end_col_offset")):
            for wide in reversed(wide_bytes.get(getattr(node, line_name, 0), [])):
                column = getattr(node, column_name)
                if column > wide:
                    setattr(node, column_name, column - 2)


def _flagged(code: CodeType) -> CodeType:
    constants = tuple(_flagged(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    flags = code.co_flags
    if flags & inspect.CO_GENERATOR and code.co_name not in PLAIN and _YIELD_FROM in code.co_code[::2]:
        flags |= inspect.CO_ITERABLE_COROUTINE
    return code.replace(co_consts=constants, co_flags=flags)
