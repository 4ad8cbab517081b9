"""The modules that an old program sees in place of asyncio's, of Trollius, and of a few others.

A proxy holds the names that differ; every other attribute is the module's own. Only the old program's modules get
them, from the ``__import__`` among their builtins; everybody else imports what is there.
"""

import asyncio
import base64
import builtins
import collections
import collections.abc
import importlib
import inspect
import math
import time
from types import ModuleType
from typing import Any, NamedTuple

from whorl.legacy.shims import NAMES

_MISSING = object()


class _Overlay(NamedTuple):
    """What lies over a module: the names, and what the module itself had under them when they were laid."""

    real: ModuleType
    names: dict[str, Any]
    originals: dict[str, Any]

    def applies(self, name: str) -> bool:
        return name in self.names and getattr(self.real, name, _MISSING) is self.originals[name]


class Proxy(ModuleType):
    """A module with some names of its own before those of another.

    Who changes the module, through the proxy or behind its back, means what everybody sees: a name that is no longer
    what it was is the module's again.
    """

    __whorl__: _Overlay

    def __init__(self, real: ModuleType, names: dict[str, Any], name: str = "") -> None:
        super().__init__(name or real.__name__, real.__doc__)
        here = self.__dict__
        here["__whorl__"] = _Overlay(real, names, {each: getattr(real, each, _MISSING) for each in names})
        for attribute in ("__file__", "__path__", "__package__", "__spec__", "__loader__"):
            if hasattr(real, attribute):
                here[attribute] = getattr(real, attribute)
        if hasattr(real, "__all__"):
            here["__all__"] = [*real.__all__, *(each for each in names if each not in real.__all__)]

    def __getattr__(self, name: str) -> Any:
        overlay: _Overlay = self.__dict__["__whorl__"]
        if overlay.applies(name):
            return overlay.names[name]
        value = getattr(overlay.real, name)
        return proxy_for(value) if isinstance(value, ModuleType) else value

    def __setattr__(self, name: str, value: Any) -> None:
        overlay = self.__whorl__
        if name in overlay.names and value is overlay.names[name]:
            value = overlay.originals[name]
        if value is not _MISSING:
            setattr(overlay.real, name, value)
        elif hasattr(overlay.real, name):
            delattr(overlay.real, name)

    def __delattr__(self, name: str) -> None:
        delattr(self.__whorl__.real, name)

    def __dir__(self) -> list[str]:
        return sorted({*dir(self.__whorl__.real), *self.__whorl__.names})


class _Part(Proxy):
    """A submodule of asyncio. Each had imported much of the others: what is not here may be the package's."""

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("__") or not hasattr(asyncio, name):
                raise
            return getattr(asyncio, name)


def proxy_for(module: ModuleType) -> ModuleType:
    """Return what an old program gets for ``module``: a proxy, or the module itself."""
    name = module.__name__
    if name not in _made:
        if name == "asyncio":
            _made[name] = Proxy(module, NAMES | {"From": _same, "Return": Return})
        elif name.startswith("asyncio."):
            _made[name] = _Part(module, NAMES)
        elif name in _FORMER:
            missing = {each: value for each, value in _FORMER[name].items() if not hasattr(module, each)}
            _made[name] = Proxy(module, missing | _REPLACED.get(name, {}))
        else:
            return module
    return _made[name]


def trollius(name: str) -> ModuleType:
    """Return the module ``name`` of Trollius, which is asyncio's with Trollius's own names.

    Raises:
        ModuleNotFoundError: asyncio has nothing of that name.
    """
    part = name.partition(".")[2]
    if name not in _made:
        try:
            real = asyncio if part in ("", *_TROLLIUS_ONLY) else importlib.import_module(f"asyncio.{part}")
        except ModuleNotFoundError:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name) from None
        _made[name] = _Part(real, NAMES | _TROLLIUS, name)
    return _made[name]


class Return(Exception):
    """``raise Return(x)``, where it did not become ``return x``: outside of coroutines."""


def _same(awaitable: Any) -> Any:
    """``From``, where ``yield From(x)`` did not become ``yield from x``: what is left is its argument."""
    return awaitable


def _import_module(name: str, package: str | None = None) -> ModuleType:
    return proxy_for(importlib.import_module(name, package))


_made: dict[str, ModuleType] = {}

# Parts of Trollius for which asyncio has none.
_TROLLIUS_ONLY = ("compat", "executor", "py33_exceptions", "py27_weakrefset", "py3_ssl")
_TROLLIUS = {
    "From": _same,
    "Return": Return,
    **{
        name: getattr(builtins, name)
        for name in dir(builtins)
        if isinstance(getattr(builtins, name), type) and issubclass(getattr(builtins, name), OSError)
    },
}

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")

# Names that modules of the standard library had in 3.6, for where they are missing today.
_FORMER: dict[str, dict[str, Any]] = {
    "base64": {"encodestring": base64.encodebytes, "decodestring": base64.decodebytes},
    "collections": {name: getattr(collections.abc, name) for name in collections.abc.__all__},
    "concurrent": {},
    "concurrent.futures": {},
    "importlib": {},
    "fractions": {"gcd": math.gcd},
    "inspect": {"getargspec": lambda function: ArgSpec(*inspect.getfullargspec(function)[:4])},
    "time": {"clock": time.process_time},
}
_REPLACED: dict[str, dict[str, Any]] = {
    # It was one class; what an old program means is the one that tasks are cancelled with.
    "concurrent.futures": {"CancelledError": asyncio.CancelledError},
    "importlib": {"import_module": _import_module},
}
