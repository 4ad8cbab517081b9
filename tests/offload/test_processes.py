"""Calls in processes: what travels, what cancelling kills, who is lost, and that none is left."""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any

import pytest

import whorl
from whorl.offload import processes

from . import calls
from .conftest import Run
from .support import is_alive, run_script, until, wait_until

# -- results --------------------------------------------------------------------------------------------------------


def test_arguments_go_in_and_the_result_comes_out(run: Run) -> None:
    assert run(whorl.offload(int, "11", base=2, to="process")) == 3
    assert run(whorl.offload(os.getpid, to="process")) != os.getpid()


def test_a_process_is_kept_for_the_next_call(run: Run) -> None:
    assert run(whorl.offload(os.getpid, to="process")) == run(whorl.offload(os.getpid, to="process"))


def test_much_data_goes_through(run: Run) -> None:
    data = os.urandom(5_000_000)
    assert run(whorl.offload(bytes, data, to="process")) == data


def test_an_exception_brings_its_traceback_as_text(run: Run) -> None:
    with pytest.raises(LookupError, match="mine") as caught:
        run(whorl.offload(calls.fail, "mine", to="process"))
    assert "in fail\n    raise LookupError(text)" in str(caught.value.__cause__)


def test_an_exception_that_cannot_be_made_again_is_told(run: Run) -> None:
    with pytest.raises(RuntimeError, match=r"calls\.fail_oddly raised offload\.calls\.Odd: 1 and 2; the exc") as caught:
        run(whorl.offload(calls.fail_oddly, to="process"))
    assert "raise Odd(1, 2)" in str(caught.value.__cause__)


def test_what_cannot_describe_itself_is_told_all_the_same(run: Run) -> None:
    with pytest.raises(RuntimeError, match=r"fail_mutely raised offload\.calls\.Mute: <its str\(\) fails>"):
        run(whorl.offload(calls.fail_mutely, to="process"))

    class Silent:
        def __repr__(self) -> str:
            raise RuntimeError("no repr")

    with pytest.raises(TypeError, match=r"argument 1 of builtins\.len can't travel to a process"):
        run(whorl.offload(len, Silent(), to="process"))


def test_system_exit_comes_out(run: Run) -> None:
    with pytest.raises(SystemExit) as caught:
        asyncio.run(whorl.offload(sys.exit, 3, to="process"))
    assert caught.value.code == 3


def test_context_variables_stay_here_and_checkpoints_do_nothing(run: Run) -> None:
    async def main() -> str:
        calls.color.set("red")
        return await whorl.offload(calls.checkpoints, to="process")

    assert run(main()) == "none"


