"""Both builds are what they are taken for: the plain one plain, the compiled one compiled, both of the same source."""

import importlib
import inspect
import sys

import pytest

from whorl import _core

from . import plain


@pytest.mark.parametrize("name", plain.__all__)
def test_both_builds_of_one_source(name: str) -> None:
    compiled, uncompiled = importlib.import_module(f"whorl._core.{name}"), getattr(plain, name)
    assert compiled is sys.modules[f"whorl._core.{name}"] is not uncompiled
    assert str(compiled.__file__).endswith(".so")
    assert compiled.__spec__ is not None
    assert compiled.__spec__.origin == compiled.__file__
    assert str(plain.CORE / f"{name}.py") == uncompiled.__file__
    for cls in vars(uncompiled).values():
        if inspect.isclass(cls) and cls.__module__ == uncompiled.__name__:
            assert inspect.isfunction(cls.__init__)
            assert not inspect.isfunction(vars(compiled)[cls.__name__].__init__)


def test_plain_modules_find_each_other() -> None:
    assert issubclass(plain.timers.TimerHandle, plain.handle.Handle)


def test_every_module_is_loaded_with_the_package() -> None:
    assert sorted(_core.MODULES) == sorted(path.stem for path in plain.CORE.glob("*.py") if path.stem != "__init__")
    assert len({getattr(_core, name).__file__ for name in _core.MODULES}) == 1
