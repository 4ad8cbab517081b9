"""The styles with blocking sockets: one thread, or one greenlet, for each connection. gevent is used by its own names
and not by patching the standard library, so that nothing else in the process changes."""

import argparse
import socket as threads_socket
import threading
from collections.abc import Callable
from typing import Any

from benchmarks.load import build
from benchmarks.server.styles import (
    BACKLOG,
    PATTERN,
    RECEIVE,
    SMALL_BUFFER,
    Unsupported,
    halves,
    say,
    small_writes,
    tls_context,
)

Connection = Any  # a socket of the standard library or of gevent, plain or TLS
Handler = Callable[[Connection], None]


def echo(connection: Connection) -> None:
    while data := connection.recv(RECEIVE):
        connection.sendall(data)


def echo_in_two(connection: Connection) -> None:
    while data := connection.recv(RECEIVE):
        first, second = halves(data)
        connection.sendall(first)
        connection.sendall(second)


def sink(connection: Connection) -> None:
    taken = 0
    while data := connection.recv(RECEIVE):
        taken += len(data)
    connection.sendall(b"%d\n" % taken)


def source(connection: Connection) -> None:
    while True:
        connection.sendall(PATTERN)


def write_small(connection: Connection) -> None:
    connection.setsockopt(threads_socket.SOL_SOCKET, threads_socket.SO_SNDBUF, SMALL_BUFFER)
    while command := connection.recv(RECEIVE):
        for piece in small_writes(command):
            connection.sendall(piece)


def close(connection: Connection) -> None:
    pass


def handler(style: str) -> Handler:
    handlers: dict[str, Handler] = {
        "protocol": echo,
        "two-writes": echo_in_two,
        "sink": sink,
        "source": source,
        "small-writes": write_small,
        "close": close,
    }
    if style not in handlers:
        raise Unsupported(f"{style} is a way of asyncio")
    return handlers[style]


def handled(handle: Handler, tls: Any) -> Handler:
    def run(connection: Connection) -> None:
        try:
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            handle(connection)
        except OSError:
            pass  # the load ends each connection with a reset
        finally:
            connection.close()

    return run


def serve_datagrams(bound: Connection) -> None:
    bound.bind(("127.0.0.1", 0))
    say(port=bound.getsockname()[1])
    while True:
        data, address = bound.recvfrom(RECEIVE)
        bound.sendto(data, address)


def serve(options: argparse.Namespace, sockets: Any, tls: Any, spawn: Callable[[Handler, Connection], object]) -> None:
    if options.style == "udp":
        serve_datagrams(sockets.socket(sockets.AF_INET, sockets.SOCK_DGRAM))
    run = handled(handler(options.style), tls)
    listener = sockets.socket(sockets.AF_UNIX if options.unix else sockets.AF_INET)
    listener.bind(options.unix or ("127.0.0.1", 0))
    listener.listen(BACKLOG)
    say(port=0 if options.unix else listener.getsockname()[1])
    while True:
        connection, _ = listener.accept()
        if not options.unix:
            connection.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
        spawn(run, connection)


def serve_threads(options: argparse.Namespace) -> None:
    def spawn(run: Handler, connection: Connection) -> None:
        threading.Thread(target=run, args=(connection,), daemon=True).start()

    serve(options, threads_socket, tls_context(build.BUILD) if options.tls else None, spawn)


def serve_greenlets(options: argparse.Namespace) -> None:
    try:
        import gevent
        import gevent.socket
        import gevent.ssl
    except ImportError as missing:
        raise Unsupported(str(missing)) from None
    tls = None
    if options.tls:
        tls = gevent.ssl.SSLContext(gevent.ssl.PROTOCOL_TLS_SERVER)
        tls_context(build.BUILD)
        tls.load_cert_chain(build.BUILD / "certificate.pem")
    serve(options, gevent.socket, tls, gevent.spawn)
