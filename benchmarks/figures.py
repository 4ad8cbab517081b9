"""Median, spread, ratio, tie.

The spread is a confidence interval of the median that assumes nothing about the distribution: the narrowest pair of
values, equally far from both ends in order of size, that misses the true median in at most one case of ten. With five
to seven rounds that is the smallest and the largest value; with nine the second and the eighth; with fewer than five
rounds the smallest and the largest too, though they miss it more often.

A ratio is the median of the ratios of each round, so what disturbs a whole round disturbs it less. If its spread
includes 1 it is a tie, unless the spread is so wide that it says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import median

MISSES = 0.1  # the share of cases in which the true median may lie outside of the spread


UNCLEAR = 1.5  # a spread this wide hides what anyone would call a difference


@dataclass(frozen=True)
class Figure:
    median: float
    low: float
    high: float

    @property
    def tie(self) -> bool:
        """For a ratio: no difference was shown."""
        return self.low <= 1 <= self.high

    @property
    def unclear(self) -> bool:
        """For a ratio: the rounds differ by so much that nothing was shown, not even that there is no difference."""
        return self.tie and self.high > UNCLEAR * self.low


def figure(values: Sequence[float]) -> Figure:
    if not values:
        raise ValueError("a figure needs at least one value")
    ordered = sorted(values)
    cut = trimmed(len(ordered))
    return Figure(median(ordered), ordered[cut], ordered[-1 - cut])


def trimmed(count: int) -> int:
    """How many of the values at each end the spread leaves out."""
    cut, outside = 0, 0.0
    while True:
        # The chance that at most `cut` values lie below the median, or at most `cut` above it.
        outside += 2 * comb(count, cut) / 2**count
        if outside > MISSES:
            return max(cut - 1, 0)
        cut += 1


def ratio(ours: Sequence[float | None], theirs: Sequence[float | None]) -> Figure | None:
    """Ratio of two peers' figures, given round by round; None if there is no round that both finished."""
    pairs = zip(ours, theirs, strict=True)
    ratios = [our / their for our, their in pairs if our is not None and their is not None and their > 0]
    return figure(ratios) if ratios else None
