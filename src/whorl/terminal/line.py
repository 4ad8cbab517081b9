"""One line of a board, and how it looks: a pure function of the line, the time and the width.

A line turns until it ends, as one of `OK`, `FAILED` and `GONE`. Its text may be any object; it is asked for its
``str`` each time the line is drawn.
"""

from collections.abc import Sequence
from typing import Literal

from whorl.terminal.frames import CLASSIC, Frames
from whorl.terminal.stream import Look
from whorl.terminal.text import cells, clean, cut, duration

Outcome = Literal["ok", "failed", "gone"]
OK: Outcome = "ok"  # a check mark, and the line stays
FAILED: Outcome = "failed"  # a cross, and the line stays
GONE: Outcome = "gone"  # the line is erased

_CYAN, _GREEN, _RED, _PLAIN = "\x1b[36m", "\x1b[32m", "\x1b[31m", "\x1b[0m"


class Line:
    """A text with something that turns before it.

    Parameters:
        text: what to show; can be set at any time, and is seen at the next frame.
        frames: what turns.
        elapsed: whether to show the time since it began.
    """

    def __init__(self, text: object = "", frames: Frames = CLASSIC, *, elapsed: bool = False) -> None:
        self.text = text
        self.frames = frames
        self.elapsed = elapsed
        self.began: float | None = None  # on time.monotonic(), as every time here
        self.ended: float | None = None
        self.outcome: Outcome | None = None
        self.broken = False  # drawing it has raised

    def draw(self, now: float, width: int | None, look: Look) -> str:
        """Return the row as it is at a moment.

        Parameters:
            now: seconds on the clock on which the line began.
            width: cells that there are; ``None`` to cut nothing.
            look: of the stream.
        """
        head, colour = self._head(now, look)
        text = look.shown(clean(str(self.text)))
        tail = ""
        if self.elapsed and self.began is not None:
            tail = duration((now if self.ended is None else self.ended) - self.began)
        if width is not None:
            head = cut(head, width)
            room = width - cells(head)
            tail = tail if len(tail) < room else ""
            text = cut(text, room - 1 - (len(tail) + 1 if tail else 0), look.more)
        if look.colour and head:
            head = f"{colour}{head}{_PLAIN}"
        return " ".join(part for part in (head, text, tail) if part)

    def announce(self, look: Look) -> str:
        """Return the row that says that it begins, where nothing moves."""
        return look.shown(clean(str(self.text)))

    def _head(self, now: float, look: Look) -> tuple[str, str]:
        if self.outcome == FAILED:
            return look.fail, _RED
        if self.outcome is not None:
            return look.ok, _GREEN
        frames = self.frames if look.can_show("".join(self.frames.texts)) else CLASSIC
        texts = [clean(text) for text in frames.texts]
        frame = clean(frames.at(now))
        # Of one width, so that the text stands still.
        return frame + " " * (max(map(cells, texts)) - cells(frame)), _CYAN


def fitting(rows: Sequence[str], height: int, look: Look, more: int = 0) -> list[str]:
    """Return as many rows as fit, and one that says how many do not, with ``more`` that were not even drawn."""
    height = max(1, height)
    if len(rows) + more <= height:
        return list(rows)
    hidden = len(rows) + more - (height - 1)
    return [*rows[: height - 1], f"{look.more} {hidden} more"]
