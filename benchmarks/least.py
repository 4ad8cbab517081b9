"""The limit of the rows without a network: an event loop that is a ring of callbacks in C, see ``least.c``."""

import asyncio
import sysconfig
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from benchmarks.load import build

SOURCE = Path(__file__).with_suffix(".c")


def compiled() -> str:
    """The path of the ring, as a module of this interpreter."""
    includes = [f"-I{sysconfig.get_path(name)}" for name in ("include", "platinclude")]
    flags = ("-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", *dict.fromkeys(includes))
    return str(build.compiled(f"least{sysconfig.get_config_var('EXT_SUFFIX')}", [SOURCE], flags, ()))


def new_loop() -> asyncio.AbstractEventLoop:
    """Return a loop that runs tasks and callbacks until it is stopped, and can do nothing else."""
    path = compiled()
    spec = spec_from_file_location("least", path, loader=ExtensionFileLoader("least", path))
    assert spec is not None
    module = module_from_spec(spec)

    class Least(module.Ring, asyncio.BaseEventLoop):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            asyncio.BaseEventLoop.__init__(self)
            module.Ring.__init__(self, asyncio.Task, asyncio.Future)

        def stop(self) -> None:
            super().stop()
            self.halt()

    loop: asyncio.AbstractEventLoop = Least()
    return loop
