"""Renders results."""

from pathlib import Path

from benchmarks.results import Results, RowResult, main_figure


def line(name: str, row: RowResult) -> str:
    parts = []
    for peer, result in row["peers"].items():
        figure = main_figure(row, peer)
        parts.append(f"{peer} {figure.median:.3g}" if figure else f"{peer} {result['status']}")
    return "  " + ", ".join(parts)


def render(found: Results, out: Path) -> list[Path]:
    return []
