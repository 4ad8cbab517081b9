"""Results that are made up."""

from benchmarks.results import PeerResult, Results, RowResult


def ran(*values: float | None) -> PeerResult:
    rounds = [None if value is None else {"cpu": value} for value in values]
    return {"status": "ran", "reason": "RuntimeError: fell over" if None in values else "", "rounds": rounds}


def row(run: str, question: str, peers: dict[str, PeerResult]) -> RowResult:
    return {"run": run, "question": question, "unit": "µs", "main": "cpu", "short": True, "peers": peers}


def run(revision: str) -> dict[str, object]:
    return {
        "revision": revision,
        "python": "CPython 3.11.0",
        "versions": {"uvloop": "0.23.0"},
        "kernel": "Linux 6.1",
        "cpu": "an abacus",
        "cores": 2,
        "load": [0.1, 0.2, 0.3],
        "rounds": 3,
    }


def results() -> Results:
    refused: PeerResult = {"status": "does not run", "reason": "no such call", "rounds": []}
    failed: PeerResult = {"status": "failed", "reason": "RuntimeError: fell over", "rounds": [None, None, None]}
    return {
        "runs": {"2026-01-01": run("old"), "2026-01-02": run("new")},
        "rows": {
            "call_soon chain": row(
                "2026-01-02",
                "callbacks",
                {"whorl": ran(0.1, 0.1, 0.1), "asyncio": ran(2, 2, 2), "uvloop": ran(0.5, 0.5, 0.5), "rloop": refused},
            ),
            "Queue": row(
                "2026-01-01",
                "tasks",
                {"whorl": ran(1.1, 0.9, 1.0), "asyncio": ran(3, None, 3), "uvloop": ran(1, 1, 1), "rloop": failed},
            ),
            "import": row("2026-01-02", "start", {"whorl": ran(20, 21, 20), "uvloop": ran(10, 10, 10)}),
        },
    }
