"""sendfile: whole files, growing files, and a connection that can be used after a cancel."""

import asyncio
import os
import socket
import tempfile
from typing import IO

import pytest

from .support import Recorder, connect_pair, soon_or_never, turn, until, whorl_only


def file_of(size: int) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the caller's to close
    file.write(b"x" * size)
    file.flush()
    file.seek(0)
    return file


def test_a_file_that_grows_while_it_is_sent_is_sent_to_its_end(loop: asyncio.AbstractEventLoop) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    first, more = 1_000_000, 2_500_000

    async def main() -> None:
        sending = asyncio.create_task(loop.sock_sendfile(ours, file))
        await asyncio.sleep(0)
        await asyncio.sleep(0.01)  # until the kernel's buffer is full; too early would only be an easier test
        os.pwrite(file.fileno(), b"y" * more, first)
        got = bytearray()
        while len(got) < first + more:
            if sending.done() and sending.exception():
                break
            got += await loop.sock_recv(theirs, 1 << 20)
        assert await sending == first + more
        assert got == b"x" * first + b"y" * more

    with file_of(first) as file, ours, theirs:
        soon_or_never(loop, main())


@whorl_only
def test_a_transport_is_usable_after_a_sendfile_was_cancelled_before_its_first_byte(
    loop: asyncio.AbstractEventLoop,
) -> None:
    protocol = Recorder()
    transport, peer = soon_or_never(loop, connect_pair(protocol))
    with peer, file_of(1000) as file:
        transport.write(bytes(4_000_000))
        sending = loop.create_task(loop.sendfile(transport, file))
        turn(loop)
        sending.cancel()
        turn(loop)
        turn(loop)
        assert sending.cancelled()
        transport.write(b"more")
        peer.send(b"hear me")
        soon_or_never(loop, until(lambda: protocol.data == b"hear me"))
        transport.abort()
        turn(loop)


@pytest.mark.parametrize(("offset", "count"), [(0, None), (10, None), (0, 10), (500_000, 100_000), (999_999, None)])
def test_a_part_of_a_file_is_sent(loop: asyncio.AbstractEventLoop, offset: int, count: int | None) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    size = min(1_000_000 - offset, count or 1_000_000)

    async def main() -> None:
        sending = asyncio.create_task(loop.sock_sendfile(ours, file, offset, count))
        left = size
        while left:
            left -= len(await loop.sock_recv(theirs, 1 << 20))
        assert await sending == size
        assert file.tell() == offset + size

    with file_of(1_000_000) as file, ours, theirs:
        soon_or_never(loop, main())
