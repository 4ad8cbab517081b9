"""Text for one row of a terminal: no character of it moves the cursor, and it is cut by cells.

A cell is what a narrow character fills; wide characters and emoji fill two, combining ones none.
"""

import re

from rich.cells import cell_len, set_cell_size

# A whole escape sequence (CSI, OSC, or of two characters), so that what is left of a coloured text is the text.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -~])?")
_BREAKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_CONTROLS = {number: " " if chr(number) in _BREAKS else None for number in (*range(32), *range(127, 160))}
_CONTROLS |= {0x2028: " ", 0x2029: " "}


def clean(text: str) -> str:
    """Make a text one row: breaks become spaces, escape sequences and other control characters go."""
    return text if text.isprintable() else _ESCAPE.sub("", text).translate(_CONTROLS)


def cells(text: str) -> int:
    """Return how many cells a text fills."""
    return cell_len(text)


def cut(text: str, width: int, more: str = "") -> str:
    """Cut a text to at most ``width`` cells; ``more`` stands where something was cut."""
    if cell_len(text) <= width:
        return text
    if cell_len(more) > width:
        more = ""
    # Half of a wide character is a space in rich's cut.
    return set_cell_size(text, max(0, width - cell_len(more))).rstrip(" ") + more


def duration(seconds: float) -> str:
    """Write a time as it is read: ``3.2s``, ``4m 05s``, ``2h 07m``."""
    if seconds < 59.95:
        return f"{max(0.0, seconds):.1f}s"
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m {rest:02}s"
