"""What a stream can show, and one write to it.

Whether colours are wanted is rich's decision (``NO_COLOR``, ``FORCE_COLOR``, ``TERM``). Whether anything may move is
ours: on a terminal that is not dumb, and not in CI, where a log is all that is left of it.
"""

import codecs
import io
import os
import select
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

# A sink of text: what has ``write``. Streams of programs are of any type.
Stream = Any


@dataclass(frozen=True)
class Look:
    """How lines look on a stream: what it can encode, and whether it is coloured."""

    colour: bool = False
    encoding: str | None = None
    ok: str = "✓"
    fail: str = "✗"
    more: str = "…"

    def can_show(self, text: str) -> bool:
        if self.encoding is None:
            return True
        try:
            text.encode(self.encoding)
        except UnicodeError:
            return False
        return True

    def shown(self, text: str) -> str:
        """The text, with a question mark for what can't be encoded."""
        if self.encoding is None or text.isascii():
            return text
        return text.encode(self.encoding, "replace").decode(self.encoding, "replace")


def look_of(stream: Stream) -> Look:
    console = Console(file=stream)
    colour = console.color_system is not None and not console.no_color
    encoding: str | None = getattr(stream, "encoding", None)
    try:
        codecs.lookup(encoding or "")
    except (LookupError, TypeError):  # it encodes nothing, as StringIO
        encoding = None
    look = Look(colour, encoding)
    return look if look.can_show(look.ok + look.fail + look.more) else Look(colour, encoding, "+", "x", "...")


def moves(stream: Stream, environ: Mapping[str, str]) -> bool:
    """Return whether lines on this stream may move."""
    if environ.get("TERM", "").lower() in ("dumb", "unknown") or environ.get("CI", "").lower() not in (
        "",
        "0",
        "false",
    ):
        return False
    return descriptor(stream) is not None


def descriptor(stream: Stream) -> int | None:
    """Return the descriptor of the terminal that a stream writes to; ``None`` if it is no terminal."""
    try:
        number: int = stream.fileno()
        return number if os.isatty(number) else None
    except (AttributeError, OSError, ValueError, TypeError):
        return None


def same_terminal(one: Stream, other: Stream) -> bool:
    """Return whether two streams write to the same terminal."""
    numbers = descriptor(one), descriptor(other)
    if numbers[0] is None or numbers[1] is None:
        return False
    return os.path.sameopenfile(numbers[0], numbers[1])


def size(number: int) -> tuple[int, int]:
    """Return columns and rows of a terminal now."""
    try:
        columns, rows = os.get_terminal_size(number)
    except OSError:
        columns = rows = 0
    # A terminal of which nobody has said how large it is has 0 of both.
    return columns or 80, rows or 24


def in_foreground(number: int) -> bool:
    """Return whether this process may draw: a job in the background would draw into another program's screen."""
    try:
        return os.tcgetpgrp(number) == os.getpgrp()
    except (OSError, AttributeError):  # not our controlling terminal, or a system without: there is no background
        return True


def write(stream: Stream, text: str) -> None:
    """Write and flush a text, to a file with one system call, after what the stream still holds.

    A file's buffer is left out: bytes that a broken pipe did not take would otherwise stay in it, and fail again when
    the interpreter ends.
    """
    if type(stream) is not io.TextIOWrapper:
        stream.write(text)
        flush = getattr(stream, "flush", None)
        if flush is not None:
            flush()
        return
    data = text.encode(stream.encoding, stream.errors or "strict")
    stream.flush()
    write_all(stream.fileno(), data)


def write_all(number: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(number, data) :]
        except BlockingIOError:  # somebody has made the terminal non-blocking
            select.select([], [number], [])
