"""What a server can be asked for, and what its two ways of being written share."""

import argparse
import json
import ssl
from pathlib import Path

STYLES = {
    "protocol": "echo by asyncio.Protocol",
    "buffered": "echo by asyncio.BufferedProtocol",
    "streams-read": "echo by StreamReader.read",
    "streams-readline": "echo by StreamReader.readline",
    "streams-readexactly": "echo by StreamReader.readexactly, of --size bytes",
    "sock": "echo by loop.sock_recv and loop.sock_sendall, one task per connection",
    "two-writes": "echo by asyncio.Protocol, each message in two writes",
    "streams-two-writes": "echo by StreamReader.read, each message in two writes",
    "udp": "echo by asyncio.DatagramProtocol",
    "close": "close each connection when it is accepted",
    "sink": "take everything; at the end say how many bytes it was",
    "buffered-sink": "the same by asyncio.BufferedProtocol",
    "streams-sink": "the same by StreamReader.read",
    "source": "send as much as the client takes, minding flow control",
    "streams-source": "the same by StreamWriter.write and drain",
    "small-writes": "for each line 'N SIZE': N writes of SIZE bytes at once, whatever the client takes",
}

RECEIVE = 64 * 1024  # bytes that a call asks for, wherever the program chooses and not the loop
LIMIT = 256 * 1024  # of a StreamReader: more than twice the longest line
BACKLOG = 1024  # more than the load opens at once
SMALL_BUFFER = 16 * 1024  # the kernel's, for small-writes: so that what is written has to wait in the program
COMPUTING = "computing"  # what the kernel calls the thread of --spin
PATTERN = bytes(range(256)) * 256  # what a source sends; the load knows it


class Unsupported(Exception):
    """This peer has no such style."""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server")
    parser.add_argument("peer")
    parser.add_argument("style", choices=STYLES)
    parser.add_argument("--unix", metavar="PATH", help="listen there instead of on a TCP port")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--size", type=int, default=1024, help="of a message, for streams-readexactly")
    parser.add_argument("--spin", action="store_true", help="compute in another thread all the time")
    parser.add_argument("--fresh", action="store_true", help="leave the allocator as a new process finds it")
    return parser.parse_args()


def say(**answer: object) -> None:
    print(json.dumps(answer), flush=True)


def halves(data: bytes) -> tuple[bytes, bytes]:
    middle = len(data) // 2
    return data[:middle], data[middle:]


def small_writes(command: bytes) -> list[bytes]:
    """The N pieces of 'N SIZE', all a's, all b's, and so on."""
    count, size = map(int, command.split())
    letters = [bytes([ord("a") + letter]) * size for letter in range(26)]
    return [letters[index % 26] for index in range(count)]


def tls_context(folder: Path) -> ssl.SSLContext:
    """A server's, with a certificate that is made when it is first needed. Elliptic curve, as is usual today."""
    path = folder / "certificate.pem"
    if not path.exists():
        make_certificate(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def make_certificate(path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
