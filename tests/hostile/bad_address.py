"""Wrong arguments: connections, servers and datagram endpoints."""

import asyncio
import socket
import ssl
from typing import Any

from .outcome import Bench, Case

Protocol = asyncio.Protocol
Datagram = asyncio.DatagramProtocol


def connection(*args: object, factory: object = Protocol, **rest: object) -> Case:
    return lambda bench: bench.run(lambda: bench.loop.create_connection(factory, *args, **rest))


def server(*args: object, factory: object = Protocol, **rest: object) -> Case:
    """Create a server; one that comes up nevertheless is closed."""

    def case(bench: Bench) -> object:
        result: Any = bench.run(lambda: bench.loop.create_server(factory, *args, **rest))
        result.close()
        return result

    return case


def endpoint(factory: object = Datagram, **rest: object) -> Case:
    def case(bench: Bench) -> object:
        result: Any = bench.run(lambda: bench.loop.create_datagram_endpoint(factory, **rest))
        result[0].close()
        return result

    return case


def with_sock(method: str, sock: Any, *args: object, **rest: object) -> Case:
    """Call a method with ``sock=``, made from the bench."""

    def case(bench: Bench) -> object:
        return bench.run(lambda: getattr(bench.loop, method)(Protocol, *args, sock=sock(bench), **rest))

    return case


def accepted(sock: Any, **rest: object) -> Case:
    return lambda bench: bench.run(lambda: bench.loop.connect_accepted_socket(Protocol, sock(bench), **rest))


def refusing() -> Protocol:
    raise ZeroDivisionError("no protocol today")


def tls(use: Any) -> Case:
    """Call with a transport for start_tls."""

    def case(bench: Bench) -> object:
        transport = bench.connected()
        return bench.run(lambda: use(bench, transport))

    return case


def wrong_port(bench: Bench) -> object:
    return bench.run(lambda: bench.loop.create_connection(Protocol, "127.0.0.1", unused_port()))


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port: int = gone.getsockname()[1]
        return port


def taken_port(bench: Bench) -> object:
    port = bench.listening().getsockname()[1]
    return bench.run(lambda: bench.loop.create_server(Protocol, "127.0.0.1", port))


def unix(method: str, *args: object, **rest: object) -> Case:
    return lambda bench: bench.run(lambda: getattr(bench.loop, method)(Protocol, *args, **rest))


LITERAL = "127.0.0.1"

