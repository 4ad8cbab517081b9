"""Wrong arguments: subprocesses, pipes and signals."""

import asyncio
import functools
import signal
import subprocess
from typing import Any

from .bad_schedule import CallableCoroutine, async_callback, unclosed_coroutine
from .outcome import Bench, Case

Protocol = asyncio.SubprocessProtocol


def program(*args: object, **rest: object) -> Case:
    """Start a program; one that starts nevertheless is killed and waited for."""

    def case(bench: Bench) -> object:
        return started(bench, lambda: bench.loop.subprocess_exec(Protocol, *args, **rest))

    return case


def shell(*args: object, **rest: object) -> Case:
    def case(bench: Bench) -> object:
        return started(bench, lambda: bench.loop.subprocess_shell(Protocol, *args, **rest))

    return case


def started(bench: Bench, start: Any) -> object:
    async def main() -> object:
        transport, _ = await start()
        transport.close()
        await transport._wait()
        return "a process"

    return bench.run(main)


def pipe(method: str, thing: Any) -> Case:
    """Connect a thing that is no pipe."""

    def case(bench: Bench) -> object:
        wrong = thing(bench)
        result: Any = bench.run(lambda: getattr(bench.loop, method)(asyncio.Protocol, wrong))
        result[0].close()
        return result

    return case


def handler(*args: object) -> Case:
    """Add a signal handler; one that is added nevertheless is removed."""

    def case(bench: Bench) -> object:
        before = signal.getsignal(signal.SIGUSR1)
        try:
            return bench.loop.add_signal_handler(*args)
        finally:
            bench.loop.remove_signal_handler(signal.SIGUSR1)
            signal.signal(signal.SIGUSR1, before)

    return case


def handler_in_thread(bench: Bench) -> object:
    return bench.from_thread(lambda: bench.loop.add_signal_handler(signal.SIGUSR1, bench.call))


def nothing() -> None:
    pass


CASES: dict[str, Case] = {
    # Programs
    "program: none": program(),
    "program: a number": program(42),
    "program: a list": program(["true"]),
    "program: none such": program("/no/such/program"),
    "program: a directory": program("/tmp"),
    "program with a null": program("tr\0ue"),
    "program with a number as argument": program("true", 42),
    "program with shell=True": program("true", shell=True),
    "program with text=True": program("true", text=True),
    "program with universal_newlines=True": program("true", universal_newlines=True),
    "program with an encoding": program("true", encoding="utf-8"),
    "program with errors": program("true", errors="strict"),
    "program with bufsize=1": program("true", bufsize=1),
    "program with a wrong stdin": program("true", stdin="file"),
    "program with a closed stdin": lambda b: started(
        b, lambda: b.loop.subprocess_exec(Protocol, "true", stdin=b.closed_number())
    ),
    "program with stdin=STDOUT": program("true", stdin=subprocess.STDOUT),
    "program in no such directory": program("true", cwd="/no/such/directory"),
    "program with a wrong environment": program("true", env={"A=B": "c"}),
    "program with an environment of numbers": program("true", env={"A": 1}),
    "program with an unknown keyword": program("true", wrong=1),
    "program with a factory that raises": lambda b: started(
        b, lambda: b.loop.subprocess_exec(functools.partial(divmod, 1, 0), "true")
    ),
    "program with None as factory": lambda b: started(b, lambda: b.loop.subprocess_exec(None, "true")),
    # Shells
    "shell: none": shell(),
    "shell: a list": shell(["true"]),
    "shell: a number": shell(42),
    "shell with shell=False": shell("true", shell=False),
    "shell with text=True": shell("true", text=True),
    "shell with an encoding": shell("true", encoding="utf-8"),
    "shell with errors": shell("true", errors="strict"),
    "shell with bufsize=1": shell("true", bufsize=1),
    # Pipes
    "read pipe: a regular file": pipe("connect_read_pipe", lambda b: b.file()),
    "read pipe: a string": pipe("connect_read_pipe", lambda b: "no pipe"),
    "read pipe: None": pipe("connect_read_pipe", lambda b: None),
    "read pipe: a number": pipe("connect_read_pipe", lambda b: 0),
    "read pipe: a closed socket": pipe("connect_read_pipe", lambda b: b.closed_sock()),
    "write pipe: a regular file": pipe("connect_write_pipe", lambda b: b.file("r+b")),
    "write pipe: a string": pipe("connect_write_pipe", lambda b: "no pipe"),
    "write pipe: None": pipe("connect_write_pipe", lambda b: None),
    "write pipe: a closed socket": pipe("connect_write_pipe", lambda b: b.closed_sock()),
    # Signals
    "handler of a string": handler("SIGUSR1", nothing),
    "handler of None": handler(None, nothing),
    "handler of signal 0": handler(0, nothing),
    "handler of a negative signal": handler(-1, nothing),
    "handler of an unknown signal": handler(200, nothing),
    "handler of SIGKILL": handler(signal.SIGKILL, nothing),
    "handler of SIGSTOP": handler(signal.SIGSTOP, nothing),
    "handler that is None": handler(signal.SIGUSR1, None),
    "handler that is missing": handler(signal.SIGUSR1),
    "handler that is a coroutine function": handler(signal.SIGUSR1, async_callback),
    "handler that is a coroutine": lambda b: unclosed_coroutine(b, "add_usr1_handler"),
    "handler with a coroutine __call__": handler(signal.SIGUSR1, CallableCoroutine()),
    "handler added in another thread": handler_in_thread,
    "removing the handler of a string": lambda b: b.loop.remove_signal_handler("SIGUSR1"),
    "removing the handler of an unknown signal": lambda b: b.loop.remove_signal_handler(200),
    "removing a handler that is not there": lambda b: str(b.loop.remove_signal_handler(signal.SIGUSR2)),
}
