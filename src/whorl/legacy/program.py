"""The door to the room: notice an old program, and prepare this process to run it as it stands."""

import asyncio
import inspect
import sys
import warnings
from collections.abc import Sequence
from types import GeneratorType, ModuleType, TracebackType
from typing import Any

from whorl.legacy import caught, imports
from whorl.legacy.loop import RevivedPolicy

# Coroutines of asyncio's that were generators until 3.6, which nobody was warned of when they were not driven.
_WERE_GENERATORS = (
    r"coroutine '(sleep|wait|wait_for|open_\w+|start_\w+|create_subprocess_\w+|"
    r"(Stream|Queue|Lock|Event|Condition|Semaphore|Server|Process|_ContextManagerMixin|BaseEventLoop)\w*\.\w+|"
    r"Revived\.\w+)' was never awaited"
)


def prepare(main: ModuleType, signs: Sequence[str], *, quiet: bool = False) -> None:
    """Prepare the process for an old program.

    Parameters:
        main: the module that it will run in.
        signs: what :func:`whorl.legacy.survey.signs_of` found.
        quiet: say nothing, now or later.

    Example::

        prepare(main, signs)
        exec(compiled(source, "old.py"), main.__dict__)
    """
    caught.quiet = quiet
    caught.tell("dialect", f"old asyncio dialect ({', '.join(signs)}); revived")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # from 3.14 on
        asyncio.set_event_loop_policy(RevivedPolicy())
    if not sys.warnoptions:
        warnings.simplefilter("ignore", DeprecationWarning)  # as it was until 3.6, in the main module too
        warnings.filterwarnings("ignore", _WERE_GENERATORS, RuntimeWarning)
    imports.install()
    main.__dict__["__builtins__"] = imports.builtins()


def finish(result: Any) -> Any:
    """Run what a called function returned, if it is a coroutine, or a generator that serves as one."""
    if asyncio.isfuture(result) or inspect.isawaitable(result) or _is_coroutine(result):
        return asyncio.get_event_loop().run_until_complete(result)
    return result


def _is_coroutine(thing: object) -> bool:
    return isinstance(thing, GeneratorType) and bool(thing.gi_code.co_flags & inspect.CO_ITERABLE_COROUTINE)


def without_own_frames(error: BaseException | None) -> None:
    """Take the frames of whorl's launcher out of the tracebacks of ``error`` and of those that led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = _others(error.__traceback__)
        error = error.__cause__ or error.__context__


def _others(traceback: TracebackType | None) -> TracebackType | None:
    if traceback is None:
        return None
    traceback.tb_next = _others(traceback.tb_next)
    home = str(traceback.tb_frame.f_globals.get("__name__", ""))
    return traceback.tb_next if home.startswith(("whorl.legacy.", "whorl.cli.")) else traceback
