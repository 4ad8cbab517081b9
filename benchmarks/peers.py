"""Who is measured. A peer's kind says what it can stand in for; a row says which kinds it makes sense for."""

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class Peer:
    name: str
    kind: str
    packages: tuple[str, ...] = ()

    @property
    def missing(self) -> str:
        """The packages that would have to be installed; empty if it can run."""
        return ", ".join(package for package in self.packages if find_spec(package) is None)


PEERS = (
    Peer("whorl", "loop", ("whorl",)),
    Peer("asyncio", "loop"),
    Peer("uvloop", "loop", ("uvloop",)),
    Peer("rloop", "loop", ("rloop",)),
    # It replaces the transports and sock operations of another loop, so rows without a network are that loop's.
    Peer("aiofastnet", "transports", ("aiofastnet",)),
    Peer("aiofastnet+uvloop", "transports", ("aiofastnet", "uvloop")),
    Peer("threads", "threads"),
    Peer("gevent", "greenlets", ("gevent",)),
    Peer("C", "C"),
)
BY_NAME = {peer.name: peer for peer in PEERS}
REFERENCE = "uvloop"  # whom ratios refer to
