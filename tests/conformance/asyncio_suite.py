"""Run one of asyncio's own test modules on a chosen loop: a script, for one process per module.

The tests stay as they are; the loop changes where they get it from:

* the default policy (``new_event_loop``, ``asyncio.run``, ``Runner``, ``IsolatedAsyncioTestCase``);
* ``asyncio.SelectorEventLoop`` and, since 3.13, ``asyncio.EventLoop``. A test that hands over a selector of
  its choice runs too, and a loop that takes none is made without it;
* two helpers that make a mock loop where a real one does as well: ``new_test_loop`` when no script of the
  time is given to it, and ``new_loop`` of test_runners. Loops with scripted time stay mocks.

What happens is appended to the report at once, one JSON object per line, so that a crash or a hang leaves the
name of its test behind: first ``{"loop", "collected"}``, then for each test ``{"started"}`` and ``{"test",
"outcome", "text", "loops"}``. ``loops`` counts the event loops made since the last outcome, by class.
"""

import argparse
import asyncio
import faulthandler
import importlib
import inspect
import io
import json
import os
import selectors
import sys
import traceback
import unittest
import warnings
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import Any, TextIO

PREFIX = "test.test_asyncio."
# Tests that turn their loop by hand, with private methods of BaseEventLoop: they keep the mock loop too.
TURNED_BY_HAND = {"test_log_destroyed_pending_task"}
TEXT_LIMIT = 6000  # characters of a traceback: enough for two chained ones, and a report stays readable

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


def find_loop(name: str) -> type[asyncio.BaseEventLoop]:
    """Return the class that ``package.module:attribute`` names."""
    module, _, attribute = name.partition(":")
    found: type[asyncio.BaseEventLoop] = getattr(importlib.import_module(module), attribute)
    return found


def class_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def use_loop(loop_class: type[asyncio.BaseEventLoop]) -> None:
    """Make every way to a real event loop lead to this class."""
    names: dict[str, Any] = vars(asyncio)
    names["DefaultEventLoopPolicy"]._loop_factory = loop_class
    for name in ("SelectorEventLoop", "EventLoop"):
        if name in names:
            names[name] = loop_class


def use_loop_in_helpers(loop_class: type[asyncio.BaseEventLoop], module: str) -> None:
    """Make asyncio's test helpers give a loop of this class where they would give a needless mock."""
    utils: Any = importlib.import_module(PREFIX + "utils")
    scripted_loop = utils.TestCase.new_test_loop

    def new_test_loop(case: Any, gen: object = None) -> Any:
        if gen is not None or case._testMethodName in TURNED_BY_HAND:
            return scripted_loop(case, gen)
        loop = loop_class()
        case.set_event_loop(loop)
        return loop

    utils.TestCase.new_test_loop = new_test_loop

    def new_loop(case: object) -> Any:
        loop: Any = loop_class()
        loop.shutdown_ag_run = False

        async def shutdown_asyncgens() -> None:
            loop.shutdown_ag_run = True

        loop.shutdown_asyncgens = shutdown_asyncgens
        return loop

    if module == "test_runners":
        runners: Any = importlib.import_module(PREFIX + module)
        runners.BaseTest.new_loop = new_loop


def count_loops(loop_class: type[asyncio.BaseEventLoop]) -> Counter[str]:
    """Return a live count of the event loops made from now on, by class."""
    made: Counter[str] = Counter()
    mock: Any = asyncio.BaseEventLoop
    tested: Any = loop_class
    init_mock, init_tested = mock.__init__, tested.__init__
    takes_selector = "selector" in inspect.signature(init_tested).parameters

    def count_mock(self: object) -> None:
        if not isinstance(self, loop_class):
            made[class_name(type(self))] += 1
        init_mock(self)

    # By itself: nothing obliges the loop under test to call the constructor that it inherits.
    def count_tested(self: object, selector: selectors.BaseSelector | None = None) -> None:
        made[class_name(type(self))] += 1
        if selector is not None and not takes_selector:
            selector.close()
        init_tested(self, *([selector] if takes_selector else []))

    mock.__init__ = count_mock
    tested.__init__ = count_tested
    return made


