"""Parcels: what travels between a program and its processes, as bytes; and what to say of things that can't travel.

A call goes as ``(fn, args, kw)``. What comes of it returns as an `Answer`; an exception takes the text of its traceback
along, since the traceback itself can't travel.
"""

import pickle
import traceback
from collections.abc import Callable
from multiprocessing.reduction import ForkingPickler
from typing import Any, NamedTuple

from whorl.offload.naming import name_of

_CURE = 'define it in a module and pass plain data, or call it with to="thread"'


class RemoteTraceback(Exception):
    """The cause of an exception that comes from another process: the text of its traceback there."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


class Answer(NamedTuple):
    """What came of a call."""

    value: Any
    error: BaseException | None
    trace: str


def pack_call(fn: Callable[..., Any], args: tuple[Any, ...], kw: dict[str, Any]) -> bytes:
    """Pack a call.

    Raises:
        TypeError: a part of it can't be pickled; the text says which.
    """
    try:
        return _pack((fn, args, kw))
    except Exception as error:
        parts = {"the function": fn}
        parts |= {f"argument {number} of {name_of(fn)}": value for number, value in enumerate(args, 1)}
        parts |= {f"argument {key!r} of {name_of(fn)}": value for key, value in kw.items()}
        part, value = next(((part, value) for part, value in parts.items() if not _can_travel(value)), ("the call", fn))
        raise TypeError(f"{part} can't travel to a process: {_short(value)} ({_line(error)}); {_CURE}") from error


def answer(parcel: bytes) -> bytes:
    """Unpack a call, make it, and pack what comes of it; in the process."""
    try:
        fn, args, kw = pickle.loads(parcel)
    except BaseException as error:
        text = (
            f"a process could not take the call: {_line(error)}; functions and classes must be found by import there "
            'too (defined in a module or in a script that is a file, not at a prompt), or call with to="thread"'
        )
        return _pack(Answer(None, TypeError(text), traceback.format_exc()))
    try:
        value = fn(*args, **kw)
    except BaseException as error:
        return _pack_error(fn, error)
    try:
        return _pack(Answer(value, None, ""))
    except Exception as error:
        text = f"the result of {name_of(fn)} can't travel back: {_short(value)} ({_line(error)}); return plain data"
        return _pack(Answer(None, TypeError(f'{text}, or call it with to="thread"'), traceback.format_exc()))


def open_answer(fn: Callable[..., Any], parcel: bytes) -> Any:
    """Return what a call returned, or raise what it raised."""
    try:
        value, error, trace = pickle.loads(parcel)
    except Exception as failure:
        text = f"the result of {name_of(fn)} can't be read here ({_line(failure)}); return plain data"
        raise TypeError(text) from failure
    if error is None:
        return value
    error.__cause__ = RemoteTraceback(trace)
    try:
        raise error
    finally:
        del error  # it knows this frame, and would keep itself alive


def _pack_error(fn: Callable[..., Any], error: BaseException) -> bytes:
    trace = "".join(traceback.format_exception(error))
    try:
        parcel = _pack(Answer(None, error, trace))
        pickle.loads(parcel)  # an exception with an __init__ of its own often can't be made again
    except Exception:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        text = f"{name_of(fn)} raised {kind}: {_said_by(error)}; the exception itself can't travel"
        return _pack(Answer(None, RuntimeError(text), trace))
    return parcel


def _pack(thing: object) -> bytes:
    # As multiprocessing does it itself: sockets and its own connections travel too.
    return bytes(ForkingPickler.dumps(thing))


def _can_travel(value: object) -> bool:
    try:
        _pack(value)
    except Exception:
        return False
    return True


def _short(value: object) -> str:
    try:
        text = repr(value)
    except Exception:
        text = object.__repr__(value)
    return text if len(text) < 100 else f"{text[:97]}..."


def _line(error: BaseException) -> str:
    return f"{type(error).__name__}: {_said_by(error)}"


def _said_by(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "<its str() fails>"
