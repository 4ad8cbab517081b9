import asyncio
from collections.abc import Iterable
from contextvars import Context
from socket import socket
from typing import Any, final

from whorl._core.scheduler import Scheduler
from whorl._core.transport import Transport

# At run time the bases are compiled; to isinstance() the transport is an asyncio.Transport by its __class__.
@final
class StreamTransport(Transport, asyncio.Transport):
    _start_tls_compatible: bool
    _sendfile_compatible: Any
    def __init__(
        self,
        loop: Scheduler,
        sock: socket,
        protocol: asyncio.BaseProtocol,
        waiter: asyncio.Future[None] | None = None,
        extra: dict[str, Any] | None = None,
        server: asyncio.AbstractServer | None = None,
        context: Context | None = None,
    ) -> None: ...
    @property
    def _eof(self) -> bool: ...
    def write(self, data: bytes | bytearray | memoryview) -> None: ...
    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None: ...
    def can_write_eof(self) -> bool: ...
    def write_eof(self) -> None: ...
    def get_write_buffer_size(self) -> int: ...
    def _make_empty_waiter(self) -> asyncio.Future[None]: ...
    def _reset_empty_waiter(self) -> None: ...
    def _wait_for_room(self) -> asyncio.Future[None]: ...
