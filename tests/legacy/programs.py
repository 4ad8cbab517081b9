"""The old programs of ``corpus/``: which there are, and how each is started."""

from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).parent / "corpus"

# Listings without a guard: what their readers typed after loading them.
CALLS = {"spinner": "main"}


class Program(NamedTuple):
    name: str
    path: Path  # the file to run: NAME.py, or NAME/main.py for a program of several modules

    @property
    def root(self) -> Path:
        """What to copy, or to upgrade: the file, or the folder."""
        return self.path if self.path.parent == CORPUS else self.path.parent

    @property
    def call(self) -> str | None:
        return CALLS.get(self.name)

    @property
    def trollius(self) -> bool:
        return self.name.startswith("trollius")

    @property
    def python2(self) -> bool:
        return self.name.startswith("trollius2")


def programs() -> list[Program]:
    single = [Program(path.stem, path) for path in CORPUS.glob("*.py")]
    folders = [Program(path.parent.name, path) for path in CORPUS.glob("*/main.py")]
    return sorted(single + folders)