class Report:
    """The file that outlives this process, written line by line."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115 - open until the process ends
        self._owner = os.getpid()

    def write(self, **entry: object) -> None:
        # Some tests fork, and what the fork finds is the test's business.
        if os.getpid() == self._owner:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()


class Recorder(unittest.TestResult):
    """Writes down each test as it starts and as it ends, and ends the process when one takes too long."""

    def __init__(self, report: Report, made: Counter[str], test_timeout: float, log: TextIO) -> None:
        super().__init__()
        self._report = report
        self._made = made
        self._test_timeout = test_timeout
        self._log = log
        self._parent = os.getppid()
        self._running = ""
        self._outcome = ""
        self._text = ""

    def watch_over(self) -> None:
        """Start the clock anew: the process has ``test_timeout`` seconds to get to the next test."""
        faulthandler.dump_traceback_later(self._test_timeout, exit=True, file=self._log)

    def startTest(self, test: unittest.TestCase) -> None:
        if os.getppid() != self._parent:
            os._exit(1)  # pytest was killed: nobody will read on
        super().startTest(test)
        self._running, self._outcome, self._text = test_id(test), "", ""
        self._report.write(started=self._running)
        self.watch_over()

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        if self._running:
            self._close(self._running)
        self.watch_over()

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self._note(test, "passed")

    def addError(self, test: unittest.TestCase, err: _ExcInfo) -> None:
        super().addError(test, err)
        self._note(test, "error", err)

    def addFailure(self, test: unittest.TestCase, err: _ExcInfo) -> None:
        super().addFailure(test, err)
        self._note(test, "failed", err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._note(test, "skipped", reason=reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: _ExcInfo) -> None:
        super().addExpectedFailure(test, err)
        self._note(test, "expected failure")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self._note(test, "unexpected success")

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: _ExcInfo | None) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._note(test, "failed", err, reason=str(subtest))

    def _note(self, test: unittest.TestCase, outcome: str, err: _ExcInfo | None = None, reason: str = "") -> None:
        trace = "" if err is None else "".join(traceback.format_exception(*err))
        # One test may report more than once (sub-tests, a cleanup that fails): the worst is what counts.
        if self._outcome not in ("failed", "error"):
            self._outcome = outcome
        self._text = "\n".join(filter(None, (self._text, reason, trace)))
        if not self._running:  # a class or module fixture, and in some versions a skipped test, never starts
            self._close(test_id(test))

    def _close(self, test: str) -> None:
        self._report.write(
            test=test, outcome=self._outcome or "passed", text=self._text[-TEXT_LIMIT:], loops=self._made
        )
        self._made.clear()
        self._running, self._outcome, self._text = "", "", ""


def test_id(test: unittest.TestCase) -> str:
    """Return ``test_module.Class.test``."""
    return test.id().replace(PREFIX, "")


def flatten(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("loop", help="the loop under test, as package.module:Class")
    parser.add_argument("module", help="one of asyncio's test modules, such as test_streams")
    parser.add_argument("report", help="the file to append to")
    parser.add_argument("tests", nargs="*", help="only these, as module.Class.test")
    parser.add_argument("--test-timeout", type=float, default=60.0, help="seconds for one test")
    options = parser.parse_args()

    # A duplicate, for tests that replace standard error.
    log = io.TextIOWrapper(io.FileIO(os.dup(sys.__stderr__.fileno() if sys.__stderr__ else 2), "w"))
    faulthandler.enable(log)
    report = Report(options.report)
    loop_class = find_loop(options.loop)
    use_loop(loop_class)
    use_loop_in_helpers(loop_class, options.module)

    tests = list(flatten(unittest.defaultTestLoader.loadTestsFromName(PREFIX + options.module)))
    if options.tests:
        wanted = set(options.tests)
        tests = [test for test in tests if test_id(test) in wanted]
    report.write(loop=class_name(loop_class), collected=[test_id(test) for test in tests])

    recorder = Recorder(report, count_loops(loop_class), options.test_timeout, log)
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # as unittest's own runner does
        unittest.TestSuite(tests).run(recorder)
    recorder.watch_over()  # the interpreter's own end can hang too


if __name__ == "__main__":
    main()
