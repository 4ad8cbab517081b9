"""A syntax tree as text that every Python since 3.6 writes alike. As a program, for the recorder: snippets to trees.

This file runs under 3.6 too. Left out is what came later or says nothing of names: contexts, empty fields, positions.
"""

import ast
import json
import sys

LEFT_OUT = ("ctx", "kind", "type_ignores", "type_comment")


def tree(source: str) -> "str | None":
    """The tree of ``source``, or None if it is refused."""
    try:
        return _text(ast.parse(source))
    except SyntaxError:
        return None


def _text(node: object) -> str:
    if isinstance(node, list):
        return "[" + " ".join(_text(item) for item in node) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    kind = type(node).__name__
    fields = [(name, value) for name, value in ast.iter_fields(node) if name not in LEFT_OUT]
    if kind in ("Num", "Str", "Bytes", "NameConstant", "Constant"):
        return repr(fields[0][1])
    if kind == "Ellipsis":
        return "Ellipsis"
    if kind == "Index":  # up to 3.8, as is the next
        return _text(fields[0][1])
    if kind == "ExtSlice":
        return "Tuple(elts=" + _text(fields[0][1]) + ")"
    if kind == "JoinedStr":  # 3.12 puts empty texts behind fields
        fields = [("values", [value for value in fields[0][1] if getattr(value, "value", 1) != ""])]
    shown = [name + "=" + _text(value) for name, value in fields if value is not None and value != []]
    return kind + "(" + " ".join(shown) + ")"


if __name__ == "__main__":
    json.dump([tree(source) for source in json.load(sys.stdin)], sys.stdout)
