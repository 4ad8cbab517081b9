"""Results as Markdown: figures as text, with no opinion but the bars'.

In a table of ratios each cell is a peer's ratio to uvloop, and below 1 is better. ``tie`` stands where the ratio's
spread includes 1, ``unclear`` where it is so wide that nothing was shown; bold is what is worse than uvloop.
"""

from collections.abc import Iterable

from benchmarks import bars
from benchmarks.figures import Figure
from benchmarks.peers import PEERS, REFERENCE
from benchmarks.results import Results, RowResult, main_figure, ratio_to

OURS = "whorl"


def number(value: float) -> str:
    """Three digits that mean something, without powers of ten."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3}f}"


def amount(figure: Figure, unit: str) -> str:
    return f"{number(figure.median)} {unit}"


def spread(figure: Figure) -> str:
    return f"{number(figure.low)}–{number(figure.high)}"  # noqa: RUF001  # an en dash, as between figures


def ratio_cell(row: RowResult, peer: str, *, with_spread: bool) -> str:
    """What is to be said of a peer in a row: a ratio if there is one, or the figure itself, or why there is none."""
    if peer not in row["peers"]:
        return "–"  # noqa: RUF001
    result = row["peers"][peer]
    figure = main_figure(row, peer)
    if figure is None:
        return result["status"]
    ratio = ratio_to(row, peer)
    if peer == REFERENCE or ratio is None:
        text = amount(figure, row["unit"])
    else:
        text = f"**{ratio.median:.2f}**" if ratio.low > 1 else f"{ratio.median:.2f}"
        if ratio.tie:
            text = "unclear" if ratio.unclear else "tie"
        if with_spread:
            text += f" ({ratio.low:.2f}–{ratio.high:.2f})"  # noqa: RUF001
    lost = sum(figures is None for figures in result["rounds"])
    return text + (f", failed in {lost} of {len(result['rounds'])} rounds" if lost else "")


def verdict(name: str, row: RowResult) -> str:
    found = bars.misses(name, row)
    if found is None:
        return "–"  # noqa: RUF001
    return "met" if not found else "missed: " + "; ".join(found)


def ratios(rows: dict[str, RowResult], *, with_spread: bool) -> str:
    """The table of ratios, with the bars."""
    peers = present(rows.values())
    others = [peer for peer in peers if peer not in (OURS, REFERENCE)]
    header = ["", REFERENCE, OURS, *others, "bar", ""]
    lines = [markdown_row(header), markdown_row(["---", *["---:"] * (len(others) + 2), "---:", "---"])]
    for name, row in rows.items():
        cells = [ratio_cell(row, REFERENCE, with_spread=False), ratio_cell(row, OURS, with_spread=True)]
        cells += [ratio_cell(row, peer, with_spread=with_spread) for peer in others]
        lines.append(markdown_row([name, *cells, bars.bar(name), verdict(name, row)]))
    return "\n".join(lines)


def figures(rows: dict[str, RowResult]) -> str:
    """The table of the main figures themselves, each with its spread."""
    peers = present(rows.values())
    lines = [markdown_row(["", "unit", *peers]), markdown_row(["---", "---", *["---:"] * len(peers)])]
    for name, row in rows.items():
        cells = []
        for peer in peers:
            figure = main_figure(row, peer)
            said = row["peers"][peer]["status"] if peer in row["peers"] else "–"  # noqa: RUF001
            cells.append(f"{number(figure.median)} ({spread(figure)})" if figure else said)
        lines.append(markdown_row([name, row["unit"], *cells]))
    return "\n".join(lines)


def present(rows: Iterable[RowResult]) -> list[str]:
    """The peers that appear in any of the rows, in their usual order."""
    seen = {peer for row in rows for peer in row["peers"]}
    return [peer.name for peer in PEERS if peer.name in seen]


def markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def summary(rows: dict[str, RowResult]) -> str:
    """How many rows are won, tied, lost; which are lost; which bars are missed."""
    compared = {name: ratio for name, row in rows.items() if (ratio := ratio_to(row, OURS))}
    behind = [f"{name} ({ratio.median:.2f})" for name, ratio in compared.items() if ratio.low > 1]
    unclear = [name for name, ratio in compared.items() if ratio.unclear]
    ties = sum(ratio.tie for ratio in compared.values()) - len(unclear)
    ahead = len(compared) - len(behind) - ties - len(unclear)
    judged = {name: found for name, row in rows.items() if (found := bars.misses(name, row)) is not None}
    met = sum(not found for found in judged.values())
    text = (
        f"Of {len(compared)} rows, whorl is ahead of {REFERENCE} in {ahead}, level with it in {ties}, and behind it in "
        f"{len(behind)}; it meets {met} of {len(judged)} bars."
    )
    text += f" Behind: {', '.join(behind)}." if behind else ""
    return text + (f" Unclear, for noise: {', '.join(unclear)}." if unclear else "")


def reasons(rows: dict[str, RowResult]) -> str:
    """Why a peer has no figure, or lost a round."""
    lines = []
    for name, row in rows.items():
        for peer, result in row["peers"].items():
            if result["reason"]:
                lines.append(f"- {name}: {peer} {'failed' if result['rounds'] else 'does not run'}: {result['reason']}")
    return "\n".join(lines)


def circumstances(results: Results) -> str:
    """Under what conditions each run took place."""
    lines = []
    for date, run in results["runs"].items():
        count = sum(row["run"] == date for row in results["rows"].values())
        versions = run["versions"]
        assert isinstance(versions, dict)
        listed = ", ".join(f"{name} {version}" for name, version in versions.items())
        lines.append(
            f"- {date}, {count} rows, {run['rounds']} rounds: whorl at {run['revision']}; {run['python']}; {listed}; "
            f"{run['kernel']}; {run['cores']} cores of {run['cpu']}; load {run['load']}"
        )
    return "\n".join(lines)
