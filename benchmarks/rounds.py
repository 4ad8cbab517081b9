"""Peers in turn, round by round: what disturbs the machine for a while disturbs all of them.

A peer that can't run a row is not asked again; one that fails is asked again once. Neither ends the run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.peers import Peer
from benchmarks.row import Figures, Row, Unsupported

FAILURES = 2  # so many, and the peer is left alone


@dataclass
class Outcome:
    """What one peer did in one row: figures of each round, None where it failed, and what there is to say of it."""

    rounds: list[Figures | None] = field(default_factory=list)
    reason: str = ""  # why it does not run, or how it failed last

    @property
    def failures(self) -> int:
        return self.rounds.count(None)

    @property
    def status(self) -> str:
        if not self.rounds:
            return "does not run"
        if self.failures == len(self.rounds):
            return "failed"
        return "ran"


def measure(
    row: Row, peers: Sequence[Peer], rounds: int, seconds: float, say: Callable[[str], None]
) -> dict[str, Outcome]:
    """The outcome of each peer that the row makes sense for. `say` hears of refusals and failures as they happen."""
    takers = [peer for peer in peers if peer.kind in row.kinds]
    outcomes = {peer.name: Outcome() for peer in takers}
    refused: set[str] = set()
    for turn in range(rounds):
        for peer in rotated(takers, turn):
            outcome = outcomes[peer.name]
            if peer.name in refused:
                continue
            if peer.missing:
                outcome.reason = f"{peer.missing} is not installed"
                refused.add(peer.name)
                continue
            if outcome.failures >= FAILURES:
                outcome.rounds.append(None)
                continue
            try:
                outcome.rounds.append(row.measure(peer, seconds))
            except Unsupported as refusal:
                outcome.rounds, outcome.reason = [], str(refusal)
                refused.add(peer.name)
                say(f"{peer.name} does not run {row.name}: {refusal}")
            except Exception as error:  # whatever a peer does wrong, the others are measured
                outcome.rounds.append(None)
                outcome.reason = f"{type(error).__name__}: {error}"
                say(f"{peer.name} failed in {row.name}: {outcome.reason}")
    return outcomes


def rotated(peers: Sequence[Peer], turn: int) -> list[Peer]:
    """The peers with another one first in each round, as the first may find the machine in another state."""
    start = turn % len(peers) if peers else 0
    return [*peers[start:], *peers[:start]]
