"""Median, spread, ratio and tie, on numbers that are known."""

import random

import pytest

from benchmarks.figures import Figure, figure, ratio, trimmed


def test_with_few_rounds_the_spread_is_all_of_them() -> None:
    assert figure([3.0, 1.0, 2.0]) == Figure(2, 1, 3)
    assert figure([5.0, 1.0, 2.0, 4.0, 3.0]) == Figure(3, 1, 5)
    assert figure([7.0]) == Figure(7, 7, 7)


def test_with_more_rounds_outliers_are_left_out() -> None:
    assert figure([1.0, 2, 3, 4, 5, 6, 7, 8, 900]) == Figure(5, 2, 8)
    assert [trimmed(count) for count in (1, 4, 5, 7, 8, 9, 10, 11)] == [0, 0, 0, 0, 1, 1, 1, 2]


def test_no_rounds_are_no_figure() -> None:
    with pytest.raises(ValueError, match="at least one"):
        figure([])


@pytest.mark.parametrize("rounds", [5, 9, 15])
def test_the_spread_seldom_misses_the_median(rounds: int) -> None:
    chance = random.Random(7)
    found = [figure([chance.lognormvariate(0, 1) for _ in range(rounds)]) for _ in range(2000)]
    assert sum(not one.tie for one in found) / len(found) < 0.12  # the true median is 1


def test_a_ratio_is_made_round_by_round() -> None:
    """The second round was slow for both, which does not matter."""
    assert ratio([1.0, 10.0, 1.0], [2.0, 20.0, 2.0]) == Figure(0.5, 0.5, 0.5)


def test_a_ratio_leaves_out_rounds_that_one_did_not_finish() -> None:
    assert ratio([1.0, None, 3.0], [2.0, 2.0, None]) == Figure(0.5, 0.5, 0.5)
    assert ratio([None], [1.0]) is None


@pytest.mark.parametrize(
    ("low", "high", "tie"), [(0.9, 1.1, True), (0.8, 0.99, False), (1.01, 1.2, False), (1, 1, True)]
)
def test_a_tie_is_a_spread_around_one(low: float, high: float, tie: bool) -> None:
    assert Figure((low + high) / 2, low, high).tie is tie
