"""Every row can be measured: those of the loop on whorl and on asyncio, those of the network one per question."""

import asyncio
import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import bars, questions
from benchmarks.child import Failed, ask, in_child
from benchmarks.operation import Run, operation
from benchmarks.peers import BY_NAME
from benchmarks.rounds import measure
from benchmarks.row import Row, Unsupported

ROOT = Path(__file__).parent.parent.parent
ROWS = questions.rows()
LOADED = [
    next(row for row in rows if not hasattr(row.measure, "__wrapped__"))
    for rows in ROWS.values()
    if any(not hasattr(row.measure, "__wrapped__") for row in rows)
]


@pytest.mark.parametrize(("peer", "least"), [("whorl", 31), ("asyncio", 31), ("C", len(ROWS["tasks"]))])
def test_rows_of_the_loop(peer: str, least: int) -> None:
    script = Path(__file__).parent / "every_row.py"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    words = [sys.executable, str(script), peer]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) >= least
    for name, figures in found.items():
        if isinstance(figures, str):
            assert "not installed" in figures, f"{name}: {figures}"
            continue
        for key, value in figures.items():
            assert math.isfinite(value), (name, key)
            assert value >= 0, (name, key)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the load generator is compiled by gcc")
@pytest.mark.parametrize("row", LOADED, ids=lambda row: row.name)
def test_rows_of_the_network(row: Row) -> None:
    try:
        figures = row.measure(BY_NAME["whorl"], 0.05)
    except Unsupported as refusal:
        pytest.skip(str(refusal))
    assert figures[row.main] > 0


def test_the_short_form_is_part_of_the_full_one() -> None:
    short = [row.name for rows in ROWS.values() for row in rows if row.short]
    assert {"call_soon chain", "echo protocol, 100 connections", "uvicorn plaintext"} <= set(short)
    assert len(short) < sum(map(len, ROWS.values())) / 2


def test_bars_belong_to_rows() -> None:
    names = {row.name for rows in ROWS.values() for row in rows}
    assert not {*bars.TO_UVLOOP, *bars.TO_C} - names


def test_a_question_says_what_its_figure_is() -> None:
    for question in ROWS:
        text = sys.modules[f"benchmarks.{question}"].__doc__
        assert text is not None
        assert re.search(r"\?.*(µs|bytes|KiB)", text, re.DOTALL | re.IGNORECASE), question


@pytest.fixture
def _children_find_this(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.mark.usefixtures("_children_find_this")
def test_a_child_that_raises_has_failed_and_ends_nothing() -> None:
    row = Row("broken", in_child(failing))
    outcomes = measure(row, [BY_NAME["asyncio"]], 3, 0.01, lambda _: None)
    assert outcomes["asyncio"].status == "failed"
    assert "ZeroDivisionError" in outcomes["asyncio"].reason


@pytest.mark.usefixtures("_children_find_this")
def test_a_child_may_refuse() -> None:
    with pytest.raises(Unsupported, match="that much"):
        in_child(refusing)(BY_NAME["asyncio"], 0.01)


@pytest.mark.usefixtures("_children_find_this")
def test_a_child_that_dies_has_failed() -> None:
    with pytest.raises(Failed, match="exit status -9"):
        in_child(dying)(BY_NAME["asyncio"], 0.01)


def test_a_child_that_says_nothing_has_failed() -> None:
    with pytest.raises(Failed, match="without an answer"):
        ask("benchmarks.figures")


def test_an_operation_is_counted_once() -> None:
    """What runs ten times as often costs a tenth."""
    one, ten = busy("asyncio", 0.1)["cpu"], busy_ten("asyncio", 0.1)["cpu"]
    assert 5 < one / ten < 20


@operation()
def busy(_: asyncio.AbstractEventLoop) -> Run:
    return spin


@operation(per=10)
def busy_ten(_: asyncio.AbstractEventLoop) -> Run:
    return spin


def spin(count: int) -> None:
    for _ in range(count * 1000):
        pass


def failing(peer: str, seconds: float, /) -> dict[str, float]:
    return {"cpu": 1 / 0}


def refusing(peer: str, seconds: float, /) -> dict[str, float]:
    raise NotImplementedError("not that much")


def dying(peer: str, seconds: float, /) -> dict[str, float]:
    os.kill(os.getpid(), 9)
    return {}
