"""Decides what is wrong with a run of one test module; plain values in, sentences out.

The measure is asyncio in the same interpreter: a test is *worse* if it does not pass on the loop under test
although it does on asyncio. Not passing is failing, crashing, hanging, and also skipping itself, for that
would be silence. The tests that are worse must be exactly those that ``skips`` lists.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

ASYNCIOS_OWN = "asyncio.unix_events._UnixSelectorEventLoop"


@dataclass(frozen=True)
class Outcome:
    kind: str  # passed, expected failure, skipped, failed, error, unexpected success, crashed
    text: str = ""

    @property
    def good(self) -> bool:
        return self.kind in ("passed", "expected failure")


@dataclass
class ModuleRun:
    """What one test module did on one loop."""

    module: str
    loop: str = ""
    collected: list[str] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    loops: Counter[str] = field(default_factory=Counter)
    trouble: str = ""  # what kept the module as a whole from its end

    def suspects(self) -> list[str]:
        """Return the tests that did not pass, so that asyncio has to be asked about them."""
        return [test for test, outcome in self.outcomes.items() if not outcome.good]

    def summary(self) -> str:
        """Return one line: how many tests came to which end, on how many loops of which class."""
        kinds = Counter(outcome.kind for outcome in self.outcomes.values())
        ends = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
        loops = ", ".join(f"{number} {name}" for name, number in self.loops.most_common())
        return f"{self.module}: {ends}; loops: {loops}"


def problems(run: ModuleRun, baseline: Mapping[str, Outcome], skips: Mapping[str, str]) -> list[str]:
    """Return one text per problem.

    Parameters:
        run: the module on the loop under test.
        baseline: the outcomes of at least its suspects on asyncio.
        skips: the listed tests of this module for this version of Python, with their reasons.
    """
    worse = [test for test in run.suspects() if test not in baseline or baseline[test].good]
    found = [run.trouble] if run.trouble else []
    for test in worse:
        if test not in skips:
            outcome = run.outcomes[test]
            found.append(f"{test}: {outcome.kind} on {run.loop}, passes on asyncio\n{outcome.text}")
    for test in skips:
        if test not in run.collected:
            found.append(f"{test}: listed in skips.py, but there is no such test; remove the entry")
        elif test not in worse:
            found.append(f"{test}: listed in skips.py, but no worse than on asyncio; remove the entry")
    return found + loop_problems(run)


def loop_problems(run: ModuleRun) -> list[str]:
    """Return what shows that the tests ran on another loop than the one under test."""
    if all(outcome.kind == "skipped" for outcome in run.outcomes.values()):
        return []
    found = []
    if not run.loops[run.loop]:
        found.append(f"{run.module} made no {run.loop}, only {dict(run.loops)}: the tests never met it")
    if run.loop != ASYNCIOS_OWN and run.loops[ASYNCIOS_OWN]:
        found.append(f"{run.module} made loops of asyncio's own beside {run.loop}: {dict(run.loops)}")
    return found
