"""Wrong arguments: descriptors for add_reader and its siblings, sockets for the sock_* operations."""

from typing import Any

from .bad_schedule import debug
from .outcome import Bench, Case


def owned_by_transport(method: str) -> Case:
    """Use the descriptor of a transport behind its back."""

    def case(bench: Bench) -> object:
        transport = bench.connected()
        number = transport.get_extra_info("socket").fileno()
        return getattr(bench.loop, method)(*([number] if "remove" in method else [number, bench.call]))

    return case


def sock_of_transport(operation: str) -> Case:
    def case(bench: Bench) -> object:
        transport = bench.connected()
        sock = transport.get_extra_info("socket")._sock
        return bench.run(lambda: getattr(bench.loop, operation)(sock, *ARGUMENTS[operation]))

    return case


ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "sock_recv": (10,),
    "sock_recv_into": (bytearray(10),),
    "sock_recvfrom": (10,),
    "sock_recvfrom_into": (bytearray(10),),
    "sock_sendall": (b"x",),
    "sock_sendto": (b"x", ("127.0.0.1", 9)),
    "sock_accept": (),
    "sock_connect": (("127.0.0.1", 9),),
}

# What is wrong as a descriptor, and how to come by it.
DESCRIPTORS: dict[str, Any] = {
    "-1": lambda b: -1,
    "a closed socket": lambda b: b.closed_sock(),
    "a closed number": lambda b: b.closed_number(),
    "a string": lambda b: "x",
    "None": lambda b: None,
    "a float": lambda b: 1.0,
    "a number beyond int": lambda b: 2**31,
    "a number beyond long": lambda b: 2**63,
    "a large number": lambda b: 10**6,
    "a regular file": lambda b: b.file(),
    "an object whose fileno raises": lambda b: Raising(),
    "an object whose fileno is a string": lambda b: Wordy(),
    "an object whose fileno is negative": lambda b: Negative(),
}


class Raising:
    def fileno(self) -> int:
        raise ZeroDivisionError("no fileno today")


class Wordy:
    def fileno(self) -> str:
        return "one"


class Negative:
    def fileno(self) -> int:
        return -7


def operation(name: str, wrong: Any) -> Case:
    """A sock operation on a wrong socket."""

    def case(bench: Bench) -> object:
        sock = wrong(bench)
        return bench.run(lambda: getattr(bench.loop, name)(sock, *ARGUMENTS[name]))

    return case


