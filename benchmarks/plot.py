"""The picture: for each row the peers' ratios to uvloop with their spread, on a logarithmic axis."""

from pathlib import Path

from benchmarks.bars import TO_UVLOOP
from benchmarks.peers import REFERENCE
from benchmarks.results import RowResult, ratio_to
from benchmarks.table import present

# Colours that remain apart for the colour-blind (Okabe and Ito), and a shape each.
MARKS = {
    "whorl": ("#D55E00", "o"),
    "asyncio": ("#999999", "s"),
    "rloop": ("#0072B2", "^"),
    "aiofastnet": ("#56B4E9", "v"),
    "aiofastnet+uvloop": ("#009E73", "D"),
    "threads": ("#000000", "x"),
    "gevent": ("#CC79A7", "P"),
    "C": ("#E69F00", "*"),
}


def draw(rows: dict[str, RowResult], path: Path) -> None:
    """Draw the rows that have ratios into a file whose suffix says the format. Needs matplotlib."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    matplotlib.rcParams["svg.hashsalt"] = "whorl"  # the same picture for the same results
    rows = {name: row for name, row in rows.items() if any(ratio_to(row, peer) for peer in MARKS)}
    figure = Figure(figsize=(10, 1.8 + 0.34 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for place in range(len(rows)):
        if place % 2:
            axes.axhspan(place - 0.5, place + 0.5, color="#f4f4f4", zorder=0)
    axes.axvline(1, color="#444444", linewidth=1, zorder=1)
    for peer in [peer for peer in reversed(present(rows.values())) if peer in MARKS]:  # whorl last, on top
        colour, marker = MARKS[peer]
        points = [(place, ratio) for place, row in enumerate(rows.values()) if (ratio := ratio_to(row, peer))]
        if not points:
            continue
        axes.errorbar(
            [ratio.median for _, ratio in points],
            [place for place, _ in points],
            xerr=[
                [ratio.median - ratio.low for _, ratio in points],
                [ratio.high - ratio.median for _, ratio in points],
            ],
            fmt=marker,
            color=colour,
            label=peer,
            markersize=8 if peer == "whorl" else 6,
            elinewidth=1.4,
            alpha=1 if peer == "whorl" else 0.8,
            zorder=3 if peer == "whorl" else 2,
        )
    meant = [(place, TO_UVLOOP[name]) for place, name in enumerate(rows) if name in TO_UVLOOP]
    if meant:
        axes.scatter(
            [bar for _, bar in meant],
            [place for place, _ in meant],
            marker="|",
            s=170,
            color="#D55E00",
            linewidths=1.6,
            label="whorl's bar",
            zorder=2,
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="x", color="#dddddd", linewidth=0.6, zorder=0)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(left=False)
    axes.set_xlabel(f"cost relative to {REFERENCE}: left of 1 is better; lines show the spread over the rounds")
    figure.legend(loc="outside upper center", ncols=5, frameon=False)
    metadata = {"Date": None} if path.suffix == ".svg" else None
    figure.savefig(path, metadata=metadata, facecolor="white", dpi=110)
