"""What a function is called in a message."""

import functools


def name_of(fn: object) -> str:
    """Return the name of a function as its module has it, or its repr if it has none."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    name = getattr(fn, "__qualname__", None)
    return repr(fn) if name is None else f"{getattr(fn, '__module__', None) or 'builtins'}.{name}"
