"""A file that was closed under its number while a duplicate of it lives: the kernel goes on reporting for it.

The loop must not spin on such reports, nor take them for those of whoever has the number now.
"""

import asyncio

from .pairs import Calls, Pairs
from .stage import Party
from .turning import cpu_share, turns, until

Loop = asyncio.AbstractEventLoop

# A loop that spins uses all of a processor that it gets, one that waits next to nothing.
SPINNING = 0.2


def test_closed_then_removed_while_a_duplicate_lives(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        near, far = pairs.pair()
        number = near.fileno()
        loop.add_reader(near, lambda: None)
        await turns()
        with near.dup():
            near.close()
            loop.remove_reader(number)
            far.send(b"readable for ever")
            assert await cpu_share() < SPINNING

    loop.run_until_complete(main())


def test_sock_recv_cancelled_after_its_socket_was_closed_while_a_duplicate_lives(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        near, far = pairs.pair()
        task = asyncio.ensure_future(loop.sock_recv(near, 100))
        await turns()
        with near.dup() as copy:
            near.close()
            task.cancel()
            await asyncio.wait({task})
            far.send(b"readable for ever")
            assert await cpu_share() < SPINNING
            assert copy.recv(100) == b"readable for ever"

    loop.run_until_complete(main())


def test_sock_recv_still_waiting_after_its_socket_was_closed_while_a_duplicate_lives(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        near, far = pairs.pair()
        task = asyncio.ensure_future(loop.sock_recv(near, 100))
        await turns()
        with near.dup() as copy:
            near.close()
            far.send(b"readable for ever")
            assert await cpu_share() < SPINNING
            assert copy.recv(100) == b"readable for ever"
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled() or isinstance(task.exception(), OSError)

    loop.run_until_complete(main())


def test_transport_closed_while_a_duplicate_lives(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        near, far = pairs.pair()
        party = Party()
        transport, _ = await loop.create_connection(lambda: party, sock=near)
        with near.dup():
            transport.abort()
            await until(lambda: "lost" in party.events, "the end of the transport")
            far.send(b"readable for ever")
            assert await cpu_share() < SPINNING

    loop.run_until_complete(main())


def test_successor_is_not_called_for_a_duplicate_of_its_predecessor(loop: Loop, pairs: Pairs) -> None:
    async def main() -> None:
        old, old_far = pairs.pair()
        loop.add_reader(old, lambda: None)
        await turns()
        with old.dup():
            new, far = pairs.recycle(old)
            calls = Calls(new)
            loop.add_reader(new, calls)
            await turns()
            old_far.send(b"for the duplicate")
            assert await cpu_share() < SPINNING
            assert calls.count == 0
            far.send(b"new")
            await until(lambda: calls.received == b"new", "the new reader's data")
            loop.remove_reader(new)

    loop.run_until_complete(main())


def test_reader_of_a_closed_socket_with_a_living_duplicate_does_not_spin(loop: Loop, pairs: Pairs) -> None:
    """Nobody has removed the reader, and nobody can read the data by its number."""

    async def main() -> None:
        near, far = pairs.pair()
        number = near.fileno()
        calls: list[int] = []
        loop.add_reader(near, calls.append, 1)
        await turns()
        with near.dup():
            near.close()
            far.send(b"readable for ever")
            assert await cpu_share() < SPINNING
            assert len(calls) < 1000
            loop.remove_reader(number)

    loop.run_until_complete(main())
