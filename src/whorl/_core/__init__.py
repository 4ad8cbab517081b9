"""The compiled core: what runs once per callback or once per packet.

Two kinds of module live here. *Algorithm* modules (``handle``, ``ready``, ``timers``, ``buffers``) are plain Python
with an augmenting ``.pxd``; they also run uncompiled, in a debugger and under the property tests. *Kernel-facing*
modules talk to Linux through the externs in ``linux.pxd``; they exist only compiled, with a ``.pyi`` for type
checkers, and a ``.pxd`` where another module needs their C side.

From the bottom up: ``handle`` → ``ready``, ``timers``, ``buffers`` → ``registry`` (epoll and who owns each
descriptor) → ``readiness`` and ``waker`` → ``scheduler`` (one turn of the loop) → ``transport``, ``operation``,
``call_soon`` and ``descriptors`` → ``streams`` → ``stream``, ``datagram``, ``sock`` → ``accept`` and ``connect``.
``faces``, ``address``, ``context``, ``coroutine`` and ``results`` are leaves.

All of them are in one shared object, ``compiled``, and all are loaded with this package: a program with a loop needs
nearly all, and one file is opened and mapped in a tenth of the time of twenty.
"""

import sys
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec

# Each after those that it imports.
MODULES = (
    *("faces", "address", "context", "coroutine", "results"),
    *("handle", "ready", "timers", "buffers"),
    *("registry", "readiness", "waker", "scheduler"),
    *("transport", "operation", "call_soon", "descriptors"),
    *("streams", "stream", "datagram", "sock", "accept", "connect"),
)


def _load(name: str, file: str) -> None:
    full = f"{__name__}.{name}"
    loader = ExtensionFileLoader(full, file)  # which looks for the start of the module by its last name
    spec = ModuleSpec(full, loader, origin=file)
    spec.has_location = True
    module = loader.create_module(spec)
    module.__spec__ = spec
    sys.modules[full] = module
    loader.exec_module(module)
    globals()[name] = module


for _name in MODULES:
    _load(_name, f"{__path__[0]}/compiled{EXTENSION_SUFFIXES[0]}")
