"""Interrupted operations: pipes, child processes, and work in threads."""

import asyncio
import contextlib
import os
import socket
import subprocess
import threading

from .interrupt import Operation, Program
from .stage import Stage

program = Program()


@program.scene
async def read_pipe(stage: Stage) -> Operation:
    reading, writing = os.pipe()
    stage.keep(writing)
    return stage.loop.connect_read_pipe(stage.party, stage.lend(open(reading, "rb", 0)))  # noqa: ASYNC230


@program.scene
async def write_pipe(stage: Stage) -> Operation:
    reading, writing = os.pipe()
    stage.keep(reading)
    return stage.loop.connect_write_pipe(stage.party, stage.lend(open(writing, "wb", 0)))  # noqa: ASYNC230


@program.scene
async def subprocess_exec(stage: Stage) -> Operation:
    return stage.loop.subprocess_exec(stage.party, "cat")


@program.scene
async def subprocess_exec_without_pipes(stage: Stage) -> Operation:
    return stage.loop.subprocess_exec(
        stage.party, "sleep", "60", stdin=None, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@program.scene
async def subprocess_exec_joined_output(stage: Stage) -> Operation:
    return stage.loop.subprocess_exec(stage.party, "cat", stderr=subprocess.STDOUT)


@program.scene
async def subprocess_exec_of_nothing(stage: Stage) -> Operation:
    async def fail() -> None:
        with contextlib.suppress(FileNotFoundError):
            await stage.loop.subprocess_exec(stage.party, str(stage.directory / "no-such-program"))

    return fail()


@program.scene
async def subprocess_shell(stage: Stage) -> Operation:
    return stage.loop.subprocess_shell(stage.party, "exec cat")


@program.scene
async def communicate(stage: Stage) -> Operation:
    async def talk() -> None:
        process = await asyncio.create_subprocess_exec(
            "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        try:
            await process.communicate(bytes(1 << 20))
        finally:
            # There is no public way to close the pipes of a process that one has given up.
            transport: asyncio.SubprocessTransport = process._transport  # type: ignore[attr-defined]
            transport.close()

    return talk()


@program.scene
async def getaddrinfo(stage: Stage) -> Operation:
    return stage.loop.getaddrinfo("localhost", 80, family=socket.AF_INET)


@program.scene
async def getnameinfo(stage: Stage) -> Operation:
    return stage.loop.getnameinfo(("127.0.0.1", 80))


@program.scene
async def run_in_executor(stage: Stage) -> Operation:
    released = threading.Event()
    stage.cue(6, released.set)

    def work() -> None:
        with open(os.devnull, "rb") as file:
            released.wait(5)
            file.read()

    async def delegate() -> None:
        await stage.loop.run_in_executor(None, work)

    return delegate()
