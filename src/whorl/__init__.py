"""whorl: run any asyncio program on a faster loop.

A map of the package, each room importing only from the rooms before it:

``compat``
    asyncio's private names that whorl relies on.
``_core``
    Compiled. What runs once per callback or once per packet.
``_loop``
    Plain Python. What runs once per connection, per loop or per process.
``runner``
    ``run()``, ``new_event_loop()`` and the policy that hands the loop to programs that do not know of it.
``offload``
    Blocking calls leave the loop: to threads, processes, executors, and dask clusters.
``cli``
    The ``whorl`` command, one module per sub-command.

The names below are loaded when they are first used, so that ``import whorl`` costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whorl.cancellation import checkpoint as checkpoint
    from whorl.cancellation import sleep as sleep
    from whorl.errors import Cancelled as Cancelled
    from whorl.errors import DeadlineExceeded as DeadlineExceeded
    from whorl.errors import StillRunning as StillRunning
    from whorl.errors import WorkerLost as WorkerLost
    from whorl.errors import WrongForm as WrongForm
    from whorl.offload import offload as offload
    from whorl.runner import EventLoop as EventLoop
    from whorl.runner import new_event_loop as new_event_loop
    from whorl.runner import run as run

__version__ = "0.1.0"

# Where each public name lives.
_HOMES = {
    "Cancelled": "errors",
    "DeadlineExceeded": "errors",
    "EventLoop": "runner",
    "StillRunning": "errors",
    "WorkerLost": "errors",
    "WrongForm": "errors",
    "checkpoint": "cancellation",
    "new_event_loop": "runner",
    "offload": "offload",
    "run": "runner",
    "sleep": "cancellation",
}

__all__ = [
    "Cancelled",
    "DeadlineExceeded",
    "EventLoop",
    "StillRunning",
    "WorkerLost",
    "WrongForm",
    "__version__",
    "checkpoint",
    "new_event_loop",
    "offload",
    "run",
    "sleep",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
