"""What whorl is meant to reach: the ratio to a peer's main figure that a row may have at most.

A row without a bar of its own may not be behind uvloop; and none may be behind rloop, where rloop runs.
"""

from benchmarks.peers import REFERENCE
from benchmarks.results import RowResult, ratio_to

COUNTS = (10, 100, 1000)

TO_UVLOOP = {
    "echo protocol, 10 connections": 0.85,
    "echo protocol, 100 connections": 0.90,
    "echo protocol, 1000 connections": 0.95,
    **{f"echo streams read, {count} connections": 0.70 for count in COUNTS},
    **{f"echo streams readline, {count} connections": 0.62 for count in COUNTS},
    **{f"echo sock, {count} connections": 0.35 for count in COUNTS},
    **{f"two writes, protocol, {count} connections": 0.45 for count in COUNTS},
    "call_soon chain": 0.30,
    "call_soon batch": 0.65,
    "call_soon with one argument": 0.70,
    "timers set and cancelled": 0.28,
    "timers fired": 0.38,
    "sleep(0), one task": 0.42,
    "sleep(0), 100 tasks": 0.75,
    "create_task and await": 0.55,
    "gather": 0.88,
    "future set and awaited": 0.55,
    "Queue": 0.70,
    "timeout": 0.65,
    "executor, one": 0.60,
    "executor, 100 at once": 0.25,
    "subprocess spawn": 0.35,
    "getaddrinfo of a literal": 1.0,
    "uvicorn plaintext": 0.92,
    "aiohttp server": 0.95,
}
TO_C = {
    "echo protocol, 10 connections": 1.15,
    "echo protocol, 100 connections": 1.15,
}
NONE: dict[str, float] = {}


def misses(name: str, row: RowResult) -> list[str] | None:
    """What whorl has missed in a row, in words; empty if it is where it should be, None if nothing can be said.

    A bar is met if the median ratio is at most the bar. "Behind" needs a spread that does not include 1.
    """
    found = []
    known = False
    for peer, bars in ((REFERENCE, TO_UVLOOP), ("C", TO_C), ("rloop", NONE)):
        ratio = ratio_to(row, "whorl", peer)
        if ratio is None:
            continue
        bar = bars.get(name)
        if bar is None and ratio.unclear:
            continue
        known = True
        if bar is not None:
            if ratio.median > bar and not (bar == 1 and ratio.tie):
                found.append(f"{ratio.median:.2f} of {peer}, not {bar:.2f}")
        elif peer != "C" and ratio.low > 1:
            found.append(f"behind {peer}: {ratio.median:.2f}")
    return found if known else None


def bar(name: str) -> str:
    """A row's bars, in words."""
    to_c = f", {TO_C[name]:.2f} of C" if name in TO_C else ""
    return (f"{TO_UVLOOP[name]:.2f}" if name in TO_UVLOOP else "not behind") + to_c
