"""Conformance: asyncio's own tests, taken from the interpreter as they are, judge whorl's loop.

``modules``         which of asyncio's test modules run, and why the others do not
``skips``           the tests that may fail on whorl, each with its reason
``asyncio_suite``   the child process: one test module on one loop, written down as it happens
``module_run``      the parent's side of it: start, watch, resume after a crash, stop
``judge``           decides from plain values what is wrong with a run
"""
