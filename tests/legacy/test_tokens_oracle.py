"""The token pass agrees with Python 3.6 wherever ``async`` and ``await`` can stand, snippet by snippet."""

import warnings

import pytest

from . import verdicts
from .tree import tree

tokens = pytest.importorskip("whorl.legacy.tokens")

TREES, DIGESTS = verdicts.load()
SHOWN = 10  # differences that a failing test prints


@pytest.mark.parametrize("snippet", [snippet for snippet, found in TREES.items() if found is not None])
def test_what_is_written_out_gives_the_same_tree(snippet: str) -> None:
    assert _widened(snippet) == TREES[snippet]


def test_every_place_in_every_context_gives_the_same_tree() -> None:
    accepted = {snippet: digest for snippet, digest in DIGESTS.items() if digest != verdicts.REFUSED}
    assert len(accepted) > 1000
    found = {snippet: _widened(snippet) for snippet in accepted}
    different = [(snippet, tree) for snippet, tree in found.items() if verdicts.digest(tree) != accepted[snippet]]
    assert different[:SHOWN] == []


def test_what_was_refused_is_no_other_program_now() -> None:
    """Code that only later Pythons read, such as ``await`` in an f-string, means what it means to them, or nothing."""
    refused = [snippet for snippet, digest in DIGESTS.items() if digest == verdicts.REFUSED]
    refused += [snippet for snippet, found in TREES.items() if found is None]
    assert len(refused) > 1000
    changed = [
        (snippet, plain, ours)
        for snippet in refused
        if (plain := _tree(snippet)) is not None and (ours := _widened(snippet)) not in (None, plain)
    ]
    assert changed[:SHOWN] == []


def test_one_letter_for_one_and_back() -> None:
    for snippet in [*TREES, *DIGESTS]:
        widened = tokens.widen(snippet)
        assert len(widened) == len(snippet)
        assert tokens.narrow(widened) == snippet
        assert tokens.widen(widened) == widened


def _widened(snippet: str) -> str | None:
    return _tree(tokens.widen(snippet))


def _tree(source: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "is" with a literal, a call of a number, escapes: not of interest here
        found: str | None = tree(source)
        return found
