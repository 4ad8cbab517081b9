"""The results file: what is merged comes from one run each, and says from which."""

from pathlib import Path

from sample import ran, row, run
from sample import results as sample

from benchmarks import results
from benchmarks.rounds import Outcome
from benchmarks.row import Row


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "new" / "latest.json"
    results.save(sample(), file)
    assert results.load(file) == sample()


def test_merging_replaces_rows_whole() -> None:
    new: results.Results = {
        "runs": {"2026-01-03": run("newest")},
        "rows": {"Queue": row("2026-01-03", "tasks", {"whorl": ran(0.7)})},
    }
    merged = results.merged(sample(), new)
    assert merged["rows"]["Queue"] == new["rows"]["Queue"]
    assert "asyncio" not in merged["rows"]["Queue"]["peers"]
    assert merged["rows"]["call_soon chain"]["run"] == "2026-01-02"


def test_a_run_that_no_row_is_left_of_is_forgotten() -> None:
    new: results.Results = {
        "runs": {"2026-01-03": run("newest")},
        "rows": {"Queue": row("2026-01-03", "tasks", {"whorl": ran(0.7)})},
    }
    assert list(results.merged(sample(), new)["runs"]) == ["2026-01-02", "2026-01-03"]


def test_rows_stand_in_the_order_of_the_questions() -> None:
    order = ["import", "Queue", "call_soon chain"]
    assert list(results.merged(sample(), results.empty(), order)["rows"]) == order


def test_a_row_that_nothing_asks_for_any_more_is_dropped() -> None:
    assert list(results.merged(sample(), results.empty(), ["Queue"])["rows"]) == ["Queue"]


def test_an_outcome_becomes_a_result() -> None:
    made = results.row_result(
        "2026-01-03",
        "tasks",
        Row("Queue", lambda *_: {"cpu": 1}, short=True),
        {"whorl": Outcome([{"cpu": 1}]), "rloop": Outcome([], "no such call")},
    )
    assert made == {
        **row("2026-01-03", "tasks", {}),
        "peers": {"whorl": ran(1), "rloop": {"status": "does not run", "reason": "no such call", "rounds": []}},
    }
