"""Renders a results file: ``python -m benchmarks.report [FILE.json] [--readme]``.

Beside the file appear ``.md`` (all rows) and ``.svg`` (the main ones). ``--readme`` also rewrites the part of README.md
between its two marks. The main rows are those of the short form, and each in which whorl is behind uvloop.
"""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks import plot, results, table
from benchmarks.results import Results, RowResult

HERE = Path(__file__).parent
ROOT = HERE.parent
LATEST = HERE / "results" / "latest.json"
START, END = "<!-- benchmark:start -->", "<!-- benchmark:end -->"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.report", description="Render a results file.")
    parser.add_argument("file", nargs="?", type=Path, default=LATEST)
    parser.add_argument("--readme", action="store_true", help="also rewrite the marked part of README.md")
    options = parser.parse_args(arguments)
    found = results.load(options.file)
    for path in render(found, options.file):
        print(path)
    if options.readme:
        readme = ROOT / "README.md"
        readme.write_text(rewritten(readme.read_text(), section(found)))
        print(readme)


def render(found: Results, file: Path) -> list[Path]:
    """Write the table and the picture beside the results file."""
    text = file.with_suffix(".md")
    text.write_text(document(found))
    written = [text]
    rows = main_rows(found)
    if find_spec("matplotlib") is None:
        print("matplotlib is not installed: no picture")
    elif rows:
        picture = file.with_suffix(".svg")
        plot.draw(rows, picture)
        written.append(picture)
    return written


def main_rows(found: Results) -> dict[str, RowResult]:
    def behind(row: RowResult) -> bool:
        ratio = results.ratio_to(row, table.OURS)
        return ratio is not None and ratio.low > 1

    return {name: row for name, row in found["rows"].items() if row["short"] or behind(row)}


def document(found: Results) -> str:
    """All rows, question by question."""
    parts = [
        "# Benchmark results",
        "Written by `python -m benchmarks.report`. Ratios are to uvloop in the same round, below 1 is better, **bold** "
        "is worse, *tie* means that the ratio's spread includes 1, *unclear* that it is too wide to say; the spread "
        "is explained in `benchmarks/figures.py`.",
        table.summary(found["rows"]),
        table.circumstances(found),
    ]
    for question in dict.fromkeys(row["question"] for row in found["rows"].values()):
        rows = {name: row for name, row in found["rows"].items() if row["question"] == question}
        dates = ", ".join(dict.fromkeys(row["run"] for row in rows.values()))
        parts += [
            f"## {question}",
            f"Asked by `benchmarks/{question}.py`, measured {dates}. Ratios:",
            table.ratios(rows, with_spread=True),
            "Figures, median and spread:",
            table.figures(rows),
        ]
        if reasons := table.reasons(rows):
            parts.append(reasons)
    return "\n\n".join(parts) + "\n"


def section(found: Results) -> str:
    """What the README shows."""
    rows = main_rows(found)
    shown = {name: row["run"] for name, row in rows.items()}
    used: Results = {
        "runs": {date: run for date, run in found["runs"].items() if date in shown.values()},
        "rows": rows,
    }
    return "\n\n".join(
        [
            table.summary(found["rows"]),
            "![Ratios to uvloop](benchmarks/results/latest.svg)",
            "uvloop's figure, then ratios to it: below 1 is better, **bold** is worse, *tie* means no difference was "
            "shown, *unclear* that noise hid whatever there is, and what stands in brackets is the spread. "
            "[All rows and figures](benchmarks/results/latest.md).",
            table.ratios(rows, with_spread=False),
            table.circumstances(used),
        ]
    )


def rewritten(text: str, new: str) -> str:
    """The text with what stands between the marks replaced."""
    if text.count(START) != 1 or text.count(END) != 1 or text.index(START) > text.index(END):
        raise ValueError(f"README.md needs one {START} and, after it, one {END}")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{new}\n{END}{after}"


def line(row: RowResult) -> str:
    """One row for the terminal, while the run goes on."""
    return ", ".join(f"{peer} {table.ratio_cell(row, peer, with_spread=True)}" for peer in row["peers"])


if __name__ == "__main__":
    main(sys.argv[1:])
