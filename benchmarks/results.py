"""The results file. A row's figures come from one run, whole: merging replaces rows, and never mixes figures.

``runs`` describes each run by its date; each of ``rows`` names its run:

    {"runs": {"2025-01-31T12:00:00+00:00": {"kernel": …, "versions": …, …}},
     "rows": {"call_soon chain": {"run": "2025-01-31T…", "question": …, "unit": …, "main": …, "rounds": 5,
              "peers": {"uvloop": {"status": "ran", "reason": "", "rounds": [{"cpu": 0.2, "wall": 0.2}, …]}}}}}
"""

import json
from pathlib import Path
from typing import TypedDict

from benchmarks.figures import Figure, figure, ratio
from benchmarks.peers import REFERENCE
from benchmarks.rounds import Outcome
from benchmarks.row import Figures, Row


class PeerResult(TypedDict):
    status: str  # "ran", "failed", "does not run"
    reason: str
    rounds: list[Figures | None]


class RowResult(TypedDict):
    run: str
    question: str
    unit: str
    main: str
    short: bool
    peers: dict[str, PeerResult]


class Results(TypedDict):
    runs: dict[str, dict[str, object]]
    rows: dict[str, RowResult]


def empty() -> Results:
    return {"runs": {}, "rows": {}}


def row_result(run: str, question: str, row: Row, outcomes: dict[str, Outcome]) -> RowResult:
    return {
        "run": run,
        "question": question,
        "unit": row.unit,
        "main": row.main,
        "short": row.short,
        "peers": {
            peer: {"status": outcome.status, "reason": outcome.reason, "rounds": outcome.rounds}
            for peer, outcome in outcomes.items()
        },
    }


def merged(old: Results, new: Results, order: list[str] | None = None) -> Results:
    """The old rows where there are no new ones; rows that are not in the order, and runs without a row, are dropped."""
    rows = {**old["rows"], **new["rows"]}
    kept = {name: rows[name] for name in order or rows if name in rows}
    used = {row["run"] for row in kept.values()}
    return {"runs": {date: run for date, run in {**old["runs"], **new["runs"]}.items() if date in used}, "rows": kept}


def load(path: Path) -> Results:
    results: Results = json.loads(path.read_text())
    return results


def save(results: Results, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n")


def main_values(row: RowResult, peer: str) -> list[float | None]:
    """The main figure of each round; empty if the peer has none."""
    if peer not in row["peers"]:
        return []
    return [None if figures is None else figures[row["main"]] for figures in row["peers"][peer]["rounds"]]


def main_figure(row: RowResult, peer: str) -> Figure | None:
    values = [value for value in main_values(row, peer) if value is not None]
    return figure(values) if values else None


def ratio_to(row: RowResult, peer: str, reference: str = REFERENCE) -> Figure | None:
    """Ratio of the main figures of two peers, or None if one of them has none."""
    ours, theirs = main_values(row, peer), main_values(row, reference)
    return ratio(ours, theirs) if len(ours) == len(theirs) else None
