"""whorl: run any asyncio program on a faster loop; supervise threads and coroutines under one set of words.

A map of the package, each room importing only from the rooms before it:

``errors``
    Every exception of whorl's own.
``compat``
    asyncio's private names that whorl relies on.
``system``
    What differs between systems.
``bell``
    What a thread waits at until it is rung.
``_core``
    Compiled. What runs once per callback or once per packet.
``forms``
    Which form fits here: ``with`` or ``async with``.
``_loop``
    Plain Python. What runs once per connection, per loop or per process.
``runner``
    ``run()``, ``new_event_loop()`` and the policy that hands the loop to programs that do not know of it.
``cancellation``
    Telling a thread to stop: ``checkpoint()``, ``sleep()``, and waits that end at once.
``worker``
    Threads that run one call each, and stay for a while to run another.
``terminal``
    The spinner: lines that turn while something is at work.
``supervise``
    ``Supervisor``: jobs in threads and in tasks.
``offload``
    Blocking calls leave the loop: to threads, processes, executors, and dask clusters.
``legacy``
    Programs in the asyncio dialect of 2014-2018, revived.
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
    from whorl.supervise import Job as Job
    from whorl.supervise import Supervisor as Supervisor
    from whorl.terminal.spinner import Spinner as Spinner
    from whorl.terminal.spinner import spinner as spinner

__version__ = "0.1.0"

# Where each public name lives.
_HOMES = {
    "Cancelled": "whorl.errors",
    "DeadlineExceeded": "whorl.errors",
    "EventLoop": "whorl.runner",
    "Job": "whorl.supervise",
    "Spinner": "whorl.terminal.spinner",
    "StillRunning": "whorl.errors",
    "Supervisor": "whorl.supervise",
    "WorkerLost": "whorl.errors",
    "WrongForm": "whorl.errors",
    "checkpoint": "whorl.cancellation",
    "new_event_loop": "whorl.runner",
    "offload": "whorl.offload",
    "run": "whorl.runner",
    "sleep": "whorl.cancellation",
    "spinner": "whorl.terminal.spinner",
}

__all__ = [
    "Cancelled",
    "DeadlineExceeded",
    "EventLoop",
    "Job",
    "Spinner",
    "StillRunning",
    "Supervisor",
    "WorkerLost",
    "WrongForm",
    "__version__",
    "checkpoint",
    "new_event_loop",
    "offload",
    "run",
    "sleep",
    "spinner",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
