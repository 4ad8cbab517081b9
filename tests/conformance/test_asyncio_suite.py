"""asyncio's own tests, on whorl: nothing may fail that passes on asyncio in the same interpreter.

Each module runs in a process of its own, two at a time. What does not pass is run again on asyncio, and the
two are compared (see ``judge``). ``CONFORMANCE_LOOP=package.module:Class`` puts another loop under test.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import pytest

from .judge import ModuleRun, problems
from .module_run import ASYNCIO, MODULE_TIMEOUT, WHORL, Runner
from .modules import FUNCTIONAL, LEFT_OUT, modules_here, suite_directory
from .skips import SKIPS, skips_of

LOOP = os.environ.get("CONFORMANCE_LOOP", WHORL)
AT_ONCE = 2  # asyncio's tests mostly sleep, but some measure time and would notice a crowd

pytestmark = pytest.mark.skipif(
    suite_directory() is None,
    reason="this Python has no test.test_asyncio (Debian keeps it in libpython3-testsuite)",
)


class Comparison(NamedTuple):
    run: ModuleRun
    problems: list[str]


def compare(runner: Runner, module: str) -> Comparison:
    run = runner.run(LOOP, module)
    suspects = run.suspects()
    baseline = runner.run(ASYNCIO, module, suspects).outcomes if suspects else {}
    return Comparison(run, problems(run, baseline, skips_of(module)))


@pytest.fixture(scope="session")
def comparisons(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Comparison]]:
    """Start all modules that pytest selected, two at a time, and return the way to wait for one."""
    selected = [item.name for item in request.session.items if item.name.startswith("test_module[")]
    runner = Runner()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures: dict[str, Future[Comparison]] = {
            module: pool.submit(compare, runner, module)
            for module in modules_here()
            if f"test_module[{module}]" in selected
        }
        try:
            yield lambda module: futures[module].result()
        finally:
            runner.stop()


@pytest.mark.timeout(3 * MODULE_TIMEOUT)
@pytest.mark.parametrize("module", modules_here())
def test_module(module: str, comparisons: Callable[[str], Comparison]) -> None:
    run, found = comparisons(module)
    print(run.summary())  # the evidence, for pytest -rP
    assert not found, "\n\n".join(found)


def test_every_module_of_asyncio_is_accounted_for() -> None:
    directory = suite_directory()
    assert directory is not None
    there = {path.stem for path in directory.glob("test_*.py")}
    assert there - set(LEFT_OUT) == set(modules_here())


def test_each_skip_is_of_a_module_that_runs_and_has_a_reason() -> None:
    assert [skip for skip in SKIPS if skip.test.split(".")[0] not in FUNCTIONAL or not skip.reason] == []
    assert len({skip.test for skip in SKIPS}) == len(SKIPS)
