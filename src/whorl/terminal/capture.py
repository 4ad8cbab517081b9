"""What the program prints while lines turn: caught where Python lets it, and put above the lines, whole.

``sys.stdout`` and ``sys.stderr``, and the streams of logging handlers that hold them, are replaced if they write to
the board's terminal. A text without a line's end is kept, by thread, until the end comes: ``print("a", "b")`` is four
writes, and those of another thread may come between. What is kept is shown above the lines meanwhile.

Not caught: a stream that somebody kept from before, ``sys.__stdout__``, ``sys.stdout.buffer``, ``os.write``, the prompt
of ``input()`` and what is typed, and what a child process writes. Such output begins where the first of the lines
stands, and the lines go on below it.
"""

import logging
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from whorl.terminal.stream import Stream, same_terminal

_NAMES = ("stdout", "stderr")

# Takes whole lines of text for a stream.
Print = Callable[[Stream, str], None]


class Caught:
    """Stands in for a stream; passes everything on but text while its capture is on."""

    def __init__(self, raw: Stream, capture: "Capture") -> None:
        self._raw = raw
        self._capture = capture

    def write(self, text: str, /) -> int:
        if not isinstance(text, str) or not self._capture.take(self._raw, text):
            written: int = self._raw.write(text)
            return written
        return len(text)

    def writelines(self, lines: Iterable[str], /) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def __repr__(self) -> str:
        return f"<{self._raw!r}, above spinning lines>"


def raw(stream: Stream) -> Stream:
    """Return the stream behind the one that stands in for it."""
    while isinstance(stream, Caught):
        stream = stream._raw
    return stream


class Capture:
    """Catches the text for one terminal.

    Parameters:
        terminal: a stream on it.
        lock: held while a text is taken.
        emit: takes what is to stand above the lines.
    """

    def __init__(self, terminal: Stream, lock: Any, emit: Print) -> None:
        self._terminal = terminal
        self._lock = lock
        self._emit = emit
        self._on = False
        self._replaced: list[tuple[str, Stream, Caught]] = []
        self._kept: dict[tuple[int, int], str] = {}  # by thread and stream

    def start(self) -> None:
        self._on = True
        for name in _NAMES:
            stream = getattr(sys, name)
            if stream is not None and same_terminal(raw(stream), self._terminal):
                raw(stream).flush()
                self._replaced.append((name, stream, Caught(raw(stream), self)))
        for name, _, caught in self._replaced:
            setattr(sys, name, caught)
        _swap_handlers({id(stream): caught for _, stream, caught in self._replaced})

    def stop(self) -> str:
        """Give the streams back, and return what was kept of unfinished lines."""
        self._on = False
        for name, stream, caught in self._replaced:
            if getattr(sys, name) is caught:  # otherwise somebody else has replaced it meanwhile
                setattr(sys, name, stream)
        _swap_handlers({id(caught): stream for _, stream, caught in self._replaced})
        self._replaced = []
        kept = "\n".join(self.unfinished())
        self._kept = {}
        return kept

    def unfinished(self) -> list[str]:
        """Return the text that waits for its line's end, of each thread and stream."""
        return list(self._kept.values())

    def take(self, stream: Stream, text: str) -> bool:
        """Take a text from a program; return false if it is to go its own way."""
        with self._lock:
            if not self._on:
                return False
            key = threading.get_ident(), id(stream)
            whole, end, rest = (self._kept.get(key, "") + text).rpartition("\n")
            # What a carriage return starts over is seen no more; a progress bar would fill the memory.
            body = rest.rstrip("\r")
            rest = rest[body.rfind("\r") + 1 :] if "\r" in body else rest
            if rest:
                self._kept[key] = rest
            else:
                self._kept.pop(key, None)
            if end:
                self._emit(stream, whole + end)
        return True


def _swap_handlers(by_id: dict[int, Stream]) -> None:
    """Give logging handlers other streams."""
    loggers = [logging.root, *logging.root.manager.loggerDict.values()]
    for logger in loggers:
        for handler in getattr(logger, "handlers", ()):  # what only holds a place in the tree has none
            stream = vars(handler).get("stream")
            if isinstance(handler, logging.StreamHandler) and id(stream) in by_id:
                # Not by setStream(), which waits for who logs at this moment, and that may wait for the board.
                handler.stream = by_id[id(stream)]
