import asyncio
from collections.abc import Callable
from typing import Any, final

from whorl._core.coroutine import Coroutine
from whorl._core.scheduler import Scheduler

@final
class Opening(Coroutine[tuple[asyncio.Transport, asyncio.BaseProtocol]]):
    def __init__(
        self,
        loop: Scheduler,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        family: int,
        proto: int,
        address: tuple[Any, ...],
        make_transport: Callable[..., asyncio.Transport] | None = None,
    ) -> None: ...
