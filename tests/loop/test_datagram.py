"""Datagrams: UDP and Unix ones, with and without a name, and a receiver that does not keep up."""

import asyncio
import functools
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .support import soon_or_never, turn, turn_until, until, whorl_only


class Mailbox(asyncio.DatagramProtocol):
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.letters: list[tuple[bytes, Any]] = []
        self.errors: list[Exception] = []
        self.calls: list[str] = []

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.letters.append((data, addr))

    def error_received(self, exc: Exception) -> None:
        self.errors.append(exc)

    def pause_writing(self) -> None:
        self.calls.append("pause")

    def resume_writing(self) -> None:
        self.calls.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.calls.append(f"lost: {exc}")


async def endpoint(**options: Any) -> tuple[Any, Mailbox]:
    transport, mailbox = await asyncio.get_running_loop().create_datagram_endpoint(Mailbox, **options)
    return transport, mailbox


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "host", ["127.0.0.1", pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here"))]
)
def test_udp_without_a_connection_knows_each_sender(loop: asyncio.AbstractEventLoop, host: str) -> None:
    async def write() -> None:
        ends = [await endpoint(local_addr=(host, 0)) for _ in range(3)]
        (home, mailbox), *others = ends
        address = home.get_extra_info("sockname")
        for number, (transport, _) in enumerate(others):
            transport.sendto(b"from %d" % number, address)
        await until(lambda: len(mailbox.letters) == 2)
        names = [transport.get_extra_info("sockname") for transport, _ in others]
        assert mailbox.letters == [(b"from 0", names[0]), (b"from 1", names[1])]
        for _, sender in mailbox.letters:
            home.sendto(b"thank you", sender)
        for _, box in others:
            await until(lambda box=box: box.letters)  # type: ignore[misc]  # bound here, not when it is called
            assert box.letters == [(b"thank you", address)]
        for transport, _ in ends:
            transport.close()

    soon_or_never(loop, write())
    turn(loop)


def test_udp_with_a_connection_sends_to_one_address_only(loop: asyncio.AbstractEventLoop) -> None:
    async def write() -> None:
        home, mailbox = await endpoint(local_addr=("127.0.0.1", 0))
        address = home.get_extra_info("sockname")
        transport, box = await endpoint(remote_addr=address)
        transport.sendto(b"one")
        transport.sendto(bytearray(b"two"), address)
        transport.sendto(memoryview(b"three"), None)
        with pytest.raises(ValueError, match="Invalid address"):
            transport.sendto(b"four", ("127.0.0.1", 1))
        await until(lambda: len(mailbox.letters) == 3)
        assert [data for data, _ in mailbox.letters] == [b"one", b"two", b"three"]
        home.sendto(b"reply", mailbox.letters[0][1])
        await until(lambda: box.letters)
        assert box.letters == [(b"reply", address)]
        home.close()
        transport.close()

    soon_or_never(loop, write())
    turn(loop)


def test_a_refused_datagram_is_told_to_the_protocol_and_the_endpoint_goes_on(loop: asyncio.AbstractEventLoop) -> None:
    async def write() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            address = sock.getsockname()
        transport, mailbox = await endpoint(remote_addr=address)
        transport.sendto(b"is anybody there?")
        await until(lambda: mailbox.errors)
        assert [type(error) for error in mailbox.errors] == [ConnectionRefusedError]
        assert not transport.is_closing()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(address)
            transport.sendto(b"now?")
            sock.sendto(b"yes", transport.get_extra_info("sockname"))
            await until(lambda: mailbox.letters)
        assert mailbox.letters == [(b"yes", address)]
        transport.close()
        await until(lambda: mailbox.calls)
        assert mailbox.calls == ["lost: None"]

    soon_or_never(loop, write())


@whorl_only  # asyncio sends none before 3.13
@pytest.mark.parametrize("connected", [False, True])
def test_an_empty_datagram_is_a_datagram(loop: asyncio.AbstractEventLoop, connected: bool) -> None:
    async def write() -> None:
        home, mailbox = await endpoint(local_addr=("127.0.0.1", 0))
        address = home.get_extra_info("sockname")
        if connected:
            transport, _ = await endpoint(remote_addr=address)
            transport.sendto(b"")
        else:
            transport, _ = await endpoint(local_addr=("127.0.0.1", 0))
            transport.sendto(b"", address)
        await until(lambda: mailbox.letters)
        assert mailbox.letters == [(b"", transport.get_extra_info("sockname"))]
        home.close()
        transport.close()

    soon_or_never(loop, write())
    turn(loop)


