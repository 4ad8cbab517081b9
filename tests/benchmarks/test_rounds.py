"""The peers take turns; one that refuses or fails shows as such, and the others are measured."""

from benchmarks.peers import Peer
from benchmarks.rounds import measure
from benchmarks.row import Figures, Row, Unsupported

A, B, C = (Peer(name, "loop") for name in "ABC")


def test_another_peer_is_first_in_each_round() -> None:
    asked: list[str] = []

    def note(peer: Peer, seconds: float) -> Figures:
        asked.append(peer.name)
        return {"cpu": seconds}

    outcomes = measure(Row("row", note), [A, B, C], 4, 0.5, print)
    assert "".join(asked) == "ABCBCACABABC"
    assert outcomes["B"].rounds == [{"cpu": 0.5}] * 4
    assert outcomes["B"].status == "ran"


def test_a_refusal_is_not_asked_again() -> None:
    asked: list[str] = []
    said: list[str] = []

    def refuse(peer: Peer, _: float) -> Figures:
        asked.append(peer.name)
        if peer is A:
            raise Unsupported("no datagrams")
        return {"cpu": 1}

    outcomes = measure(Row("row", refuse), [A, B], 3, 1, said.append)
    assert asked.count("A") == 1
    assert asked.count("B") == 3
    assert (outcomes["A"].status, outcomes["A"].reason) == ("does not run", "no datagrams")
    assert said == ["A does not run row: no datagrams"]


def test_a_failure_is_asked_once_more() -> None:
    asked: list[str] = []

    def fail(peer: Peer, _: float) -> Figures:
        asked.append(peer.name)
        if peer is A:
            raise RuntimeError("fell over")
        return {"cpu": 1}

    outcomes = measure(Row("row", fail), [A, B], 4, 1, lambda _: None)
    assert asked.count("A") == 2
    assert outcomes["A"].status == "failed"
    assert outcomes["A"].reason == "RuntimeError: fell over"
    assert outcomes["A"].rounds == [None] * 4
    assert outcomes["B"].rounds == [{"cpu": 1}] * 4


def test_one_bad_round_is_kept_as_such() -> None:
    rounds = iter([{"cpu": 1.0}, None, {"cpu": 3.0}])

    def sometimes(_: Peer, __: float) -> Figures:
        figures = next(rounds)
        if figures is None:
            raise RuntimeError("fell over")
        return figures

    (outcome,) = measure(Row("row", sometimes), [A], 3, 1, lambda _: None).values()
    assert outcome.status == "ran"
    assert outcome.rounds == [{"cpu": 1}, None, {"cpu": 3}]


def test_who_is_of_no_kind_for_the_row_or_not_installed() -> None:
    absent = Peer("absent", "loop", ("no_such_package_of_anyone",))
    outcomes = measure(Row("row", lambda *_: {"cpu": 1}), [A, Peer("server", "C"), absent], 2, 1, lambda _: None)
    assert list(outcomes) == ["A", "absent"]
    assert outcomes["absent"].status == "does not run"
    assert "not installed" in outcomes["absent"].reason
