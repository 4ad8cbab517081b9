"""Small programs that pull descriptors from under a loop; each has a process of its own, which must survive it.

``python -m hostile.dead_scripts NAME`` runs one. A script asserts what it is about; whatever else the loop does,
it must raise or report, and go on.
"""

import asyncio
import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable

from .descriptors import epoll_sets
from .factory import chosen_factory
from .stage import Party
from .turning import cpu_share, turns, until

Loop = asyncio.AbstractEventLoop

SCRIPTS: dict[str, Callable[[Loop], None]] = {}


def script(function: Callable[[Loop], None]) -> Callable[[Loop], None]:
    SCRIPTS[function.__name__] = function
    return function


def still_works(loop: Loop) -> None:
    """Check that timers, threads and sockets are still served."""

    async def main() -> None:
        await asyncio.sleep(0.001)
        assert await loop.run_in_executor(None, lambda: 42) == 42
        near, far = socket.socketpair()
        with near, far:
            near.setblocking(False)
            far.send(b"fine")
            assert await asyncio.wait_for(loop.sock_recv(near, 10), 5) == b"fine"

    loop.run_until_complete(main())


async def _connected(loop: Loop) -> tuple[asyncio.Transport, Party, socket.socket]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    party = Party()
    transport, _ = await loop.create_connection(lambda: party, sock=near)
    await turns()
    return transport, party, far


@script
def adding_a_closed_number(loop: Loop) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    for add in (loop.add_reader, loop.add_writer):
        try:
            add(reading, lambda: None)
        except (OSError, ValueError):
            continue
        raise AssertionError(f"{add.__name__} took a closed descriptor")
    assert not loop.remove_reader(reading)
    assert not loop.remove_writer(writing)
    still_works(loop)


@script
def closed_under_a_reader(loop: Loop) -> None:
    near, far = socket.socketpair()

    async def main() -> None:
        loop.add_reader(near, lambda: None)
        await turns()
        os.close(near.fileno())
        await turns()
        assert await cpu_share(0.1) < 0.3
        loop.remove_reader(near)
        assert not loop.remove_reader(near)
        near.detach()
        far.close()

    loop.run_until_complete(main())
    still_works(loop)


@script
def closed_under_a_reader_then_writer_added(loop: Loop) -> None:
    near, far = socket.socketpair()

    async def main() -> None:
        loop.add_reader(near, lambda: None)
        await turns()
        number = near.detach()
        os.close(number)
        try:
            loop.add_writer(number, lambda: None)
        except (OSError, ValueError):
            pass
        else:
            raise AssertionError("add_writer took a closed descriptor")
        loop.remove_reader(number)
        far.close()

    loop.run_until_complete(main())
    still_works(loop)


@script
def closed_under_a_waiting_sock_recv(loop: Loop) -> None:
    near, far = socket.socketpair()
    near.setblocking(False)

    async def main() -> None:
        waiting = asyncio.ensure_future(loop.sock_recv(near, 10))
        await turns()
        os.close(near.fileno())
        await turns()
        waiting.cancel()
        await asyncio.wait({waiting})
        with contextlib.suppress(OSError):
            await asyncio.wait_for(loop.sock_recv(near, 10), 0.1)
            raise AssertionError("sock_recv took a closed descriptor")
        near.detach()
        far.close()

    loop.run_until_complete(main())
    still_works(loop)


@script
def closed_under_a_transport(loop: Loop) -> None:
    async def main() -> None:
        transport, party, far = await _connected(loop)
        os.close(transport.get_extra_info("socket").fileno())
        transport.pause_reading()
        await turns()
        with contextlib.suppress(OSError):
            transport.resume_reading()
        transport.write(b"into the void")
        await until(lambda: "lost" in party.events, "the end of the transport")
        assert isinstance(party.lost_with, OSError)
        transport.close()
        transport.abort()
        await turns()
        assert party.events == ["made", "lost"]
        far.close()

    loop.set_exception_handler(lambda loop, context: None)
    loop.run_until_complete(main())
    loop.set_exception_handler(None)
    still_works(loop)


