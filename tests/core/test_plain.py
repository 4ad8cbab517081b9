"""Both builds are what they are taken for: the plain one plain, the compiled one compiled, both of the same source."""

import importlib
import inspect
import sys

import pytest

from . import plain


@pytest.mark.parametrize("name", plain.__all__)
def test_both_builds_of_one_source(name: str) -> None:
    compiled, uncompiled = importlib.import_module(f"whorl._core.{name}"), getattr(plain, name)
    assert compiled is sys.modules[f"whorl._core.{name}"] is not uncompiled
    assert str(compiled.__file__).endswith(".so")
    assert str(plain.CORE / f"{name}.py") == uncompiled.__file__
    for cls in vars(uncompiled).values():
        if inspect.isclass(cls) and cls.__module__ == uncompiled.__name__:
            assert inspect.isfunction(cls.__init__)
            assert not inspect.isfunction(vars(compiled)[cls.__name__].__init__)


def test_plain_modules_find_each_other() -> None:
    assert issubclass(plain.timers.TimerHandle, plain.handle.Handle)
