"""Classes that stand for asyncio's: what is an instance of asyncio's class is an instance of theirs."""

from collections.abc import Callable
from typing import Any, TypeVar

_T = TypeVar("_T", bound=type)
_REAL: dict[type, type] = {}


class Face(type):
    """The metaclass. A program's own subclass of such a class is a class like any other."""

    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, _REAL[cls]) if cls in _REAL else super().__instancecheck__(thing)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, _REAL[cls]) if cls in _REAL else super().__subclasscheck__(kind)


def stands_for(real: type) -> Callable[[_T], _T]:
    """Decorate a class that old programs are to see instead of ``real``."""

    def register(shim: _T) -> _T:
        _REAL[shim] = real
        shim.__module__ = real.__module__  # what their repr shows
        return shim

    return register
