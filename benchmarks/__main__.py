"""The runner: asks the questions and writes the results. See ``--help``; `bench` and `bench-full` in the Makefile."""

import argparse
import itertools
import re
import sys
import time
from pathlib import Path

from benchmarks import machine, questions, report, results
from benchmarks.peers import BY_NAME, PEERS, Peer
from benchmarks.rounds import measure
from benchmarks.row import Row

OUT = Path(__file__).parent / "results"
SHORT = (5, 0.08)  # rounds, seconds that each measurement should take
FULL = (9, 0.3)


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    chosen = [
        (question, row)
        for question, rows in questions.rows().items()
        for row in rows
        if (row.short or options.full or options.rows) and re.search(options.rows or "", f"{question}: {row.name}")
    ]
    if not chosen:
        sys.exit(f"no row matches {options.rows!r}; --list shows them")
    if options.list:
        for question, row in chosen:
            print(f"{question}: {row.name}{'  (short)' if row.short else ''}")
        return
    rounds, seconds = FULL if options.full else SHORT
    run(chosen, options.peers, options.rounds or rounds, options.seconds or seconds, options.out)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure whorl's loop beside its peers.")
    parser.add_argument("--full", action="store_true", help="all rows, more rounds; without it the short form")
    parser.add_argument("--rows", metavar="REGEX", help="rows whose 'question: name' matches, of both forms")
    parser.add_argument("--peers", metavar="A,B", type=peers, default=PEERS, help=f"of {','.join(BY_NAME)}")
    parser.add_argument("--rounds", metavar="N", type=int, help="5 in the short form, 9 in the full one")
    parser.add_argument("--seconds", metavar="S", type=float, help="what each measurement should take, about")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=OUT, help="results are merged into latest.json there"
    )
    parser.add_argument("--list", action="store_true", help="name the rows and leave")
    return parser.parse_args(arguments)


def peers(names: str) -> tuple[Peer, ...]:
    unknown = [name for name in names.split(",") if name not in BY_NAME]
    if unknown:
        raise argparse.ArgumentTypeError(f"no peer {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
    return tuple(BY_NAME[name] for name in names.split(","))


def run(chosen: list[tuple[str, Row]], who: tuple[Peer, ...], rounds: int, seconds: float, out: Path) -> None:
    """Measure row by row, and save after each: a run that is interrupted keeps what it has."""
    latest = out / "latest.json"
    found = results.load(latest) if latest.exists() else results.empty()
    order = [row.name for rows in questions.rows().values() for row in rows]
    about = machine.describe() | {"rounds": rounds, "seconds": seconds}
    date = str(about["date"])
    start = time.monotonic()
    done = 0
    # Rows with the same `measure` are one measurement, of which each shows another figure.
    for _, group in itertools.groupby(chosen, lambda one: (id(one[1].measure), one[1].kinds)):
        together = list(group)
        print(f"[{done + 1}/{len(chosen)}, {time.monotonic() - start:.0f} s]", flush=True)
        outcomes = measure(together[0][1], who, rounds, seconds, say)
        for question, row in together:
            new = results.row_result(date, question, row, outcomes)
            found = results.merged(found, {"runs": {date: about}, "rows": {row.name: new}}, order)
            print(f"{row.name}: {report.line(new)}", flush=True)
        done += len(together)
        results.save(found, latest)
    print(f"{time.monotonic() - start:.0f} s")
    for path in report.render(found, latest):
        print(path)


def say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
