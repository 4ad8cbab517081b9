"""Old programs that ``whorl upgrade`` leaves to their owner, each with words of the reason that it gives."""

REFUSED: dict[str, str] = {}