@pytest.fixture
def unix_senders(tmp_path: Path) -> Iterator[list[socket.socket]]:
    """Unix datagram sockets: one with a path, one with an abstract name, one with a name by the kernel, one without."""
    senders = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(4)]
    senders[0].bind(str(tmp_path / "sender"))
    senders[1].bind(b"\0whorl test " + str(tmp_path).encode())
    senders[2].bind("")  # autobind, see unix(7)
    yield senders
    for sender in senders:
        sender.close()


@pytest.mark.parametrize("home", ["path", "abstract"])
def test_unix_datagrams_bear_the_names_that_the_socket_module_gives(
    loop: asyncio.AbstractEventLoop, tmp_path: Path, unix_senders: list[socket.socket], home: str
) -> None:
    path: Any = str(tmp_path / "home") if home == "path" else b"\0whorl home " + str(tmp_path).encode()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as plain:
        plain.bind(str(tmp_path / "plain"))
        for sender in unix_senders:
            sender.sendto(b"hello", str(tmp_path / "plain"))
        expected = [plain.recvfrom(100) for _ in unix_senders]

    async def read() -> None:
        # asyncio refuses abstract names here, so the socket is made by hand.
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sock.bind(path)
        transport, mailbox = await endpoint(sock=sock)
        assert transport.get_extra_info("sockname") == path
        for sender in unix_senders:
            sender.sendto(b"hello", path)
        await until(lambda: len(mailbox.letters) == len(unix_senders))
        assert mailbox.letters == expected
        for (_, name), sender in zip(mailbox.letters[:3], unix_senders, strict=False):
            transport.sendto(b"back", name)
            sender.settimeout(10)
            assert sender.recv(100) == b"back"
        transport.close()

    soon_or_never(loop, read())
    turn(loop)


def drain(sock: socket.socket) -> Iterator[bytes]:
    """Take what is there, without waiting."""
    sock.setblocking(False)
    while True:
        try:
            yield sock.recv(1 << 16)
        except BlockingIOError:
            return


@pytest.mark.parametrize("connected", [False, True])
def test_what_a_full_unix_receiver_does_not_take_waits_and_comes_in_order(
    loop: asyncio.AbstractEventLoop, tmp_path: Path, connected: bool
) -> None:
    path = str(tmp_path / "receiver")
    letters = [b"%05d" % number * 100 for number in range(1000)]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(path)
        options: dict[str, Any] = {"remote_addr": path} if connected else {"local_addr": str(tmp_path / "sender")}
        transport, mailbox = soon_or_never(loop, endpoint(family=socket.AF_UNIX, **options))
        queued = []
        for letter in letters:
            data = bytearray(letter)
            transport.sendto(data, None if connected else path)
            queued.append(transport.get_write_buffer_size())
            data[:] = bytes(len(data))  # it was copied if it waits
        assert queued[0] == 0
        assert queued[-1] > 64 * 1024
        assert mailbox.calls == ["pause"]
        received: list[bytes] = []

        def all_there() -> bool:
            received.extend(drain(receiver))
            return len(received) == len(letters)

        turn_until(loop, all_there)
        turn(loop)
        assert received == letters
        assert mailbox.calls == ["pause", "resume"]
        assert transport.get_write_buffer_size() == 0
        assert mailbox.errors == []
        transport.close()
        turn(loop)


