"""How a line looks: a pure function of the line, the time and the width."""

import pytest

from whorl.terminal.frames import CLASSIC, Frames
from whorl.terminal.line import FAILED, GONE, OK, Line, Outcome, fitting
from whorl.terminal.stream import Look

PLAIN = Look(encoding="utf-8")
ASCII = Look(encoding="ascii", ok="+", fail="x", more="...")


def turning(text: object, frames: Frames = CLASSIC, *, elapsed: bool = False) -> Line:
    line = Line(text, frames, elapsed=elapsed)
    line.began = 100.0
    return line


def ended(outcome: Outcome, *, elapsed: bool = False) -> Line:
    line = turning("work", elapsed=elapsed)
    line.outcome, line.ended = outcome, 103.5
    return line


def test_it_turns_with_the_time() -> None:
    line = turning("thinking!")
    seen = [line.draw(100.05 + step / 10, 20, PLAIN) for step in range(5)]
    assert seen == ["| thinking!", "/ thinking!", "- thinking!", "\\ thinking!", "| thinking!"]


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (80, "| thinking! 2.1s"),
        (16, "| thinking! 2.1s"),
        (15, "| thinkin… 2.1s"),
        (8, "| … 2.1s"),
        (3, "| …"),
        (1, "|"),
    ],
)
def test_the_text_gives_way_to_frame_and_time(width: int, row: str) -> None:
    assert turning("thinking!", elapsed=True).draw(102.06, width, PLAIN) == row


@pytest.mark.parametrize(
    ("outcome", "look", "row"),
    [
        (OK, PLAIN, "✓ work"),
        (FAILED, PLAIN, "✗ work"),
        (GONE, PLAIN, "✓ work"),
        (OK, ASCII, "+ work"),
        (FAILED, ASCII, "x work"),
        (OK, Look(colour=True), "\x1b[32m✓\x1b[0m work"),
        (FAILED, Look(colour=True), "\x1b[31m✗\x1b[0m work"),
    ],
)
def test_the_end_has_a_mark(outcome: Outcome, look: Look, row: str) -> None:
    assert ended(outcome).draw(200, None, look) == row


def test_the_time_stands_still_at_the_end() -> None:
    assert ended(OK, elapsed=True).draw(200, None, PLAIN) == "✓ work 3.5s"


def test_frames_have_one_width() -> None:
    line = turning("x", Frames(("", "⚽", "a\n"), 1.0))
    assert [line.draw(now, 9, PLAIN) for now in (0.5, 1.5, 2.5)] == ["   x", "⚽ x", "a  x"]


def test_what_the_stream_can_not_encode_is_replaced() -> None:
    line = turning("naïve 日本", Frames(("⠋",), 0.1))
    assert line.draw(0.05, 20, ASCII) == "| na?ve ??"
    assert turning("naïve", Frames(("é",), 0.1)).draw(0.05, 20, Look(encoding="latin-1")) == "é naïve"
    assert turning("\ud800").draw(0.05, 20, PLAIN) == "| ?"


def test_any_object_is_a_text() -> None:
    assert turning(42).draw(0.05, 20, PLAIN) == "| 42"
    assert turning("").draw(0.05, 20, PLAIN) == "|"


def test_rows_that_do_not_fit_are_counted() -> None:
    rows = ["a", "b", "c", "d"]
    assert fitting(rows, 4, PLAIN) == rows
    assert fitting(rows, 3, PLAIN) == ["a", "b", "… 2 more"]
    assert fitting(rows, 1, PLAIN) == ["… 4 more"]
    assert fitting(rows, 0, ASCII) == ["... 4 more"]
