"""A row of the table: one thing that is measured, for all peers in the same way.

A question file has a docstring that states its question and what the main figure is, and a tuple ``ROWS``. `measure`
is called once per round and peer, in the runner's process; whatever it measures runs in processes of its own. It is
told for about how many seconds to measure, and returns figures by name:

- the one named by `Row.main`: what the table shows and ratios are made of (lower is better)
- any others, which are kept in the results file: ``user`` and ``system`` of the CPU time, ``requests/s``, ``p99`` …

Rows that stand one after the other with the same `measure` are measured together, and differ in `main`.

It raises `Unsupported` if the peer can't do it at all. Any other exception is a failure of the peer in that round.
"""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.peers import Peer

Figures = dict[str, float]

LOOPS = ("loop",)  # event loops
NETWORK = ("loop", "transports", "threads", "greenlets", "C")  # all that can serve connections
ASYNC_NETWORK = ("loop", "transports")  # all that run asyncio programs over the network


class Unsupported(Exception):
    """The peer cannot run this row; the text says why."""


@dataclass(frozen=True)
class Row:
    name: str
    measure: Callable[[Peer, float], Figures]
    main: str = "cpu"
    unit: str = "µs"
    short: bool = False  # part of the short form
    kinds: tuple[str, ...] = LOOPS  # the kinds of peer it makes sense for