def test_close_sends_what_waits_and_abort_drops_it(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    for how in ("close", "abort"):
        path = str(tmp_path / how)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
            receiver.bind(path)
            transport, mailbox = soon_or_never(loop, endpoint(family=socket.AF_UNIX, remote_addr=path))
            count = 0
            while transport.get_write_buffer_size() == 0:
                transport.sendto(b"letter")
                count += 1
            getattr(transport, how)()
            received: list[bytes] = []

            def lost(
                receiver: socket.socket = receiver, received: list[bytes] = received, mailbox: Mailbox = mailbox
            ) -> bool:
                received.extend(drain(receiver))
                return bool(mailbox.calls)

            turn_until(loop, lost)
            received.extend(drain(receiver))
            assert received == [b"letter"] * (count if how == "close" else count - 1)
            assert mailbox.calls == ["lost: None"]


def test_a_protocol_that_fails_is_reported_and_gets_the_next_datagram(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]]
) -> None:
    class Clumsy(Mailbox):
        def datagram_received(self, data: bytes, addr: Any) -> None:
            super().datagram_received(data, addr)
            if data == b"hot":
                raise ZeroDivisionError("on purpose")

    async def read() -> None:
        transport, mailbox = await loop.create_datagram_endpoint(Clumsy, local_addr=("127.0.0.1", 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"hot", transport.get_extra_info("sockname"))
            sender.sendto(b"cold", transport.get_extra_info("sockname"))
            await until(lambda: len(mailbox.letters) == 2)
        transport.close()

    soon_or_never(loop, read())
    turn(loop)
    assert [type(report["exception"]) for report in reports] == [ZeroDivisionError]
    reports.clear()


def _holds(mailbox: Mailbox, count: int) -> bool:
    return len(mailbox.letters) == count


def test_many_senders_are_told_apart(loop: asyncio.AbstractEventLoop) -> None:
    # More than the addresses that are remembered, each twice: some are looked up again, some have gone.
    transport, mailbox = soon_or_never(loop, endpoint(local_addr=("127.0.0.1", 0)))
    senders = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(300)]
    try:
        for number, sender in enumerate(senders):
            sender.bind((f"127.0.{number % 7}.{number % 3 + 1}", 0))
        for _ in range(2):
            mailbox.letters.clear()
            for number, sender in enumerate(senders):
                sender.sendto(b"%d" % number, transport.get_extra_info("sockname"))
                if number % 50 == 49:
                    turn_until(loop, functools.partial(_holds, mailbox, number + 1))
            assert mailbox.letters == [(b"%d" % n, sender.getsockname()) for n, sender in enumerate(senders)]
            for data, address in mailbox.letters:
                transport.sendto(data, address)
            assert [sender.recv(100) for sender in senders] == [data for data, _ in mailbox.letters]
    finally:
        transport.abort()
        for sender in senders:
            sender.close()


@pytest.mark.parametrize("host", ["localhost", "", "127.0.0.1\0.example"])
def test_a_host_that_is_no_literal_is_treated_as_the_socket_module_does(
    loop: asyncio.AbstractEventLoop, host: str
) -> None:
    async def write() -> None:
        transport, mailbox = await endpoint(local_addr=("127.0.0.1", 0), family=socket.AF_INET)
        complaints: list[Any] = []
        loop.set_exception_handler(lambda _, context: complaints.append(type(context["exception"])))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
            try:
                plain.sendto(b"", (host, transport.get_extra_info("sockname")[1]))
            except (TypeError, ValueError) as exc:
                expected = [type(exc)]
            else:
                expected = []
            transport.sendto(b"hello", (host, transport.get_extra_info("sockname")[1]))
            await until(lambda: complaints or b"hello" in [data for data, _ in mailbox.letters])
        assert complaints == expected
        transport.abort()

    soon_or_never(loop, write())


def test_a_flood_of_datagrams_leaves_room_for_others(loop: asyncio.AbstractEventLoop) -> None:
    transport, mailbox = soon_or_never(loop, endpoint(local_addr=("127.0.0.1", 0)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(100):
            sender.sendto(b"x", transport.get_extra_info("sockname"))
    turn(loop)
    assert len(mailbox.letters) < 50
    turn_until(loop, lambda: len(mailbox.letters) == 100)
    transport.abort()


@whorl_only
def test_a_protocol_that_has_enough_gets_no_more(loop: asyncio.AbstractEventLoop) -> None:
    class Slow(Mailbox):
        def datagram_received(self, data: bytes, addr: Any) -> None:
            super().datagram_received(data, addr)
            transport.pause_reading()

    transport, mailbox = soon_or_never(loop, loop.create_datagram_endpoint(Slow, local_addr=("127.0.0.1", 0)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(3):
            sender.sendto(b"x", transport.get_extra_info("sockname"))
    for expected in (1, 2, 3):
        turn(loop)
        turn(loop)
        assert len(mailbox.letters) == expected
        transport.resume_reading()
    transport.abort()
