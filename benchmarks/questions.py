"""The questions, in the order of the table."""

from importlib import import_module
from importlib.util import find_spec

from benchmarks.row import Row

QUESTIONS = (
    # the network
    *(
        "echo",
        "writes",
        "slow_reader",
        "bulk",
        "unix",
        "udp",
        "tls",
        "accept",
        "connect",
        "idle_memory",
        "competing_thread",
    ),
    # the loop itself
    *("callbacks", "timers", "tasks", "executor", "subprocess", "names", "start"),
    # programs
    *("applications", "waiting_jobs", "spinner"),
)


def rows() -> dict[str, list[Row]]:
    """The rows by question. No two may share a name: results are kept by it."""
    found: dict[str, list[Row]] = {}
    names: set[str] = set()
    for question in QUESTIONS:
        if find_spec(f"benchmarks.{question}") is None:
            continue
        found[question] = list(import_module(f"benchmarks.{question}").ROWS)
        for row in found[question]:
            if row.name in names:
                raise ValueError(f"two rows are named {row.name!r}; the second is in benchmarks/{question}.py")
            names.add(row.name)
    return found
