"""Wrong arguments: what is written to transports, and how they are set up."""

import asyncio
import math
import os
from typing import Any

from .outcome import Bench, Case


def stream(use: Any) -> Case:
    """Use a stream transport inside the running loop."""

    def case(bench: Bench) -> object:
        transport = bench.connected()
        return bench.inside(lambda: use(transport))

    return case


def after_eof(use: Any) -> Case:
    def ended(transport: Any) -> object:
        transport.write_eof()
        return use(transport)

    return stream(ended)


def after_close(use: Any) -> Case:
    def closed(transport: Any) -> object:
        transport.close()
        return use(transport)

    return stream(closed)


def after_lost(use: Any) -> Case:
    def case(bench: Bench) -> object:
        transport = bench.connected()
        transport.abort()
        bench.loop.run_until_complete(asyncio.sleep(0.001))
        return bench.inside(lambda: use(transport))

    return case


def endpoint(use: Any, *, connected: bool = False) -> Case:
    def case(bench: Bench) -> object:
        transport = bench.endpoint(connected=connected)
        return bench.inside(lambda: use(transport))

    return case


def pipe(use: Any) -> Case:
    """Use the transport of a pipe's writing end."""

    def case(bench: Bench) -> object:
        reading, writing = os.pipe()
        bench.keep(open(reading, "rb", 0))  # noqa: SIM115
        file = open(writing, "wb", 0)  # noqa: SIM115

        async def connect() -> Any:
            transport, _ = await bench.loop.connect_write_pipe(asyncio.BaseProtocol, file)
            return transport

        transport = bench.keep(bench.loop.run_until_complete(connect()))
        return bench.inside(lambda: use(transport))

    return case


def written(transport: Any, *data: object) -> object:
    """Write several things, and give back how much is buffered after each."""
    for item in data:
        transport.write(item)
    return transport.get_write_buffer_size()


WRONG_DATA: dict[str, Any] = {
    "a string": "text",
    "None": None,
    "a number": 5,
    "a float": 1.5,
    "a list of numbers": [1, 2],
    "an object": object(),
}

CASES: dict[str, Case] = {
    **{f"write of {what}": stream(lambda t, data=data: t.write(data)) for what, data in WRONG_DATA.items()},
    **{
        f"write of {what} after close": after_close(lambda t, data=data: t.write(data))
        for what, data in WRONG_DATA.items()
    },
    **{
        f"write of {what} after write_eof": after_eof(lambda t, data=data: t.write(data))
        for what, data in WRONG_DATA.items()
    },
    **{f"sendto of {what}": endpoint(lambda t, data=data: t.sendto(data)) for what, data in WRONG_DATA.items()},
    **{f"pipe's write of {what}": pipe(lambda t, data=data: t.write(data)) for what, data in WRONG_DATA.items()},
    "write of nothing": stream(lambda t: t.write()),
    "write of empty bytes": stream(lambda t: t.write(b"")),
    "write after write_eof": after_eof(lambda t: t.write(b"late")),
    "write of empty bytes after write_eof": after_eof(lambda t: t.write(b"")),
    "write_eof twice": after_eof(lambda t: t.write_eof()),
    "write_eof after close": after_close(lambda t: t.write_eof()),
    "write after close": after_close(lambda t: t.write(b"late")),
    "write after the connection was lost": after_lost(lambda t: t.write(b"late")),
    "ten writes after the connection was lost": after_lost(lambda t: written(t, *[b"late"] * 10)),
    "writelines of a string": stream(lambda t: t.writelines("text")),
    "writelines of strings": stream(lambda t: t.writelines(["a", "b"])),
    "writelines of a number": stream(lambda t: t.writelines(5)),
    "writelines of None": stream(lambda t: t.writelines(None)),
    "writelines of bytes and a string": stream(lambda t: t.writelines([b"a", "b"])),
    "writelines of bytes and None": stream(lambda t: t.writelines([b"a", None, b"c"])),
    "writelines of nothing": stream(lambda t: t.writelines([])),
    "writelines after write_eof": after_eof(lambda t: t.writelines([b"late"])),
    "writelines after close": after_close(lambda t: t.writelines([b"late"])),
    "pause_reading twice": stream(lambda t: (t.pause_reading(), t.pause_reading())[1]),
    "resume_reading without pause": stream(lambda t: t.resume_reading()),
    "pause_reading after close": after_close(lambda t: t.pause_reading()),
    "resume_reading after close": after_close(lambda t: t.resume_reading()),
    "set_protocol of None": stream(lambda t: t.set_protocol(None)),
    "limits with low above high": stream(lambda t: t.set_write_buffer_limits(high=1, low=2)),
    "limits with a negative high": stream(lambda t: t.set_write_buffer_limits(high=-1)),
    "limits with a negative low": stream(lambda t: t.set_write_buffer_limits(low=-1)),
    "limits with a string": stream(lambda t: t.set_write_buffer_limits(high="1")),
    "limits with infinity": stream(lambda t: t.set_write_buffer_limits(high=math.inf)),
    "limits with not a number": stream(lambda t: t.set_write_buffer_limits(high=math.nan)),
    "limits with a huge number": stream(
        lambda t: (t.set_write_buffer_limits(high=2**80), str(t.get_write_buffer_limits()))[1]
    ),
    "get_extra_info of None": stream(lambda t: t.get_extra_info(None)),
    "get_extra_info of nothing": stream(lambda t: t.get_extra_info()),
    "close twice": after_close(lambda t: t.close()),
    "abort after close": after_close(lambda t: t.abort()),
    "abort twice": stream(lambda t: (t.abort(), t.abort())[1]),
    "sendto of nothing": endpoint(lambda t: t.sendto()),
    "sendto nowhere": endpoint(lambda t: t.sendto(b"x")),
    "sendto to a string": endpoint(lambda t: t.sendto(b"x", "somewhere")),
    "sendto to a host alone": endpoint(lambda t: t.sendto(b"x", ("127.0.0.1",))),
    "sendto to a wrong port": endpoint(lambda t: t.sendto(b"x", ("127.0.0.1", 70000))),
    "sendto to a number": endpoint(lambda t: t.sendto(b"x", 5)),
    "sendto to another address than connected": endpoint(lambda t: t.sendto(b"x", ("127.0.0.1", 1)), connected=True),
    "sendto of a string while connected": endpoint(lambda t: t.sendto("text"), connected=True),
    "sendto of far too much": endpoint(lambda t: t.sendto(bytes(1 << 17)), connected=True),
    "sendto after close": endpoint(lambda t: (t.close(), t.sendto(b"x", ("127.0.0.1", 9)))[1]),
    "datagram limits with low above high": endpoint(lambda t: t.set_write_buffer_limits(high=1, low=2)),
    "pipe's writelines of strings": pipe(lambda t: t.writelines(["a"])),
    "pipe's write after write_eof": pipe(lambda t: (t.write_eof(), t.write(b"late"))[1]),
}
