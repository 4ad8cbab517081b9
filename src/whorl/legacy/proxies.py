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
from typing import Any

from whorl.legacy.shims import NAMES


class Proxy(ModuleType):
    """A module with some names of its own before those of another."""

    def __init__(self, real: ModuleType, names: dict[str, Any], name: str = "") -> None:
        super().__init__(name or real.__name__, real.__doc__)
        for attribute in ("__file__", "__path__", "__package__", "__spec__", "__loader__"):
            if hasattr(real, attribute):
                setattr(self, attribute, getattr(real, attribute))
        if hasattr(real, "__all__"):
            self.__all__ = [*real.__all__, *(each for each in names if each not in real.__all__)]
        self._real = real
        self.__dict__.update(names)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__["_real"], name)
        return proxy_for(value) if isinstance(value, ModuleType) else value

    def __dir__(self) -> list[str]:
        return sorted({*dir(self._real), *self.__dict__} - {"_real"})


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
            _made[name] = Proxy(module, NAMES)
        elif name.startswith("asyncio."):
            _made[name] = _Part(module, NAMES)
        elif name in _FORMER:
            names = {each: value for each, value in _FORMER[name].items() if not hasattr(module, each)}
            _made[name] = Proxy(module, names | _REPLACED.get(name, {}))
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


_made: dict[str, ModuleType] = {}

# Parts of Trollius for which asyncio has none.
_TROLLIUS_ONLY = ("compat", "executor", "py33_exceptions", "py27_weakrefset", "py3_ssl")
_TROLLIUS = {
    # `yield From(x)` is `yield from x` by now, see whorl.legacy.revise; what is left is its argument.
    "From": lambda awaitable: awaitable,
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
    "concurrent.futures": {},
    "fractions": {"gcd": math.gcd},
    "inspect": {"getargspec": lambda function: ArgSpec(*inspect.getfullargspec(function)[:4])},
    "time": {"clock": time.process_time},
}
# It was one class; what an old program means is the one that tasks are cancelled with.
_REPLACED: dict[str, dict[str, Any]] = {"concurrent.futures": {"CancelledError": asyncio.CancelledError}}