CASES: dict[str, Case] = {
    **{
        f"{method} of {what}": lambda b, method=method, wrong=wrong: getattr(b.loop, method)(wrong(b), b.call)  # type: ignore[misc]
        for method in ("add_reader", "add_writer")
        for what, wrong in DESCRIPTORS.items()
    },
    **{
        f"{method} of {what}": lambda b, method=method, wrong=wrong: getattr(b.loop, method)(wrong(b))  # type: ignore[misc]
        for method in ("remove_reader", "remove_writer")
        for what, wrong in DESCRIPTORS.items()
    },
    **{
        f"{method} of a transport's descriptor": owned_by_transport(method)
        for method in ("add_reader", "add_writer", "remove_reader", "remove_writer")
    },
    "add_reader without callback": lambda b: b.loop.add_reader(b.sock()),
    "add_reader with None as callback": lambda b: (
        b.loop.add_reader(s := b.sock(), None),
        b.loop.remove_reader(s),
    )[1],
    "remove_reader of a stranger": lambda b: str(b.loop.remove_reader(b.sock())),
    "remove_writer of a stranger": lambda b: str(b.loop.remove_writer(b.sock())),
    "remove_reader twice": lambda b: (
        b.loop.add_reader(s := b.sock(), b.call),
        b.loop.remove_reader(s),
        str(b.loop.remove_reader(s)),
    )[2],
    **{
        f"{name} on a socket in blocking mode, in debug mode": debug(operation(name, lambda b: b.blocking()))
        for name in ARGUMENTS
        if name != "sock_connect"
    },
    "sock_connect on a socket in blocking mode, in debug mode": debug(
        operation("sock_connect", lambda b: b.tcp(blocking=True))
    ),
    **{f"{name} on a TLS socket": operation(name, lambda b: b.ssl_sock()) for name in ARGUMENTS},
    **{f"{name} on a closed socket": operation(name, lambda b: b.closed_sock()) for name in ARGUMENTS},
    **{f"{name} on None": operation(name, lambda b: None) for name in ARGUMENTS},
    **{f"{name} on a number": operation(name, lambda b: 0) for name in ARGUMENTS},
    **{f"{name} on a transport's socket": sock_of_transport(name) for name in ARGUMENTS if name != "sock_accept"},
    "sock_recv with a negative size": lambda b: b.run(lambda: b.loop.sock_recv(b.sock(), -1)),
    "sock_recv with None": lambda b: b.run(lambda: b.loop.sock_recv(b.sock(), None)),
    "sock_recv with a string": lambda b: b.run(lambda: b.loop.sock_recv(b.sock(), "10")),
    "sock_recv with a huge size": lambda b: b.run(lambda: b.loop.sock_recv(b.sock(), 2**63)),
    "sock_recv without size": lambda b: b.run(lambda: b.loop.sock_recv(b.sock())),
    "sock_recv_into bytes": lambda b: b.run(lambda: b.loop.sock_recv_into(b.sock(), b"read-only")),
    "sock_recv_into None": lambda b: b.run(lambda: b.loop.sock_recv_into(b.sock(), None)),
    "sock_recvfrom with a negative size": lambda b: b.run(lambda: b.loop.sock_recvfrom(b.udp(), -1)),
    "sock_recvfrom with None": lambda b: b.run(lambda: b.loop.sock_recvfrom(b.udp(), None)),
    "sock_recvfrom_into bytes": lambda b: b.run(lambda: b.loop.sock_recvfrom_into(b.udp(), b"read-only")),
    "sock_recvfrom_into None": lambda b: b.run(lambda: b.loop.sock_recvfrom_into(b.udp(), None)),
    "sock_recvfrom_into more than fits": lambda b: b.run(lambda: b.loop.sock_recvfrom_into(b.udp(), bytearray(4), 5)),
    "sock_recvfrom_into a negative number": lambda b: b.run(
        lambda: b.loop.sock_recvfrom_into(b.udp(), bytearray(4), -1)
    ),
    "sock_sendall of a string": lambda b: b.run(lambda: b.loop.sock_sendall(b.sock(), "text")),
    "sock_sendall of None": lambda b: b.run(lambda: b.loop.sock_sendall(b.sock(), None)),
    "sock_sendall of a number": lambda b: b.run(lambda: b.loop.sock_sendall(b.sock(), 5)),
    "sock_sendall on an unconnected socket": lambda b: b.run(lambda: b.loop.sock_sendall(b.tcp(), b"x")),
    "sock_recv on an unconnected socket": lambda b: b.run(lambda: b.loop.sock_recv(b.tcp(), 10)),
    "sock_recv on a listening socket": lambda b: b.run(lambda: b.loop.sock_recv(b.listening(), 10)),
    "sock_accept on a connected socket": lambda b: b.run(lambda: b.loop.sock_accept(b.sock())),
    "sock_accept on an unconnected socket": lambda b: b.run(lambda: b.loop.sock_accept(b.tcp())),
    "sock_sendto of a string": lambda b: b.run(lambda: b.loop.sock_sendto(b.udp(), "text", ("127.0.0.1", 9))),
    "sock_sendto to None": lambda b: b.run(lambda: b.loop.sock_sendto(b.udp(), b"x", None)),
    "sock_sendto to a string": lambda b: b.run(lambda: b.loop.sock_sendto(b.udp(), b"x", "somewhere")),
    "sock_sendto to a wrong port": lambda b: b.run(lambda: b.loop.sock_sendto(b.udp(), b"x", ("127.0.0.1", 70000))),
    "sock_connect to None": lambda b: b.run(lambda: b.loop.sock_connect(b.tcp(), None)),
    "sock_connect to a string": lambda b: b.run(lambda: b.loop.sock_connect(b.tcp(), "127.0.0.1")),
    "sock_connect to a number": lambda b: b.run(lambda: b.loop.sock_connect(b.tcp(), 80)),
    "sock_connect to a host alone": lambda b: b.run(lambda: b.loop.sock_connect(b.tcp(), ("127.0.0.1",))),
    "sock_connect to an empty tuple": lambda b: b.run(lambda: b.loop.sock_connect(b.tcp(), ())),
    "sock_connect to a wrong port": lambda b: b.run(lambda: b.loop.sock_connect(b.tcp(), ("127.0.0.1", 70000))),
    "sock_connect to a negative port": lambda b: b.run(lambda: b.loop.sock_connect(b.tcp(), ("127.0.0.1", -1))),
    "sock_connect to a port in words": lambda b: b.run(
        lambda: b.loop.sock_connect(b.tcp(), ("127.0.0.1", "no-such-service"))
    ),
    "sock_connect to another family": lambda b: b.run(lambda: b.loop.sock_connect(b.tcp(), ("::1", 80))),
    "sock_connect of a connected socket": lambda b: b.run(
        lambda: b.loop.sock_connect(b.connected_tcp(), ("127.0.0.1", 9))
    ),
    "sock_sendfile of no file": lambda b: b.run(lambda: b.loop.sock_sendfile(b.sock(), "no file")),
    "sock_sendfile of a text file": lambda b: b.run(lambda: b.loop.sock_sendfile(b.sock(), b.file("r"))),
    "sock_sendfile with a negative offset": lambda b: b.run(lambda: b.loop.sock_sendfile(b.sock(), b.file(), -1)),
    "sock_sendfile with an offset in words": lambda b: b.run(lambda: b.loop.sock_sendfile(b.sock(), b.file(), "1")),
    "sock_sendfile with a count of 0": lambda b: b.run(lambda: b.loop.sock_sendfile(b.sock(), b.file(), 0, 0)),
    "sock_sendfile with a negative count": lambda b: b.run(lambda: b.loop.sock_sendfile(b.sock(), b.file(), 0, -1)),
    "sock_sendfile on a datagram socket": lambda b: b.run(lambda: b.loop.sock_sendfile(b.udp(), b.file())),
    "sock_sendfile on a socket in blocking mode, in debug mode": debug(
        lambda b: b.run(lambda: b.loop.sock_sendfile(b.blocking(), b.file()))
    ),
}
