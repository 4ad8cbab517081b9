"""Every rule does what its example in the table says, and the documentation is that table."""

from pathlib import Path

import pytest

from whorl.legacy.upgrade.file import upgrade
from whorl.legacy.upgrade.rules import RULES, Kind, Rule, as_markdown, as_text

PAGE = Path(__file__).parents[3] / "docs" / "upgrade.md"

each = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


def program(text: str) -> bytes:
    return (text if "import" in text else f"import asyncio\n\n{text}").encode() + b"\n"


@each
def test_example(rule: Rule) -> None:
    outcome = upgrade(program(rule.before))
    assert outcome.content == program(rule.after or rule.before)
    assert outcome.problem == ""
    assert rule.name in {remark.rule for remark in outcome.remarks}


@each
def test_what_is_refused_is_refused_for_that_alone(rule: Rule) -> None:
    outcome = upgrade(program(rule.before))
    assert outcome.refused == (rule.kind is Kind.REFUSED)
    if outcome.refused:
        assert {remark.rule for remark in outcome.remarks} == {rule.name}


@each
def test_twice_is_once(rule: Rule) -> None:
    once = upgrade(program(rule.before))
    again = upgrade(once.content)
    assert again.content == once.content
    if not once.refused:
        assert {remark.kind for remark in again.remarks} <= {Kind.WARNED.value}


def test_the_page_is_current() -> None:
    head, heading, _ = PAGE.read_text().partition("## What is rewritten\n")
    assert PAGE.read_text() == head + as_markdown(), "run: python -m tests.legacy.upgrade.write_page"
    assert heading


def test_the_table_has_every_kind_and_rule() -> None:
    text = as_text()
    assert [line for line in text.splitlines() if line and line[0] != " "] == ["Rewritten", "Warned about", "Refused"]
    assert all(f"\n  {name}: " in text for name in RULES)
