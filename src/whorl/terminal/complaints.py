"""What went wrong on a terminal, said to the program's log; of each stream once.

It is said when no lock of this room is held, as logging takes locks of its own.
"""

import logging

from whorl.terminal.stream import Stream

log = logging.getLogger("whorl.terminal")

_failed: dict[int, Stream] = {}  # by id; held, so that no other stream gets the same one


class Complaints:
    """What is still to be said."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def stream_fails(self, stream: Stream, why: str) -> None:
        if id(stream) not in _failed:
            _failed[id(stream)] = stream
            self._texts.append(f"nothing spins on {_name(stream)}: {why}; the program goes on without")

    def text_fails(self, error: Exception) -> None:
        self._texts.append(
            f"a line of the terminal is no longer drawn, as its text raised {_described(error)}; "
            "the program goes on without it"
        )

    def say(self) -> None:
        texts, self._texts = self._texts, []
        for text in texts:
            log.warning(text)


def _name(stream: Stream) -> str:
    if stream is None:
        return "sys.stdout"
    name = getattr(stream, "name", None)
    return name if isinstance(name, str) else f"a {type(stream).__name__}"


def _described(error: Exception) -> str:
    try:
        return repr(error)
    except Exception:
        return type(error).__name__