@script
def closed_under_a_transport_then_closed_properly(loop: Loop) -> None:
    async def main() -> None:
        transport, party, far = await _connected(loop)
        os.close(transport.get_extra_info("socket").fileno())
        transport.close()
        await until(lambda: "lost" in party.events, "the end of the transport")
        await turns()
        far.close()

    loop.set_exception_handler(lambda loop, context: None)
    loop.run_until_complete(main())
    loop.set_exception_handler(None)
    still_works(loop)


@script
def closed_under_a_transport_that_waits_to_write(loop: Loop) -> None:
    async def main() -> None:
        transport, party, far = await _connected(loop)
        transport.write(bytes(1 << 22))
        await turns()
        os.close(transport.get_extra_info("socket").fileno())
        transport.write(b"more")
        transport.set_write_buffer_limits(high=0)
        await turns()
        transport.abort()
        await until(lambda: "lost" in party.events, "the end of the transport")
        await turns()
        far.close()

    loop.set_exception_handler(lambda loop, context: None)
    loop.run_until_complete(main())
    loop.set_exception_handler(None)
    still_works(loop)


@script
def closed_under_a_server(loop: Loop) -> None:
    async def main() -> None:
        server = await loop.create_server(Party, "127.0.0.1", 0)
        await turns()
        os.close(server.sockets[0].fileno())
        await turns()
        with contextlib.suppress(OSError):
            server.close()
        await turns()

    loop.set_exception_handler(lambda loop, context: None)
    loop.run_until_complete(main())
    loop.set_exception_handler(None)
    still_works(loop)


@script
def epoll_closed_under_the_loop(loop: Loop) -> None:
    (epoll,) = epoll_sets()
    os.close(epoll)
    _run_without_epoll(loop)


@script
def epoll_replaced_under_the_loop(loop: Loop) -> None:
    (epoll,) = epoll_sets()
    reading, _writing = os.pipe()
    os.dup2(reading, epoll)
    _run_without_epoll(loop)


def _run_without_epoll(loop: Loop) -> None:
    try:
        loop.run_until_complete(asyncio.sleep(5))
    except (OSError, ValueError):
        pass
    else:
        raise AssertionError("the loop ran although its epoll descriptor was gone")
    for task in asyncio.all_tasks(loop):
        task.cancel()
    near, far = socket.socketpair()
    with near, far, contextlib.suppress(OSError, ValueError):
        loop.add_reader(near, lambda: None)
        loop.remove_reader(near)


@script
def everything_closed_under_the_loop(loop: Loop) -> None:
    async def main() -> None:
        transport, _, _far = await _connected(loop)
        transport.write(b"x")
        os.closerange(3, 200)

    loop.set_exception_handler(lambda loop, context: None)
    with contextlib.suppress(OSError, ValueError):
        loop.run_until_complete(main())


@script
def woken_by_a_thread_after_everything_was_closed(loop: Loop) -> None:
    os.closerange(3, 200)
    called: list[int] = []

    def call() -> None:
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            loop.call_soon_threadsafe(called.append, 1)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


@script
def transport_used_after_the_loop_was_closed(loop: Loop) -> None:
    transport, _, far = loop.run_until_complete(_connected(loop))
    loop.close()
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        transport.write(b"x")
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        transport.pause_reading()
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        transport.resume_reading()
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        transport.abort()
    far.close()


@script
def callback_closes_the_loops_descriptors_in_the_middle_of_a_batch(loop: Loop) -> None:
    pairs = [socket.socketpair() for _ in range(20)]

    def close_all() -> None:
        for near, _ in pairs:
            with contextlib.suppress(OSError):
                os.close(near.fileno())

    async def main() -> None:
        for near, far in pairs:
            loop.add_reader(near, close_all)
            far.send(b"x")
        await turns()
        for near, far in pairs:
            loop.remove_reader(near)
            near.detach()
            far.close()
        await turns()

    loop.run_until_complete(main())
    still_works(loop)


def main(name: str) -> None:
    """Run one script on a fresh loop; closing the loop may fail where its descriptors are gone."""
    loop = chosen_factory()()
    SCRIPTS[name](loop)
    if not loop.is_closed():
        with contextlib.suppress(OSError, ValueError):
            loop.run_until_complete(loop.shutdown_default_executor())
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            loop.close()
    print("survived", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
