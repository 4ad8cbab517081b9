"""Frames by name and as a sequence, and what is said about others."""

from typing import Any

import pytest

import whorl
from whorl.terminal.frames import CLASSIC, Frames, frames_of


def test_the_classic_is_the_default() -> None:
    assert frames_of("line") is CLASSIC
    assert Frames(("|", "/", "-", "\\"), 0.1) == CLASSIC


def test_rich_knows_the_names() -> None:
    dots = frames_of("dots")
    assert dots.texts[0] == "⠋"
    assert dots.interval == 0.08
    assert frames_of("dots", 1).interval == 1


def test_a_sequence_is_taken_as_it_is() -> None:
    assert frames_of([".", ".."]) == Frames((".", ".."), 0.1)
    assert frames_of(("a",), 0.5) == Frames(("a",), 0.5)


def test_lines_turn_in_step() -> None:
    frames = Frames(("a", "b", "c"), 0.5)
    assert [frames.at(now / 4) for now in range(8)] == ["a", "a", "b", "b", "c", "c", "a", "a"]
    assert frames.next_change(0.6) == 1.0


@pytest.mark.parametrize(
    ("frames", "interval", "error", "says"),
    [
        ("dotz", None, ValueError, "no frames are named 'dotz'; did you mean 'dots"),
        ("", None, ValueError, "rich.spinner` shows all"),
        ("qqqqqqqq", None, ValueError, "`python -m rich.spinner` shows all"),
        ([], None, ValueError, "at least one string"),
        ([1, 2], None, TypeError, "each frame must be a string, got int"),
        (b"ab", None, TypeError, "a name or a sequence of strings, got bytes"),
        (3, None, TypeError, "got int"),
        (None, None, TypeError, "got NoneType"),
        ("line", "1", TypeError, "interval must be a number of seconds, got str"),
        ("line", True, TypeError, "got bool"),
        ("line", 0, ValueError, "positive number of seconds, got 0"),
        ("line", -1, ValueError, "got -1"),
        ("line", float("nan"), ValueError, "got nan"),
        ("line", float("inf"), ValueError, "got inf"),
    ],
)
def test_what_can_not_turn_is_refused_at_once(frames: Any, interval: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        whorl.spinner("x", frames=frames, interval=interval)