CASES: dict[str, Case] = {
    # create_connection
    "connection without anything": connection(),
    "connection without a factory": lambda b: b.run(lambda: b.loop.create_connection()),
    "connection without port": connection(LITERAL),
    "connection to a port in words": connection(LITERAL, "no-such-service"),
    "connection to a wrong port": connection(LITERAL, 70000),
    "connection to a negative port": connection(LITERAL, -1),
    "connection to a port of a wrong type": connection(LITERAL, 1.5),
    "connection to a host of a wrong type": connection(42, 80),
    "connection to a host in bytes": connection(b"127.0.0.1", unused_port()),
    "connection to no such host": connection("no.such.host.invalid", 80),
    "connection to a host with a null": connection("a\0b", 80),
    "connection to an overlong host": connection("x" * 300, 80),
    "connection to an empty address": connection("::1::2", 80),
    "connection to nobody": wrong_port,
    "connection with a wrong family": connection(LITERAL, 80, family=socket.AF_INET6),
    "connection with a family in words": connection(LITERAL, 80, family="inet"),
    "connection with a wrong local address": connection(LITERAL, 80, local_addr="here"),
    "connection with a local address of a wrong family": connection(LITERAL, 80, local_addr=("::1", 0)),
    "connection with a foreign local address": connection(LITERAL, 80, local_addr=("192.0.2.1", 0)),
    "connection with a host and a socket": with_sock("create_connection", lambda b: b.sock(), LITERAL, 80),
    "connection with a datagram socket": with_sock("create_connection", lambda b: b.udp()),
    "connection with a string as socket": with_sock("create_connection", lambda b: "no socket"),
    "connection with a closed socket": with_sock("create_connection", lambda b: b.closed_sock()),
    "connection with a TLS socket": with_sock("create_connection", lambda b: b.ssl_sock()),
    "connection with an unconnected socket": with_sock("create_connection", lambda b: b.tcp()),
    "connection with a factory that raises": connection(factory=refusing, host=LITERAL, port=unused_port()),
    "connection on a socket with a factory that raises": lambda b: b.run(
        lambda: b.loop.create_connection(refusing, sock=b.sock())
    ),
    "connection with None as factory": lambda b: b.run(lambda: b.loop.create_connection(None, sock=b.sock())),
    "connection with a server_hostname but without TLS": connection(LITERAL, 80, server_hostname="x"),
    "connection with TLS and a socket but no server_hostname": lambda b: b.run(
        lambda: b.loop.create_connection(Protocol, sock=b.sock(), ssl=b.tls.client)
    ),
    "connection with a wrong TLS context": lambda b: b.run(
        lambda: b.loop.create_connection(Protocol, sock=b.sock(), ssl="context", server_hostname="x")
    ),
    "connection with a handshake timeout but without TLS": connection(LITERAL, 80, ssl_handshake_timeout=1),
    "connection with a shutdown timeout but without TLS": connection(LITERAL, 80, ssl_shutdown_timeout=1),
    "connection with a handshake timeout of 0": lambda b: b.run(
        lambda: b.loop.create_connection(
            Protocol, sock=b.sock(), ssl=b.tls.client, server_hostname="x", ssl_handshake_timeout=0
        )
    ),
    "connection with a negative shutdown timeout": lambda b: b.run(
        lambda: b.loop.create_connection(
            Protocol, sock=b.sock(), ssl=b.tls.client, server_hostname="x", ssl_shutdown_timeout=-1
        )
    ),
    "connection with an unknown keyword": connection(LITERAL, 80, wrong=1),
    # Unix connections
    "unix connection without anything": unix("create_unix_connection"),
    "unix connection to a number": unix("create_unix_connection", 42),
    "unix connection to no such file": unix("create_unix_connection", "/no/such/file"),
    "unix connection to an overlong path": unix("create_unix_connection", "/" + "x" * 200),
    "unix connection to a path with a null": unix("create_unix_connection", "/tmp/a\0b"),
    "unix connection with a path and a socket": with_sock("create_unix_connection", lambda b: b.sock(), "/tmp/x"),
    "unix connection with a TCP socket": with_sock("create_unix_connection", lambda b: b.tcp()),
    "unix connection with a string as socket": with_sock("create_unix_connection", lambda b: "no socket"),
    "unix connection with a server_hostname but without TLS": unix(
        "create_unix_connection", "/tmp/x", server_hostname="x"
    ),
    "unix connection with TLS but no server_hostname": unix("create_unix_connection", "/tmp/x", ssl=True),
    # Accepted sockets
    "accepted socket: a datagram socket": accepted(lambda b: b.udp()),
    "accepted socket: a string": accepted(lambda b: "no socket"),
    "accepted socket: None": accepted(lambda b: None),
    "accepted socket: closed": accepted(lambda b: b.closed_sock()),
    "accepted socket: TLS": accepted(lambda b: b.ssl_sock()),
    "accepted socket with a handshake timeout but without TLS": accepted(lambda b: b.sock(), ssl_handshake_timeout=1),
    "accepted socket with a client's TLS context": lambda b: b.run(
        lambda: b.loop.connect_accepted_socket(Protocol, b.sock(), ssl="context")
    ),
    "accepted socket with a factory that raises": lambda b: b.run(
        lambda: b.loop.connect_accepted_socket(refusing, b.sock())
    ),
    # Servers
    "server without anything": server(),
    "server with a port in words": server(LITERAL, "no-such-service"),
    "server with a wrong port": server(LITERAL, 70000),
    "server with a negative port": server(LITERAL, -1),
    "server on a host of a wrong type": server(42, 0),
    "server on no such host": server("no.such.host.invalid", 0),
    "server on a foreign address": server("192.0.2.1", 0),
    "server on a good and a foreign address": server([LITERAL, "192.0.2.1"], 0),
    "server on a taken port": taken_port,
    "server with a boolean as TLS context": server(LITERAL, 0, ssl=True),
    "server with a string as TLS context": server(LITERAL, 0, ssl="context"),
    "server with a handshake timeout but without TLS": server(LITERAL, 0, ssl_handshake_timeout=1),
    "server with a shutdown timeout but without TLS": server(LITERAL, 0, ssl_shutdown_timeout=1),
    "server with a backlog in words": server(LITERAL, 0, backlog="many"),
    "server with a negative backlog": server(LITERAL, 0, backlog=-1),
    "server with a host and a socket": with_sock("create_server", lambda b: b.listening(), LITERAL, 0),
    "server with a datagram socket": with_sock("create_server", lambda b: b.udp()),
    "server with a string as socket": with_sock("create_server", lambda b: "no socket"),
    "server with a closed socket": with_sock("create_server", lambda b: b.closed_sock()),
    "server with a connected socket": with_sock("create_server", lambda b: b.sock()),
    "server with a TLS socket": with_sock("create_server", lambda b: b.ssl_sock()),
    "unix server without anything": unix("create_unix_server"),
    "unix server on a number": unix("create_unix_server", 42),
    "unix server in no such directory": unix("create_unix_server", "/no/such/directory/socket"),
    "unix server on a directory": unix("create_unix_server", "/tmp"),
    "unix server on an overlong path": unix("create_unix_server", "/" + "x" * 200),
    "unix server with a path and a socket": with_sock("create_unix_server", lambda b: b.sock(), "/tmp/x"),
    "unix server with a TCP socket": with_sock("create_unix_server", lambda b: b.tcp()),
    "unix server with a boolean as TLS context": unix("create_unix_server", "/tmp/x", ssl=True),
    # Datagrams
    "endpoint without anything": endpoint(),
    "endpoint with a string as remote address": endpoint(remote_addr="somewhere"),
    "endpoint with a list as remote address": endpoint(remote_addr=[LITERAL, 80]),
    "endpoint with a triple as local address": endpoint(local_addr=(LITERAL, 0, 0)),
    "endpoint with a wrong port": endpoint(local_addr=(LITERAL, 70000)),
    "endpoint with a wrong remote port": endpoint(remote_addr=(LITERAL, 70000)),
    "endpoint on a foreign address": endpoint(local_addr=("192.0.2.1", 0)),
    "endpoint with addresses of two families": endpoint(local_addr=("::1", 0), remote_addr=(LITERAL, 9)),
    "endpoint with a stream socket": lambda b: b.run(lambda: b.loop.create_datagram_endpoint(Datagram, sock=b.sock())),
    "endpoint with a string as socket": endpoint(sock="no socket"),
    "endpoint with a closed socket": lambda b: b.run(
        lambda: b.loop.create_datagram_endpoint(Datagram, sock=b.closed_sock())
    ),
    "endpoint with a socket and an address": lambda b: b.run(
        lambda: b.loop.create_datagram_endpoint(Datagram, sock=b.udp(), local_addr=(LITERAL, 0))
    ),
    "endpoint with a factory that raises": endpoint(factory=refusing, local_addr=(LITERAL, 0)),
    "unix endpoint with a tuple": endpoint(local_addr=("x", 1), family=socket.AF_UNIX),
    # TLS upgrades
    "start_tls with a wrong context": tls(lambda b, t: b.loop.start_tls(t, Protocol(), "context")),
    "start_tls with None as context": tls(lambda b, t: b.loop.start_tls(t, Protocol(), None)),
    "start_tls on no transport": tls(lambda b, t: b.loop.start_tls("transport", Protocol(), b.tls.client)),
    "start_tls on a datagram transport": lambda b: (
        endpoint := b.endpoint(),
        b.run(lambda: b.loop.start_tls(endpoint, Protocol(), b.tls.client)),
    )[1],
    "start_tls with a handshake timeout of 0": tls(
        lambda b, t: b.loop.start_tls(t, Protocol(), b.tls.client, server_hostname="x", ssl_handshake_timeout=0)
    ),
    "start_tls without a hostname to check": tls(
        lambda b, t: b.loop.start_tls(t, Protocol(), b.tls.client, server_hostname=None)
    ),
    "start_tls as a server with a client's context": tls(
        lambda b, t: b.loop.start_tls(t, Protocol(), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), server_side=True)
    ),
    # Names and files
    "getaddrinfo of a number": lambda b: b.run(lambda: b.loop.getaddrinfo(42, 80)),
    "getaddrinfo with a wrong port": lambda b: b.run(lambda: b.loop.getaddrinfo(LITERAL, "no-such-service")),
    "getaddrinfo with a wrong keyword": lambda b: b.run(lambda: b.loop.getaddrinfo(LITERAL, 80, wrong=1)),
    "getaddrinfo of a literal of another family": lambda b: b.run(
        lambda: b.loop.getaddrinfo("::1", 80, family=socket.AF_INET)
    ),
    "getnameinfo of a string": lambda b: b.run(lambda: b.loop.getnameinfo("127.0.0.1")),
    "getnameinfo of a name": lambda b: b.run(lambda: b.loop.getnameinfo(("no.such.host.invalid", 80))),
    "sendfile of no file": tls(lambda b, t: b.loop.sendfile(t, "no file")),
    "sendfile on no transport": lambda b: b.run(lambda: b.loop.sendfile("transport", b.file())),
    "sendfile on a closing transport": tls(lambda b, t: (t.close(), b.loop.sendfile(t, b.file()))[1]),
    "sendfile with a negative offset": tls(lambda b, t: b.loop.sendfile(t, b.file(), -1)),
    "sendfile with a negative count": tls(lambda b, t: b.loop.sendfile(t, b.file(), 0, -1)),
    "sendfile of a text file": tls(lambda b, t: b.loop.sendfile(t, b.file("r"))),
    "sendfile on a datagram transport": lambda b: (
        endpoint := b.endpoint(),
        b.run(lambda: b.loop.sendfile(endpoint, b.file())),
    )[1],
}
