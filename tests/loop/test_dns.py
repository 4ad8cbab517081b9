"""Addresses in digits: answered without a thread, and exactly as the socket module answers."""

import asyncio
import itertools
import logging
import socket
from typing import Any

import pytest

from whorl._loop.dns import in_digits

from .support import Recorder, soon_or_never, until, whorl_only

pytestmark = whorl_only


class Text(str):
    """No plain string."""


ADDRESSES = ("127.0.0.1", "0.0.0.0", "255.255.255.255", "10.1.2.3", "::1", "::", "2001:db8::1", "fe80::1")
SPELLINGS = ("2001:DB8:0:0::0001", "0:0:0:0:0:0:0:1", "::ffff:1.2.3.4", "::1.2.3.4", "64:ff9b::1.2.3.4")
# Neither is looked up here: what is left to the C library is not compared.
OTHERS: tuple[Any, ...] = (
    *("127.1", "127.0.0.01", "0x7f.0.0.1", "1", "", " 127.0.0.1", "127.0.0.1 ", "256.0.0.1", "127.0.0.1.", "localhost"),
    *("::1%lo", "fe80::1%1", "[::1]", ":", ":::", "1::2::3", "127.0.0.1\0", "\uff11\uff12\uff17.0.0.1", "\udcff"),
    *(b"127.0.0.1", bytearray(b"::1"), None, 2130706433, ["::1"], Text("127.0.0.1")),
)
PORTS = (0, 80, 65535, "0", "80", "0080", "65535")
OTHER_PORTS: tuple[Any, ...] = (
    *(-1, 65536, 2**70, True, 80.0, None, "", "-1", "+80", " 80", "80 ", "65536", "9" * 5000, "http", b"80", b""),
    *("8_0", "0x50", "\u0664", Text("80")),
)
FAMILIES = (0, socket.AF_INET, socket.AF_INET6, 10, socket.AF_UNIX, 77)
TYPES = (0, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET, 1, 99, -1)
PROTOCOLS = (0, socket.IPPROTO_TCP, socket.IPPROTO_UDP, socket.IPPROTO_ICMP, 132, 255)


def test_what_is_answered_is_what_the_socket_module_answers() -> None:
    answered = 0
    for host, port, family, kind, proto in itertools.product(
        (*ADDRESSES, *SPELLINGS, *OTHERS), (*PORTS, *OTHER_PORTS), FAMILIES, TYPES, PROTOCOLS
    ):
        found = in_digits(host, port, family, kind, proto)
        if found is not None:
            assert repr(found) == repr(socket.getaddrinfo(host, port, family, kind, proto))
            answered += 1
    assert answered > 1000


@pytest.mark.parametrize("host", [*ADDRESSES, *SPELLINGS])
@pytest.mark.parametrize("port", PORTS)
@pytest.mark.parametrize("kind", [0, socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_addresses_in_digits_are_answered(host: str, port: int | str, kind: int) -> None:
    own_family = socket.AF_INET6 if ":" in host else socket.AF_INET
    assert in_digits(host, port, 0, kind, 0) == in_digits(host, port, own_family, kind, 0) is not None


@pytest.mark.parametrize("host", OTHERS, ids=repr)
def test_hosts_of_any_other_kind_are_not(host: Any) -> None:
    assert in_digits(host, 80, 0, socket.SOCK_STREAM, 0) is None


@pytest.mark.parametrize("port", OTHER_PORTS, ids=lambda port: repr(port)[:20])
def test_ports_of_any_other_kind_are_not(port: Any) -> None:
    assert in_digits("127.0.0.1", port, 0, socket.SOCK_STREAM, 0) is None


@pytest.mark.parametrize(
    "options",
    [{"family": "x"}, {"type": "x"}, {"proto": "x"}, {"family": []}, {"type": 2**70}, {"proto": None}],
    ids=str,
)
def test_arguments_that_are_none_fail_as_in_the_socket_module(
    loop: asyncio.AbstractEventLoop, options: dict[str, Any]
) -> None:
    with pytest.raises((TypeError, OverflowError)) as expected:
        socket.getaddrinfo("127.0.0.1", 80, **options)
    with pytest.raises(expected.type, match=str(expected.value)):
        soon_or_never(loop, loop.getaddrinfo("127.0.0.1", 80, **options))


def test_a_family_that_does_not_fit_is_an_error(loop: asyncio.AbstractEventLoop) -> None:
    with pytest.raises(socket.gaierror):
        soon_or_never(loop, loop.getaddrinfo("127.0.0.1", 80, family=socket.AF_INET6))


def no_thread(loop: Any) -> bool:
    return loop._default_executor is None


def test_an_answer_in_digits_needs_no_thread(loop: asyncio.AbstractEventLoop) -> None:
    for host, options in itertools.product(("127.0.0.1", "::1"), ({}, {"type": socket.SOCK_STREAM})):
        keywords: dict[str, Any] = dict(options)
        found = soon_or_never(loop, loop.getaddrinfo(host, 80, **keywords))
        assert found == socket.getaddrinfo(host, 80, **keywords)
    assert no_thread(loop)
    assert soon_or_never(loop, loop.getaddrinfo("localhost", 80, flags=socket.AI_NUMERICSERV))
    assert not no_thread(loop)


def test_each_answer_is_a_list_of_its_own(loop: asyncio.AbstractEventLoop) -> None:
    soon_or_never(loop, loop.getaddrinfo("127.0.0.1", 80)).clear()
    assert soon_or_never(loop, loop.getaddrinfo("127.0.0.1", 80)) == socket.getaddrinfo("127.0.0.1", 80)


def test_servers_and_connections_in_digits_need_no_thread(loop: asyncio.AbstractEventLoop) -> None:
    async def connect() -> None:
        there = Recorder()
        server = await loop.create_server(lambda: there, "127.0.0.1", 0)
        transport, _ = await loop.create_connection(
            Recorder, *server.sockets[0].getsockname(), local_addr=("127.0.0.1", 0)
        )
        transport.close()
        await until(lambda: there.lost)
        server.close()
        endpoint, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, ("127.0.0.1", 0))
        endpoint.close()
        await asyncio.sleep(0)

    soon_or_never(loop, connect())
    assert no_thread(loop)


def test_a_resolver_that_the_program_has_put_in_place_is_asked(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args: args)
    assert soon_or_never(loop, loop.getaddrinfo("127.0.0.1", 80)) == ("127.0.0.1", 80, 0, 0, 0, 0)


def test_debug_mode_logs_each_look_up(loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture) -> None:
    loop.set_debug(True)
    with caplog.at_level(logging.DEBUG, "asyncio"):
        found = soon_or_never(loop, loop.getaddrinfo("127.0.0.1", 80))
    assert found == socket.getaddrinfo("127.0.0.1", 80)
    assert "Get address info 127.0.0.1:80" in caplog.messages
