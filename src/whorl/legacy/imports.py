"""How an old program's modules import: a private ``__import__``, and a loader that revives what is in its own folders.

``builtins()`` is what the modules of the old program have for builtins. It is a copy, so that nobody else's imports
change. A module is the program's own if it is found as a source file outside the standard library, the installed
packages and whorl itself.
"""

import builtins as real_builtins
import functools
import importlib.abc
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from whorl.legacy import gone, proxies, python2
from whorl.legacy.caught import caught
from whorl.legacy.coroutines import iterator, waiting
from whorl.legacy.revise import CAUGHT, ITERATOR, REFUSE, WAITING
from whorl.legacy.source import compiled
from whorl.legacy.survey import is_own


@functools.cache
def builtins() -> ModuleType:
    """The builtins of every module of the old program."""
    module = ModuleType("builtins", real_builtins.__doc__)
    module.__dict__.update(real_builtins.__dict__)
    module.__dict__.update(
        {
            "__import__": import_,
            CAUGHT: caught,
            ITERATOR: iterator,
            WAITING: waiting,
            REFUSE: gone.refuse,
            python2.PRINT: python2.Print(),
        }
    )
    # What a Python 2 program called without an import, see whorl.legacy.python2.
    module.__dict__.update(reduce=functools.reduce, intern=sys.intern, reload=importlib.reload)
    return module


def import_(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """``__import__`` for an old program."""
    if level == 0 and (name == "trollius" or name.startswith("trollius.")):
        return proxies.trollius(name if fromlist else "trollius")
    try:
        module: ModuleType = real_builtins.__import__(name, globals, locals, fromlist or (), level)
    except ModuleNotFoundError as error:
        advice = gone.advice_for(error.name) if error.name else None
        if advice is None or level or str(error.name) not in (name, name.partition(".")[0]):
            raise
        raise ModuleNotFoundError(_gone(str(error.name), advice, globals), name=error.name) from None
    seen = proxies.proxy_for(module)
    for each in (f"{name}.{part}" for part in fromlist or () if not level):
        if each in gone.MODULES and not hasattr(seen, each.rpartition(".")[2]):
            raise ModuleNotFoundError(_gone(each, gone.MODULES[each], globals), name=each)
    return seen


def _gone(module: str, advice: str, globals: Mapping[str, object] | None) -> str:
    file = (globals or {}).get("__file__", "<stdin>")
    return f"{file}, line {sys._getframe(2).f_lineno}: there is no module {module!r} any more; {advice}"


class Loader(SourceFileLoader):
    """Loads a module of the old program; no ``__pycache__`` is read or written, as its code is not Python's own."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        module.__dict__["__builtins__"] = builtins().__dict__
        return module

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return compiled(self.get_data(path), path)


class Finder(importlib.abc.MetaPathFinder):
    """Finds what the path finder finds, and gives the program's own modules their loader."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not SourceFileLoader or not is_own(spec.loader.path):
            return None
        spec.loader = Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """Let the program's own modules be revived from now on."""
    sys.meta_path.insert(0, Finder())
