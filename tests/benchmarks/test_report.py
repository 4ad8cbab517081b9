"""What a reader gets to see: wins and losses alike, ties as ties, and why there is no figure."""

from pathlib import Path

import pytest
from sample import ran, row
from sample import results as sample

from benchmarks import bars, report, table
from benchmarks.results import save


def test_the_document_says_it_all() -> None:
    text = report.document(sample())
    assert "Of 3 rows, whorl is ahead of uvloop in 1, level with it in 1, and behind it in 1" in text
    assert "Behind: import (2.00)." in text
    assert "| call_soon chain | 0.500 µs | 0.20 (0.20–0.20) | **4.00** (4.00–4.00) | does not run |" in text  # noqa: RUF001
    assert "tie (0.90–1.10)" in text  # noqa: RUF001
    assert "failed in 1 of 3 rounds" in text
    assert "- call_soon chain: rloop does not run: no such call" in text
    assert "- Queue: rloop failed: RuntimeError: fell over" in text
    assert "whorl at old" in text
    assert "whorl at new" in text


def test_bars_are_met_or_missed() -> None:
    rows = sample()["rows"]
    assert bars.misses("call_soon chain", rows["call_soon chain"]) == []
    assert bars.misses("Queue", rows["Queue"]) == ["1.00 of uvloop, not 0.70"]
    assert bars.misses("import", rows["import"]) == ["behind uvloop: 2.00"]
    assert bars.misses("import", row("2026-01-01", "start", {"whorl": ran(1)})) is None


def test_rloop_and_c_have_bars_too() -> None:
    peers = {"whorl": ran(1.2, 1.2), "uvloop": ran(2, 2), "rloop": ran(1, 1), "C": ran(1, 1)}
    found = bars.misses("echo protocol, 100 connections", row("2026-01-01", "echo", peers))
    assert found == ["1.20 of C, not 1.15", "behind rloop: 1.20"]


@pytest.mark.parametrize(
    ("value", "text"), [(12345, "12,345"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123")]
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert table.number(value) == text


def test_the_readme_keeps_what_is_around_the_marks() -> None:
    text = f"before\n{report.START}\nold\n{report.END}\nafter\n"
    assert report.rewritten(text, "new") == f"before\n{report.START}\nnew\n{report.END}\nafter\n"
    with pytest.raises(ValueError, match="needs one"):
        report.rewritten("no marks", "new")


def test_the_picture_is_drawn_and_always_the_same(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / "latest.json"
    save(sample(), file)
    written = report.render(sample(), file)
    assert [path.name for path in written] == ["latest.md", "latest.svg"]
    first = written[1].read_bytes()
    report.render(sample(), file)
    assert written[1].read_bytes() == first


def test_without_matplotlib_there_is_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "find_spec", lambda _: None)
    assert [path.name for path in report.render(sample(), tmp_path / "latest.json")] == ["latest.md"]
