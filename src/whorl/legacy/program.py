"""The door to the room: notice an old program, and prepare this process to run it as it stands."""

import asyncio
import inspect
from collections.abc import Sequence
from types import CodeType, GeneratorType, ModuleType, TracebackType
from typing import Any

from whorl.legacy import caught, imports
from whorl.legacy.loop import RevivedPolicy
from whorl.legacy.source import compiled


def revive(main: ModuleType, source: bytes, path: str, signs: Sequence[str], *, quiet: bool = False) -> CodeType:
    """Prepare the process for an old program, and compile the program.

    Parameters:
        main: the module that it will run in.
        source: the program's file.
        path: the file's name.
        signs: what :func:`whorl.legacy.dialect.signs` found.
        quiet: say nothing, now or later.

    Returns:
        Code to execute in ``main``.

    Raises:
        SyntaxError: the program is none of Python's.

    Example::

        exec(revive(main, source, "old.py", signs(source)), main.__dict__)
    """
    caught.quiet = quiet
    caught.tell("dialect", f"old asyncio dialect ({', '.join(signs)}); revived")
    asyncio.set_event_loop_policy(RevivedPolicy())
    imports.install()
    main.__dict__["__builtins__"] = imports.builtins()
    return compiled(source, path)


def finish(result: Any) -> Any:
    """Run what a called function returned, if it is a coroutine, or a generator that serves as one."""
    if asyncio.isfuture(result) or inspect.isawaitable(result) or _is_coroutine(result):
        return asyncio.get_event_loop().run_until_complete(result)
    return result


def _is_coroutine(thing: object) -> bool:
    return isinstance(thing, GeneratorType) and bool(thing.gi_code.co_flags & inspect.CO_ITERABLE_COROUTINE)


def without_own_frames(error: BaseException | None) -> None:
    """Take the frames of this package out of the tracebacks of ``error`` and of those that led to it."""
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
    return traceback.tb_next if home.startswith("whorl.legacy.") else traceback
