import asyncio
from socket import socket
from typing import Any, final

from whorl._core.scheduler import Scheduler
from whorl._core.transport import Transport

# At run time the bases are compiled; to isinstance() the transport is an asyncio.DatagramTransport by its __class__.
@final
class DatagramTransport(Transport, asyncio.DatagramTransport):
    def __init__(
        self,
        loop: Scheduler,
        sock: socket,
        protocol: asyncio.BaseProtocol,
        address: Any = None,
        waiter: asyncio.Future[None] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None: ...
    @property
    def _address(self) -> Any: ...
    def get_write_buffer_size(self) -> int: ...
    def sendto(self, data: bytes | bytearray | memoryview, addr: Any = None) -> None: ...
