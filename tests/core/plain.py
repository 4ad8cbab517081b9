"""The algorithm modules of the compiled core as plain Python: the same source files, loaded without their ``.pxd``."""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

CORE = Path(__file__).parents[2] / "src" / "whorl" / "_core"


def load(*names: str) -> list[ModuleType]:
    """Load modules of the core from their source, each of which finds those before it in place of the compiled ones."""
    modules: dict[str, ModuleType] = {}
    for name in names:
        loader = SourceFileLoader(f"plain_{name}", str(CORE / f"{name}.py"))
        spec = spec_from_file_location(loader.name, loader=loader)
        assert spec is not None
        module = module_from_spec(spec)
        compiled = {full: sys.modules.get(full) for full in modules}
        sys.modules.update(modules)
        try:
            loader.exec_module(module)
        finally:
            for full, before in compiled.items():
                if before is None:
                    del sys.modules[full]
                else:
                    sys.modules[full] = before
        modules[f"whorl._core.{name}"] = module
    return list(modules.values())


if TYPE_CHECKING:
    from whorl._core import buffers, handle, ready, timers
else:
    handle, ready, timers, buffers = load("handle", "ready", "timers", "buffers")

__all__ = ["buffers", "handle", "ready", "timers"]
