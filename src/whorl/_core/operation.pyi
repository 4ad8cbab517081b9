from socket import socket
from typing import Generic, TypeVar

from whorl._core.coroutine import Coroutine
from whorl._core.scheduler import Scheduler

_T = TypeVar("_T")

class Operation(Coroutine[_T], Generic[_T]):
    def __init__(self, loop: Scheduler, sock: socket) -> None: ...
