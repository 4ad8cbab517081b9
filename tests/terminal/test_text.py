"""Text for one row: nothing in it moves the cursor, and it is cut by cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.terminal.text import cells, clean, cut, duration


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\r\nand\ttab", "two lines  and tab"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("\x1b[2J\x1b[Hclear", "clear"),
        ("bell\x07 back\x08 null\x00", "bell back null"),
        ("\x9b31mC1", "31mC1"),
        ("\x1b", ""),
        ("[bold]no markup[/bold]", "[bold]no markup[/bold]"),
        ("日本\u3000語 é e\u0301 👩‍👧", "日本\u3000語 é e\u0301 👩‍👧"),
    ],
)
def test_what_moves_the_cursor_goes(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(st.characters()))
def test_no_control_character_is_left(text: str) -> None:
    assert not [char for char in clean(text) if ord(char) < 32 or 127 <= ord(char) < 160]


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("thinking", 8, "thinking"),
        ("thinking", 7, "thinki…"),
        ("thinking", 1, "…"),
        ("thinking", 0, ""),
        ("thinking", -3, ""),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("two words", 5, "two…"),
    ],
)
def test_a_text_is_cut_by_cells(text: str, width: int, shown: str) -> None:
    assert cut(text, width, "…") == shown


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))), st.integers(0, 30))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert cells(cut(text, width, "...")) <= width


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0.0s"),
        (3.24, "3.2s"),
        (59.94, "59.9s"),
        (59.96, "1m 00s"),
        (245, "4m 05s"),
        (3599.9, "1h 00m"),
        (7620, "2h 07m"),
        (-1, "0.0s"),
    ],
)
def test_times_are_written_as_they_are_read(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown
