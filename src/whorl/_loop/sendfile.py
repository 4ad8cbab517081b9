"""Sending files: sendfile(2) on a socket or through a stream transport, waiting for room in between."""

import asyncio
import contextlib
import errno
import io
import os
import socket
from asyncio import exceptions
from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO

from whorl._core.sock import Writable


async def sock_sendfile_native(self: Any, sock: socket.socket, file: BinaryIO, offset: int, count: int | None) -> int:
    """Send (part of) a file through a non-blocking socket; returns the number of bytes."""
    return await _send(sock, file, offset, count, lambda: Writable(self, sock))


async def sendfile_native(self: Any, transp: Any, file: BinaryIO, offset: int, count: int | None) -> int:
    """Send (part of) a file through a stream transport, after all that was written before; returns the bytes sent."""
    self._check_sendfile_params(transp._sock, file, offset, count)
    empty = transp._make_empty_waiter()  # fails when another file is being sent
    resume_reading = transp.is_reading()
    transp.pause_reading()
    try:
        await empty
        return await _send(transp._sock, file, offset, count, transp._wait_for_room)
    finally:
        transp._reset_empty_waiter()
        if resume_reading:
            transp.resume_reading()


async def _send(
    sock: socket.socket, file: BinaryIO, offset: int, count: int | None, room: Callable[[], Awaitable[None]]
) -> int:
    try:
        size = os.fstat(file.fileno()).st_size
    except (AttributeError, OSError, io.UnsupportedOperation):
        raise exceptions.SendfileNotAvailableError("not a regular file") from None
    sent = 0
    try:
        while size and (count is None or sent < count):
            try:
                # One call may not take more than 2 GiB (sendfile(2)); it says how much it took.
                most = 2**30 if count is None else min(count - sent, 2**30)
                step = os.sendfile(sock.fileno(), file.fileno(), offset + sent, most)
            except (BlockingIOError, InterruptedError):
                await room()
                continue
            except OSError as exc:
                raise _meaning(exc, sent) from exc
            if step == 0:
                break
            sent += step
            await asyncio.sleep(0)  # let others have their turn between two pieces of a large file
    finally:
        if sent:
            _move_to(file, offset + sent)
    return sent


def _move_to(file: BinaryIO, position: int) -> None:
    """Leave a file at the position up to which it was sent, unless its owner has closed it meanwhile."""
    with contextlib.suppress(ValueError):
        os.lseek(file.fileno(), position, os.SEEK_SET)


def _meaning(error: OSError, sent: int) -> Exception:
    """Return what asyncio makes of an error: before the first byte, try another way; after it, the real one."""
    if sent == 0:
        return exceptions.SendfileNotAvailableError("os.sendfile call failed")
    if error.errno == errno.ENOTCONN:
        return ConnectionError("socket is not connected", errno.ENOTCONN)
    return error
