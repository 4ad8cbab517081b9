import asyncio
from collections.abc import Callable
from socket import socket
from typing import Any, final

from whorl._core.registry import Watch
from whorl._core.scheduler import Scheduler

@final
class Listener(Watch):
    def __init__(
        self,
        loop: Scheduler,
        sock: socket,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        server: asyncio.AbstractServer | None,
        backlog: int,
        accept_tls: Callable[[Callable[[], asyncio.BaseProtocol], socket, dict[str, Any]], None] | None = None,
    ) -> None: ...
