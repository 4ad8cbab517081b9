"""``uvicorn --loop whorl:new_event_loop``: a server process of its own, spoken to over real connections."""

import http.client
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hostile.certificate import Credentials

HERE = Path(__file__).parent
DEADLINE = 30


class Server:
    """A uvicorn process on a port that the kernel chose, and what it has said so far."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "uvicorn", "--app-dir", str(HERE), "--loop", "whorl:new_event_loop"]
        self.process = subprocess.Popen(
            [*command, "--port", "0", *options, "served:app"],
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.watchdog = threading.Timer(DEADLINE, self.process.kill)
        self.watchdog.start()
        self.said = ""
        self.port = int(self.wait_for(r"running on https?://127\.0\.0\.1:(\d+)").group(1))

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read the server's output up to a line that matches."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"no {pattern!r} in the server's output:\n{self.said}")

    def end(self, signum: signal.Signals) -> int:
        """Send a signal, and return the exit status once the server is gone and all it said is read."""
        self.process.send_signal(signum)
        return self.wait()

    def wait(self) -> int:
        assert self.process.stdout is not None
        self.said += self.process.stdout.read()
        return self.process.wait()

    def close(self) -> None:
        self.process.kill()
        self.wait()
        self.watchdog.cancel()
        self.watchdog.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers; ends those that still run."""
    servers: list[Server] = []

    def start(*options: str) -> Server:
        servers.append(Server(*options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def request(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> str:
    connection.request(method, path, body)
    response = connection.getresponse()
    assert response.status == 200
    return response.read().decode()


def test_serves_on_whorl_and_logs_the_peer(serve: Callable[..., Server]) -> None:
    server = serve()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
    assert request(connection, "GET", "/loop").startswith("whorl.")
    host, port = connection.sock.getsockname()
    body = bytes(1_000_000)
    assert request(connection, "POST", "/size", body) == str(len(body))
    assert connection.sock.getsockname() == (host, port)  # kept alive
    connection.close()
    server.end(signal.SIGTERM)
    assert f'{host}:{port} - "GET /loop HTTP/1.1" 200' in server.said
    assert f'{host}:{port} - "POST /size HTTP/1.1" 200' in server.said


@pytest.mark.parametrize(("signum", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_shuts_down_gracefully(serve: Callable[..., Server], signum: signal.Signals, status: int) -> None:
    server = serve()
    answers: list[str] = []
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
    client = threading.Thread(target=lambda: answers.append(request(connection, "GET", "/slow")))
    client.start()
    server.wait_for("slow: begun")
    # uvicorn ends as the signal would have ended it (SIGINT: as asyncio's runner does), after the request.
    assert server.end(signum) in (status, 0)
    client.join()
    connection.close()
    assert answers == ["0"]
    assert "lifespan: shutdown" in server.said
    assert "Finished server process" in server.said
    assert "Error" not in server.said.replace("KeyboardInterrupt", "")


def test_tls(serve: Callable[..., Server], tls: Credentials) -> None:
    server = serve("--ssl-certfile", str(tls.certificate), "--ssl-keyfile", str(tls.key))
    connection = http.client.HTTPSConnection("localhost", server.port, timeout=DEADLINE, context=tls.client)
    assert request(connection, "GET", "/loop").startswith("whorl.")
    host, port = connection.sock.getsockname()[:2]
    assert request(connection, "POST", "/size", bytes(300_000)) == "300000"
    connection.close()
    server.end(signal.SIGTERM)
    assert f'{host}:{port} - "GET /loop HTTP/1.1" 200' in server.said


def test_refuses_nothing_under_many_connections(serve: Callable[..., Server]) -> None:
    server = serve()
    connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE) for _ in range(50)]
    for connection in connections:
        connection.request("GET", "/loop")
    answers = [connection.getresponse().read() for connection in connections]
    for connection in connections:
        connection.close()
    assert all(answer.startswith(b"whorl.") for answer in answers)
    server.end(signal.SIGINT)
    assert server.said.count('"GET /loop HTTP/1.1" 200') == len(connections)
