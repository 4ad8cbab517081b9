"""Servers: what they accept, what they let go, and what a lack of descriptors does to them."""

import asyncio
import contextvars
import functools
import gc
import socket
import struct
import weakref
from typing import Any

import pytest

from .support import Recorder, run_script, soon_or_never, turn, turn_until, until, whorl_only


async def serve(factory: Any, **options: Any) -> tuple[asyncio.Server, Any]:
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0, **options)
    return server, server.sockets[0].getsockname()


def reset(sock: socket.socket) -> None:
    """Close a connection with a RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def test_peername_is_known_though_the_peer_has_reset_the_connection_before_it_was_accepted(
    loop: asyncio.AbstractEventLoop,
) -> None:
    names: list[Any] = []

    class Peer(Recorder):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            names.append(transport.get_extra_info("peername"))

    server, address = soon_or_never(loop, serve(Peer))
    expected = []
    for _ in range(5):
        client = socket.create_connection(address)
        expected.append(client.getsockname())
        reset(client)
    turn_until(loop, lambda: len(names) == 5)
    server.close()
    soon_or_never(loop, until(lambda: True))
    if "whorl" in type(loop).__module__:
        assert names == expected


@whorl_only
@pytest.mark.parametrize("backlog", [0, -1])
def test_a_server_with_the_shortest_backlog_accepts(loop: asyncio.AbstractEventLoop, backlog: int) -> None:
    made: list[Recorder] = []

    def factory() -> Recorder:
        made.append(Recorder())
        return made[-1]

    server, address = soon_or_never(loop, serve(factory, backlog=backlog))
    with socket.create_connection(address):
        turn_until(loop, lambda: made and made[0].transport)
    turn_until(loop, lambda: made[0].lost)
    server.close()


def test_a_closed_server_is_let_go_with_its_factory(loop: asyncio.AbstractEventLoop) -> None:
    class Factory:
        def __call__(self) -> Recorder:
            return Recorder()

    async def come_and_go() -> list[weakref.ref[Any]]:
        factory = Factory()
        server, _ = await serve(factory)
        server.close()
        await server.wait_closed()
        return [weakref.ref(factory), weakref.ref(server)]

    remains = soon_or_never(loop, come_and_go())
    turn(loop)
    gc.collect()
    assert [remain() for remain in remains] == [None, None]


def test_a_server_that_was_closed_ignores_what_a_duplicate_of_its_socket_accepts(
    loop: asyncio.AbstractEventLoop,
) -> None:
    # A forked worker keeps the listening socket; epoll goes on reporting for it.
    server, address = soon_or_never(loop, serve(Recorder))
    duplicate = server.sockets[0].dup()
    server.close()
    with duplicate, socket.create_connection(address):
        for _ in range(5):
            turn(loop)  # the fixture sees to it that nothing was reported


def test_out_of_descriptors_a_server_says_so_and_recovers() -> None:
    said = run_script(
        """
        import resource
        from asyncio import constants

        constants.ACCEPT_RETRY_DELAY = 0.05

        async def main():
            loop = asyncio.get_running_loop()
            reports = []
            loop.set_exception_handler(lambda loop, context: reports.append(context))
            made = []
            class Hello(asyncio.Protocol):
                def connection_made(self, transport):
                    made.append(transport)
            server = await loop.create_server(Hello, "127.0.0.1", 0)
            client = socket.socket()
            hoard = []
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
            try:
                while True:
                    hoard.append(os.dup(0))
            except OSError:
                pass
            client.connect(server.sockets[0].getsockname())
            await until(lambda: len(reports) >= 2)
            assert not made
            assert all(report["exception"].errno == 24 for report in reports), reports
            before = time.process_time()
            count = len(reports)
            await asyncio.sleep(0.2)
            assert len(reports) - count < 10 and time.process_time() - before < 0.1, "the loop spins"
            while hoard:
                os.close(hoard.pop())
            await until(lambda: made)
            print(made[0].get_extra_info("peername") == client.getsockname())
            made[0].abort()
            client.close()
            server.close()
            await asyncio.sleep(0)

        loop = new_loop()
        loop.run_until_complete(main())
        loop.close()
        """
    )
    assert said == "True\n"


@whorl_only
def test_a_server_closed_while_it_is_out_of_descriptors_stays_closed() -> None:
    said = run_script(
        """
        import resource
        from asyncio import constants

        constants.ACCEPT_RETRY_DELAY = 0.02

        async def main():
            loop = asyncio.get_running_loop()
            reports = []
            loop.set_exception_handler(lambda loop, context: reports.append(context["message"]))
            server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
            client = socket.socket()
            hoard = []
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
            try:
                while True:
                    hoard.append(os.dup(0))
            except OSError:
                pass
            client.connect(server.sockets[0].getsockname())
            await until(lambda: reports)
            server.close()
            reports.clear()
            while hoard:
                os.close(hoard.pop())
            await asyncio.sleep(0.1)
            client.close()
            print(reports)

        loop = new_loop()
        loop.run_until_complete(main())
        loop.close()
        """
    )
    assert said == "[]\n"


def test_each_connection_has_its_own_copy_of_the_context_in_which_the_server_was_started(
    loop: asyncio.AbstractEventLoop,
) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    seen: list[tuple[str, str]] = []

    class Peer(Recorder):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            seen.append(("made", variable.get()))
            variable.set(f"changed by {len(seen)}")

        def data_received(self, data: bytes) -> None:
            seen.append(("data", variable.get()))
            self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            seen.append(("lost", variable.get()))

    async def start() -> tuple[asyncio.Server, Any]:
        variable.set("at the start")
        result = await serve(Peer)
        variable.set("after the start")
        return result

    server, address = soon_or_never(loop, start())
    for _ in range(2):
        del seen[:]
        with socket.create_connection(address) as client:
            client.sendall(b"x")
            turn_until(loop, lambda: len(seen) == 3)
        assert seen[0] == ("made", "at the start")
        if "whorl" in type(loop).__module__:
            assert seen[1:] == [("data", "changed by 1"), ("lost", "changed by 1")]
    server.close()


def _holds(items: list[Any], count: int) -> bool:
    return len(items) == count


def test_however_many_come_at_once_all_are_accepted(loop: asyncio.AbstractEventLoop) -> None:
    met: list[Any] = []

    class Peer(Recorder):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            met.append((transport.get_extra_info("peername"), transport.get_extra_info("sockname")))
            transport.close()

    server, address = soon_or_never(loop, serve(Peer, backlog=200))
    for count in (1, 150, 2, 40, 1):
        met.clear()
        clients = [socket.create_connection(address) for _ in range(count)]
        turn_until(loop, functools.partial(_holds, met, count))
        turn(loop)
        turn(loop)
        assert sorted(met) == sorted((client.getsockname(), address) for client in clients)
        for client in clients:
            assert client.recv(1) == b""
            client.close()
    server.close()
    soon_or_never(loop, server.wait_closed())
