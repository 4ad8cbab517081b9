"""What Python 3.6 made of each snippet, as recorded in ``verdicts.json``.

Snippets that are written out have their whole tree there; of the many others it holds a digest of each tree.
"""

import hashlib
import json
from pathlib import Path

from .snippets import WRITTEN_OUT, systematic

FILE = Path(__file__).with_name("verdicts.json")
REFUSED = "-"


def digest(tree: str | None) -> str:
    return REFUSED if tree is None else hashlib.sha256(tree.encode()).hexdigest()[:12]


def load() -> tuple[dict[str, str | None], dict[str, str]]:
    """The trees of the snippets that are written out, and the digests of the others."""
    content = json.loads(FILE.read_text("utf-8"))
    digests: dict[str, str] = {}
    groups = systematic()
    assert content["systematic"].keys() == groups.keys(), "record again: snippets have changed"
    for group, snippets in groups.items():
        digests.update(zip(snippets, content["systematic"][group].split(" "), strict=True))
    return content["written out"], digests


def store(trees: dict[str, str | None]) -> None:
    content = {
        "written out": {snippet: trees[snippet] for snippet in WRITTEN_OUT},
        "systematic": {
            group: " ".join(digest(trees[snippet]) for snippet in snippets) for group, snippets in systematic().items()
        },
    }
    FILE.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