def test_a_socket_travels(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert run(whorl.offload(calls.peer_name, listener, to="process")) == listener.getsockname()


def test_calls_within_calls_do_not_deadlock(run: Run) -> None:
    assert run(whorl.offload(calls.nested, 3, to="process")) == 3


def test_from_threads_calls_do_not_deadlock(run: Run) -> None:
    def call(number: int) -> int:
        return asyncio.run(whorl.offload(calls.double, number, to="process"))

    async def main() -> list[int]:
        return await asyncio.gather(*(whorl.offload(call, number) for number in range(30)))

    assert run(main()) == list(range(0, 60, 2))


def test_no_more_at_once_than_cpus(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        tasks = [
            asyncio.create_task(whorl.offload(calls.note_and_sleep, tmp_path / str(number), to="process"))
            for number in range(processes.MOST + 2)
        ]
        await until(lambda: len(_noted(tmp_path)) == processes.MOST)
        await asyncio.sleep(0.05)
        assert len(_noted(tmp_path)) == processes.MOST
        tasks[0].cancel()  # makes place for another
        tasks[-1].cancel()  # while it waits for a place
        await until(lambda: len(_noted(tmp_path)) == processes.MOST + 1)
        for task in tasks:
            task.cancel()
        assert {type(result) for result in await asyncio.gather(*tasks, return_exceptions=True)} == {whorl.Cancelled}
        assert await whorl.offload(abs, -1, to="process") == 1

    run(main())


def _noted(directory: Path) -> list[int]:
    return [int(note.read_text()) for note in directory.iterdir() if not note.suffix]


def test_a_thousand_at_once(run: Run) -> None:
    async def main() -> list[int]:
        return await asyncio.gather(*(whorl.offload(calls.double, number, to="process") for number in range(1000)))

    assert run(main()) == list(range(0, 2000, 2))


_TALK = """
import asyncio, whorl
from offload import calls

async def main():
    await whorl.offload(calls.talk, "hello", to="process")
    print("after")

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_what_is_printed_appears_at_once(tmp_path: Path) -> None:
    done = run_script(tmp_path / "script.py", _TALK, "-u")
    assert (done.stdout, done.stderr) == ("hello\nafter\n", "hello\n")


# -- what can't travel ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ([lambda: None], r"the function can't travel to a process: <function <lambda>"),
        ([len, threading.Lock()], r"argument 1 of builtins\.len can't travel to a process: <unlocked _thread\.lock"),
        ([print, 1, (lambda: None)], r"argument 2 of builtins\.print can't travel"),
        ([calls.unpicklable], r"the result of offload\.calls\.unpicklable can't travel back: <function unpicklable\."),
        (
            [calls.unreadable],
            r"the result of offload\.calls\.unreadable can't be read here \(LookupError: unreadable\)",
        ),
        ([len, calls.Unreadable()], r"a process could not take the call: LookupError: unreadable"),
    ],
)
def test_what_cannot_travel_is_named_with_the_cure(run: Run, call: list[Any], message: str) -> None:
    async def main() -> None:
        before = await whorl.offload(os.getpid, to="process")
        with pytest.raises(TypeError, match=message) as caught:
            await whorl.offload(*call, to="process")
        assert "plain data" in str(caught.value) or 'to="thread"' in str(caught.value)
        assert await whorl.offload(os.getpid, to="process") == before  # nothing is broken

    run(main())


def test_a_keyword_that_cannot_travel_is_named(run: Run) -> None:
    with pytest.raises(TypeError, match=r"argument 'key' of builtins\.sorted can't travel"):
        run(whorl.offload(sorted, [2, 1], key=lambda item: item, to="process"))


def test_a_function_of_a_prompt(run: Run) -> None:
    code = """if True:
        import asyncio, whorl
        def mine(): pass
        asyncio.run(whorl.offload(mine, to="process"))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "TypeError: a process could not take the call: AttributeError" in done.stderr
    assert "not at a prompt" in done.stderr


def test_a_script_without_a_guard_is_told_so(tmp_path: Path) -> None:
    done = run_script(
        tmp_path / "script.py",
        "import asyncio, whorl\n"
        "async def main():\n"
        '    print(await whorl.offload(abs, -3, to="process"))\n'
        "asyncio.run(main())\n",
    )
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert "RuntimeError: " in said
    assert "before it could begin, and builtins.abs was not called; a script must start its work under `if " in said
    assert done.stdout == ""


def test_a_script_with_a_guard_uses_its_own_functions(tmp_path: Path) -> None:
    done = run_script(
        tmp_path / "script.py",
        "import asyncio, whorl\n"
        "def double(x):\n"
        "    return 2 * x\n"
        "async def main():\n"
        '    print(await whorl.offload(double, 3, to="process"))\n'
        'if __name__ == "__main__":\n'
        "    asyncio.run(main())\n",
    )
    assert (done.stdout, done.stderr, done.returncode) == ("6\n", "", 0)


# -- cancelling -----------------------------------------------------------------------------------------------------


def test_cancelling_kills_that_process_and_no_other(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        started = [
            asyncio.create_task(whorl.offload(calls.note_and_sleep, tmp_path / name, seconds, to="process"))
            for name, seconds in (("long", 1000), ("short", 0.5))
        ]
        await until(lambda: len(_noted(tmp_path)) == 2)
        pid = int((tmp_path / "long").read_text())
        before = time.monotonic()
        started[0].cancel("enough")
        with pytest.raises(whorl.Cancelled, match="enough"):
            await started[0]
        assert not is_alive(pid)
        await started[1]
        assert time.monotonic() - before < 10

    if processes.MOST < 2:
        pytest.skip("one CPU, one process")
    run(main())


@pytest.mark.parametrize("wait", [0, 0.001, 0.01, 0.03, 0.1])
def test_cancelling_at_any_moment_ends_it(run: Run, monkeypatch: pytest.MonkeyPatch, wait: float) -> None:
    async def main() -> None:
        task = asyncio.create_task(whorl.offload(time.sleep, 1000, to="process"))
        await asyncio.sleep(wait)
        task.cancel()
        with pytest.raises(whorl.Cancelled):
            await task
        assert await whorl.offload(abs, -1, to="process") == 1

    processes._end_all()  # a process must be started first
    run(main())


def test_a_timeout_around_a_call(run: Run) -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await whorl.offload(time.sleep, 1000, to="process")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(whorl.offload(time.sleep, 1000, to="process"), 0.1)

    run(main())


# -- who is lost ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "how"),
    [
        ([calls.exit_with, 3], "ended with exit code 3"),
        ([calls.exit_with, 0], "ended with exit code 0"),
        ([calls.die], "was killed by SIGKILL"),
        ([calls.die, signal.SIGSEGV], "was killed by SIGSEGV"),
        ([calls.die, signal.SIGRTMIN + 3], "was killed by signal 37"),
        ([calls.die_with_a_child_that_stays], "was killed by SIGKILL"),
        ([calls.close_everything], r"was killed by SIGKILL|ended with exit code \d+"),
    ],
)
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_process_that_dies_is_named(run: Run, call: list[Any], how: str) -> None:
    async def main() -> None:
        name = call[0].__name__
        await whorl.offload(abs, -1, to="process")
        with pytest.raises(whorl.WorkerLost, match=rf"^process \d+ ({how}) while it ran offload\.calls\.{name}; whe"):
            await whorl.offload(*call, to="process")
        assert await whorl.offload(abs, -1, to="process") == 1

    run(main())


def test_a_process_that_is_killed_while_it_is_idle_is_replaced(run: Run) -> None:
    async def main() -> None:
        pid = await whorl.offload(os.getpid, to="process")
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not any(cell.is_there() for _, cell in processes._idle if cell.pid == pid))
        assert await whorl.offload(os.getpid, to="process") != pid

    run(main())


def test_ctrl_c_is_for_who_waits_and_for_commands(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        task = asyncio.create_task(whorl.offload(calls.note_and_sleep, tmp_path / "note", 0.3, to="process"))
        await until((tmp_path / "note").exists)
        os.kill(int((tmp_path / "note").read_text()), signal.SIGINT)
        await task
        assert await whorl.offload(calls.ctrl_c_for_children, to="process") == -signal.SIGINT

    run(main())


# -- nothing is left ------------------------------------------------------------------------------------------------


_IDLE = """
import asyncio, os, threading, whorl
from offload import calls
from offload.support import descriptors, is_alive, wait_until
from whorl.offload import processes

async def some_pids():
    return {pid async for pid in whorl.offload.map(calls.my_pid, range(20), limit=5, to="process")}

if __name__ == "__main__":
    processes.IDLE = 0.1
    main = threading.main_thread()
    before = None
    for _ in range(2):  # the fork server, which comes the first time, stays
        pids = asyncio.run(some_pids())
        assert len(processes._idle) <= processes.MOST
        wait_until(lambda: not any(map(is_alive, pids)))
        wait_until(lambda: not processes._alive and not processes._reaping)
        wait_until(lambda: not {thread for thread in threading.enumerate() if "(idle)" not in thread.name} - {main})
        wait_until(lambda: before in (None, descriptors()))
        before = descriptors()
"""


def test_idle_processes_end_and_leave_nothing(tmp_path: Path) -> None:
    done = run_script(tmp_path / "script.py", _IDLE)
    assert (done.stderr, done.returncode) == ("", 0)


_NEEDLESS = """
import asyncio, os, time, whorl

async def main(wait):
    calls = [asyncio.create_task(anext(whorl.offload.map(time.sleep, [1000], limit=1, to="process"))) for _ in range(6)]
    await asyncio.sleep(wait)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

if __name__ == "__main__":
    for wait in (0.2, 0, 0.001, 0.005, 0.01, 0.02):
        asyncio.run(main(wait))
"""


def test_processes_that_are_needless_before_they_begin_end_quietly(tmp_path: Path) -> None:
    done = run_script(tmp_path / "script.py", _NEEDLESS)
    assert (done.stderr, done.returncode) == ("", 0)


def test_nothing_is_kept_of_a_call(run: Run) -> None:
    async def main() -> None:
        gc.disable()
        try:
            data = {1, 2, 3}  # unlike an int it can be watched
            left = weakref.ref(data)
            assert await whorl.offload(len, data, to="process") == 3
            del data
            await until(lambda: left() is None)
        finally:
            gc.enable()

    run(main())


_SCRIPT = """
import asyncio, os, signal, sys, time, whorl

async def main():
    idle = await whorl.offload(os.getpid, to="process")
    busy = asyncio.create_task(whorl.offload(time.sleep, 1000, to="process"))
    other = None
    while other is None:  # the process that sleeps
        await asyncio.sleep(0.05)
        from whorl.offload import processes
        pids = [cell.pid for cell in processes._alive]
        if not processes._idle:
            other = await whorl.offload(os.getpid, to="process") if processes.MOST > 1 else idle
            pids = [cell.pid for cell in processes._alive]
    print(*pids, flush=True)
    {end}

if __name__ == "__main__":
    {main}
"""


@pytest.mark.parametrize(
    ("end", "main"),
    [
        ("pass", "asyncio.run(main())"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "asyncio.run(main())"),
        ("sys.exit(3)", "asyncio.run(main())"),
        ("pass", "asyncio.new_event_loop().run_until_complete(main())"),
        ("os._exit(0)", "asyncio.run(main())"),
    ],
    ids=["normal end", "SIGKILL", "sys.exit", "a loop that is left open", "os._exit"],
)
def test_no_process_outlives_the_program(tmp_path: Path, end: str, main: str) -> None:
    done = run_script(tmp_path / "script.py", _SCRIPT.format(end=end, main=main))
    pids = [int(pid) for pid in done.stdout.split()]
    assert pids, done.stderr
    wait_until(lambda: not any(map(is_alive, pids)))


_FORK = """
import asyncio, os, signal, whorl

if __name__ == "__main__":
    before = asyncio.run(whorl.offload(os.getpid, to="process"))
    child = os.fork()
    if not child:
        signal.alarm(20)
        assert asyncio.run(whorl.offload(os.getpid, to="process")) != before
    if child:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert asyncio.run(whorl.offload(os.getpid, to="process")) == before
    else:
        os._exit(0)  # multiprocessing itself would stumble over its parent's processes
"""


def test_a_forked_child_makes_processes_of_its_own(tmp_path: Path) -> None:
    done = run_script(tmp_path / "script.py", _FORK)
    assert done.returncode == 0, done.stderr
