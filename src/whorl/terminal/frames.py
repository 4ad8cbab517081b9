"""What turns: a few texts of one width, shown one after the other.

All lines that have the same interval turn in step: their frame depends on the clock, not on when they began. So ten
lines change, and are painted, together.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

LINE = "line"  # the name of the classic
INTERVAL = 0.1  # seconds; as in the classic


@dataclass(frozen=True)
class Frames:
    """Texts, and for how many seconds each is shown."""

    texts: tuple[str, ...]
    interval: float

    def at(self, now: float) -> str:
        return self.texts[int(now / self.interval) % len(self.texts)]

    def next_change(self, now: float) -> float:
        return (math.floor(now / self.interval) + 1) * self.interval


CLASSIC = Frames(("|", "/", "-", "\\"), INTERVAL)


def frames_of(frames: str | Sequence[str], interval: float | None = None) -> Frames:
    """Find frames by name, or take them from a sequence.

    Parameters:
        frames: a name that `rich.spinner` knows, ``line`` for the classic, or the texts themselves.
        interval: seconds for each; ``None`` for those that belong to the name.

    Raises:
        TypeError: ``frames`` or ``interval`` is of another type.
        ValueError: nobody knows the name, there is no frame, or the interval isn't a time.
    """
    if isinstance(frames, str):
        found = _named(frames)
    elif isinstance(frames, Sequence) and not isinstance(frames, bytes | bytearray | memoryview):
        found = Frames(tuple(frames), INTERVAL)
    else:
        raise TypeError(f"frames must be a name or a sequence of strings, got {type(frames).__name__}")
    for text in found.texts:
        if not isinstance(text, str):
            raise TypeError(f"each frame must be a string, got {type(text).__name__}")
    if not found.texts:
        raise ValueError("frames must hold at least one string, got none")
    if interval is None:
        return found
    if isinstance(interval, bool) or not isinstance(interval, int | float):
        raise TypeError(f"interval must be a number of seconds, got {type(interval).__name__}")
    if not 0 < interval < math.inf:
        raise ValueError(f"interval must be a positive number of seconds, got {interval}")
    return Frames(found.texts, float(interval))


def _named(name: str) -> Frames:
    if name == LINE:
        return CLASSIC
    from rich.spinner import SPINNERS  # type: ignore[attr-defined]  # here, as most spinners are the classic

    known: Mapping[str, Any] = SPINNERS
    if name not in known:
        near = get_close_matches(name, known)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "`python -m rich.spinner` shows all"
        raise ValueError(f"no frames are named {name!r}; {hint}")
    return Frames(tuple(known[name]["frames"]), known[name]["interval"] / 1000)
