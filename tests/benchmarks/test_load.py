"""The load generator counts what happened, and takes nothing for an answer that isn't one. Needs gcc, and no peer."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from benchmarks import load, server
from benchmarks.load import build
from benchmarks.peers import BY_NAME

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="the load generator is compiled by gcc")

C = BY_NAME["C"]
QUICK = {"seconds": 0.1, "warmup": 0.02}


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that treats each connection by a function, one after the other; its target for the load."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, suppress(ConnectionError):
                        answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"tcp:127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    ("style", "unix", "options"),
    [
        ("protocol", False, {}),
        ("protocol", False, {"connections": 300, "size": 64}),
        ("protocol", False, {"connections": 3, "size": 1_000_000}),
        ("protocol", False, {"connections": 10, "pipeline": 2}),
        ("protocol", False, {"connections": 10, "lines": True}),
        ("protocol", True, {"connections": 10}),
        ("udp", False, {"connections": 5}),
    ],
)
def test_it_counts_what_the_c_server_echoes(style: str, unix: bool, options: dict[str, int]) -> None:
    with server.running(C, style, unix=unix) as serving:
        report = load.run("echo", serving.target, pid=serving.pid, **{**QUICK, **options})
    assert report.errors == 0
    assert report.bytes == report.requests * options.get("size", 1024)
    assert 0.1 <= report.seconds < 5
    assert 0 < report.p50_us <= report.p99_us <= report.max_us * 1.02  # a bucket's middle
    assert 0 < report.server_cpu <= report.seconds * 1.1
    assert report.server_user + report.server_system == pytest.approx(report.server_cpu, abs=1e-5)


def test_requests_are_those_of_the_server() -> None:
    """Counted on both sides: the load sees the answers of its window only, so never more than the server gave."""
    answered = 0

    def count(connection: socket.socket) -> None:
        nonlocal answered
        while data := connection.recv(100):
            answered += 1
            connection.sendall(data)

    with answering(count) as target:
        report = load.run("echo", target, seconds=0.2, warmup=0, size=100)
    # Beyond the window: the first exchange, and the one that was under way at the end.
    assert report.requests <= answered <= report.requests + 2


def wrong_bytes(connection: socket.socket) -> None:
    while data := connection.recv(65536):
        connection.sendall(data[:-1] + b"!")


def swapped_later(connection: socket.socket) -> None:
    """The first ten answers are right; then the one before is sent again."""
    last = b""
    for number in range(1000):
        data = connection.recv(65536)
        connection.sendall(data if number < 10 else last)
        last = data


def too_much(connection: socket.socket) -> None:
    while data := connection.recv(65536):
        connection.sendall(data + data)


def silent_end(connection: socket.socket) -> None:
    connection.recv(65536)


def test_a_connection_that_hangs_is_an_error_though_others_go_on() -> None:
    """It would be seen in no figure: the rate is that of the others."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            good, _ = listener.accept()
            good.sendall(good.recv(65536))
            hanging, _ = listener.accept()
            hanging.sendall(hanging.recv(65536))
            with good, hanging, suppress(ConnectionError):
                while data := good.recv(65536):
                    good.sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            target = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
            with pytest.raises(load.Wrong, match="1 of 2 connections hang"):
                load.run("echo", target, connections=2, patience=0.2, **QUICK)
        finally:
            thread.join()


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (wrong_bytes, "not what was sent"),
        (swapped_later, "not what was sent"),
        (too_much, "not what was sent"),
        (silent_end, "closed the connection"),
    ],
)
def test_a_wrong_echo_is_an_error(answer: Callable[[socket.socket], None], complaint: str) -> None:
    with answering(answer) as target, pytest.raises(load.Wrong, match=complaint):
        load.run("echo", target, **QUICK)


def test_nobody_there_is_an_error() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(load.Wrong, match=r"refused|could not be opened"):
            load.run("echo", f"tcp:127.0.0.1:{port}", **QUICK)


def http(reply: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        while connection.recv(65536):
            connection.sendall(reply)

    return answer


def test_http_replies_are_counted_whole() -> None:
    body = b"x" * 10_000
    reply = b"HTTP/1.1 200 OK\r\nServer: s\r\ncontent-length: 10000\r\n\r\n" + body
    with answering(http(reply)) as target:
        report = load.run("http", target, path="/page", **QUICK)
    assert report.bytes == report.requests * len(reply)


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nlonger",
    ],
)
def test_another_http_reply_is_an_error(reply: bytes) -> None:
    with answering(http(reply)) as target, pytest.raises(load.Wrong, match="not the HTTP reply"):
        load.run("http", target, **QUICK)


@pytest.mark.parametrize(("style", "exchange"), [("protocol", True), ("close", False)])
def test_connections_come_and_go(style: str, exchange: bool) -> None:
    with server.running(C, style) as serving:
        report = load.run("churn", serving.target, pid=serving.pid, connections=8, exchange=exchange, **QUICK)
    assert report.requests > 8
    assert report.bytes == report.requests * exchange


def test_idle_connections_are_there_within_the_block() -> None:
    live = 0

    def hold(connection: socket.socket) -> None:
        nonlocal live
        live += 1
        while data := connection.recv(65536):
            connection.sendall(data)
        live -= 1

    with answering(hold) as target, load.idle(target):
        assert live == 1
        assert not load_ended(target)


def load_ended(target: str) -> bool:
    """The server treats one connection at a time, so a second one is answered only if the first has ended."""
    host, port = target.removeprefix("tcp:").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.settimeout(0.1)
        connection.sendall(b"?")
        try:
            return connection.recv(1) == b"?"
        except TimeoutError:
            return False


def pattern(connection: socket.socket) -> None:
    while True:
        connection.sendall(bytes(range(256)) * 256)


def other_pattern(connection: socket.socket) -> None:
    while True:
        connection.sendall(bytes(65536))


def test_bytes_of_one_direction() -> None:
    def count(connection: socket.socket) -> None:
        taken = 0
        while data := connection.recv(65536):
            taken += len(data)
        connection.sendall(b"%d\n" % taken)

    def lose_one(connection: socket.socket) -> None:
        connection.recv(1)
        count(connection)

    with answering(pattern) as target:
        assert load.run("receive", target, **QUICK).bytes > 1 << 20
    with answering(other_pattern) as target, pytest.raises(load.Wrong, match="pattern"):
        load.run("receive", target, **QUICK)
    with answering(count) as target:
        assert load.run("send", target, **QUICK).bytes > 1 << 20
    with answering(lose_one) as target, pytest.raises(load.Wrong, match="not all bytes arrived"):
        load.run("send", target, **QUICK)


def test_a_program_is_compiled_anew_when_its_source_or_its_command_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "BUILD", tmp_path / "build")
    source = tmp_path / "program.c"
    source.write_text("int main(void) { return 0; }\n")
    program = build.compiled("program", [source], ("-O0",), ())
    first = program.stat().st_ino
    assert build.compiled("program", [source], ("-O0",), ()).stat().st_ino == first
    assert build.compiled("program", [source], ("-O1",), ()).stat().st_ino != first
    source.write_text("int main(void) { return oops; }\n")
    with pytest.raises(RuntimeError, match="oops"):
        build.compiled("program", [source], ("-O1",), ())
