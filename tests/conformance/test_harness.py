"""The harness itself: it must find what is broken, name it, and stay silent about what is not.

``judge`` gets plain values, ``module_run`` a small module of asyncio's on loops that have a known fault.
"""

from collections import Counter

import pytest

from .judge import ASYNCIOS_OWN, ModuleRun, Outcome, problems
from .module_run import ASYNCIO, Runner
from .modules import suite_directory

LOOP = "under.test.Loop"
GOOD, BAD, SKIPPED = Outcome("passed"), Outcome("failed", "the traceback"), Outcome("skipped")


def run_of(*, loops: dict[str, int] | None = None, trouble: str = "", **outcomes: Outcome) -> ModuleRun:
    made = {LOOP: 1} if loops is None else loops
    return ModuleRun("test_x", LOOP, list(outcomes), outcomes, Counter(made), trouble)


@pytest.mark.parametrize(
    ("run", "baseline", "skips", "expected"),
    [
        pytest.param(run_of(a=GOOD), {}, {}, [], id="all passed"),
        pytest.param(run_of(a=BAD), {"a": GOOD}, {}, ["a: failed on"], id="worse than asyncio"),
        pytest.param(run_of(a=BAD), {"a": BAD}, {}, [], id="as bad as asyncio"),
        pytest.param(run_of(a=BAD), {}, {}, ["a: failed on"], id="asyncio was not asked"),
        pytest.param(run_of(a=GOOD, b=SKIPPED), {"b": GOOD}, {}, ["b: skipped on"], id="skips itself"),
        pytest.param(run_of(a=GOOD, b=SKIPPED), {"b": SKIPPED}, {}, [], id="skips itself on both"),
        pytest.param(run_of(a=BAD), {"a": GOOD}, {"a": "why"}, [], id="listed"),
        pytest.param(run_of(a=GOOD), {}, {"a": "why"}, ["a: listed"], id="listed, but passes"),
        pytest.param(run_of(a=BAD), {"a": BAD}, {"a": "why"}, ["a: listed"], id="listed, fails on both"),
        pytest.param(run_of(a=GOOD), {}, {"b": "why"}, ["b: listed"], id="listed, but does not exist"),
        pytest.param(run_of(a=GOOD, trouble="it broke"), {}, {}, ["it broke"], id="the module broke"),
        pytest.param(run_of(a=GOOD, loops={"Mock": 3}), {}, {}, ["test_x made no"], id="loop never made"),
        pytest.param(run_of(a=SKIPPED, loops={}), {"a": SKIPPED}, {}, [], id="nothing ran"),
        pytest.param(run_of(a=GOOD, loops={LOOP: 1, ASYNCIOS_OWN: 1}), {}, {}, ["test_x made loops"], id="other loop"),
    ],
)
def test_verdict(run: ModuleRun, baseline: dict[str, Outcome], skips: dict[str, str], expected: list[str]) -> None:
    found = problems(run, baseline, skips)
    assert len(found) == len(expected)
    assert all(text.startswith(start) for text, start in zip(found, expected, strict=True))


needs_suite = pytest.mark.skipif(suite_directory() is None, reason="this Python has no test.test_asyncio")
MODULE = "test_timeouts"
WITH_TIMER = f"{MODULE}.TimeoutTests.test_timeout_basic"
WITHOUT_TIMER = f"{MODULE}.TimeoutTests.test_repr_disabled"


@needs_suite
def test_a_sound_loop_passes() -> None:
    run = Runner().run("broken_loops:Sound", MODULE)
    assert problems(run, {}, {}) == []
    assert run.loops["broken_loops.Sound"] >= len(run.outcomes) > 10


@needs_suite
def test_a_wrong_answer_is_found() -> None:
    run = Runner().run("broken_loops:EarlyTimers", MODULE)
    baseline = Runner().run(ASYNCIO, MODULE, run.suspects())
    found = problems(run, baseline.outcomes, {})
    assert found
    assert all("on broken_loops.EarlyTimers, passes on asyncio" in text for text in found)


@needs_suite
def test_a_hang_is_named_and_shown() -> None:
    run = Runner().run("broken_loops:LostTimers", MODULE, [WITH_TIMER], test_timeout=1.0)
    assert run.outcomes[WITH_TIMER].kind == "crashed"
    assert "Timeout" in run.outcomes[WITH_TIMER].text
    assert "in run_forever" in run.outcomes[WITH_TIMER].text


@needs_suite
def test_a_crash_is_named_and_the_rest_still_runs() -> None:
    run = Runner().run("broken_loops:FatalTimers", MODULE, [WITH_TIMER, WITHOUT_TIMER])
    assert "killed by SIGABRT" in run.outcomes[WITH_TIMER].text
    assert run.outcomes[WITHOUT_TIMER].good


@needs_suite
def test_a_module_that_takes_too_long_is_stopped() -> None:
    run = Runner().run("broken_loops:LostTimers", MODULE, module_timeout=2.0)
    assert f"took too long in {MODULE}." in run.trouble
    assert "were not run" in run.trouble


@needs_suite
def test_a_loop_that_cannot_be_imported_is_trouble() -> None:
    run = Runner().run("broken_loops:NoSuchLoop", MODULE)
    assert "NoSuchLoop" in run.trouble
    assert problems(run, {}, {})


@needs_suite
def test_a_module_without_the_loop_is_found() -> None:
    run = Runner().run("broken_loops:Sound", "test_protocols")
    assert ["made no broken_loops.Sound" in text for text in problems(run, {}, {})] == [True]
