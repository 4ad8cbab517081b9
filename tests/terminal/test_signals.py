"""The cursor comes back, whatever ends or stops the program, and at any moment."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from terminal.programs import INTERRUPTED_AT, cursor_is_back, end_of, go_on, program, shows

TURNING = {
    "plain": """
with spinner("x"):
    print("ready")
    time.sleep(60)
""",
    "coroutine": """
async def main():
    async with spinner("x"):
        print("ready")
        await asyncio.sleep(60)
asyncio.run(main())
""",
    "on whorl": """
async def main():
    async with spinner("x"):
        print("ready")
        await asyncio.sleep(60)
whorl.run(main())
""",
}
turning = pytest.mark.parametrize("form", TURNING)


@turning
def test_ctrl_c(form: str, tmp_path: Path) -> None:
    with program(tmp_path, TURNING[form], lines=60) as terminal:
        terminal.wait_until(shows("ready", "* x"))
        terminal.press(b"\x03")
        seen = end_of(terminal, -signal.SIGINT)
    assert seen[:2] == ["ready", "✗ x"]
    assert seen[-1] == "KeyboardInterrupt"


@turning
def test_sigterm(form: str, tmp_path: Path) -> None:
    with program(tmp_path, TURNING[form]) as terminal:
        terminal.wait_until(shows("ready", "* x"))
        terminal.process.terminate()
        assert end_of(terminal, -signal.SIGTERM) == ["ready"]


def test_ctrl_z_and_going_on(tmp_path: Path) -> None:
    text = "with spinner('x'): wait_for('go')\nprint('end')"
    with program(tmp_path, text) as terminal:
        terminal.wait_until(shows("* x"))
        assert terminal.screen.cursor.hidden
        # Its group is an orphan, which Ctrl-Z does not stop: it goes on at once, and the cursor was there.
        before = len(terminal.output)
        os.kill(terminal.process.pid, signal.SIGTSTP)
        terminal.wait_until(lambda _: b"\x1b[?25h" in terminal.output[before:])
        terminal.wait_until(lambda lines: terminal.screen.cursor.hidden and shows("* x")(lines))
        go_on(tmp_path)
        assert end_of(terminal) == ["end"]


def test_handlers_are_what_they_were(tmp_path: Path) -> None:
    text = """
numbers = signal.SIGTERM, signal.SIGTSTP
def handlers():
    return [signal.getsignal(number) for number in numbers]
assert handlers() == [signal.SIG_DFL] * 2
with spinner("x"):
    assert signal.SIG_DFL not in handlers()
assert handlers() == [signal.SIG_DFL] * 2
mine = lambda *_: sys.exit(7)
signal.signal(signal.SIGTERM, mine)
with spinner("x"):
    assert handlers()[0] is mine
    signal.signal(signal.SIGTSTP, mine)
assert handlers() == [mine] * 2
with spinner("x"):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
"""
    with program(tmp_path, text) as terminal:
        assert end_of(terminal, 7) == ["✗ x"]


def test_ended_in_another_thread(tmp_path: Path) -> None:
    """Only the main thread can give the handlers back: they do no harm until then."""
    text = """
import contextlib
with contextlib.ExitStack() as stack:
    stack.enter_context(spinner("x"))
    time.sleep(0.15)
    thread = threading.Thread(target=stack.pop_all().close)
    thread.start()
    thread.join()
assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
with spinner("y"):
    pass
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
stack.enter_context(spinner("z"))
thread = threading.Thread(target=stack.close)
thread.start()
thread.join()
print("end")
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(60)
"""
    with program(tmp_path, text) as terminal:
        assert end_of(terminal, -signal.SIGTERM) == ["end"]


def test_ctrl_c_never_leaves_the_lock_taken(tmp_path: Path) -> None:
    """One SIGINT after each call and each return while lines begin, turn and end: the next spinner gets the lock."""
    text = """
import io
from whorl.terminal.board import Board
from whorl.terminal.line import GONE, Line
def run():
    board, line = Board(io.StringIO()), Line("x")
    board.add(line)
    board.tick(time.monotonic())
    board.end(line, GONE)
    board.finish()
def locks():
    with spinner("y"):
        pass
step = 1
while interrupted_at(step, run):
    step += 1
    thread = threading.Thread(target=locks, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), step
assert step > 30, step
print("end")
"""
    with program(tmp_path, INTERRUPTED_AT + text) as terminal:
        assert end_of(terminal)[-1] == "end"


def test_a_cursor_whose_return_was_dropped_comes_back_at_the_end(tmp_path: Path) -> None:
    """Ctrl-C has the terminal drop what it has not shown yet."""
    text = """
with spinner("x"):
    time.sleep(0.1)
os.write(1, b"\\x1b[?25l")  # what is seen if the spinner's last write was dropped
"""
    with program(tmp_path, text) as terminal:
        assert end_of(terminal) == [""]


def test_what_has_taken_the_terminals_place_gets_no_cursor(tmp_path: Path) -> None:
    text = """
with spinner("x"):
    time.sleep(0.1)
with open("taken", "wb") as file:
    os.dup2(file.fileno(), 1)
"""
    with program(tmp_path, text) as terminal:
        assert end_of(terminal) == [""]
    assert (tmp_path / "taken").read_bytes() == b""


def test_in_the_background_nothing_is_drawn(tmp_path: Path) -> None:
    text = """
pid = os.fork()
if pid == 0:
    os.setpgid(0, 0)
    with spinner("x") as s:
        time.sleep(0.25)
        print("from the background")
        s.ok()
    os._exit(0)
os.waitpid(pid, 0)
"""
    with program(tmp_path, text) as terminal:
        seen = end_of(terminal)
    assert seen[0] == "from the background"
    assert "✓" in seen[1]
    assert b"\x1b[J" not in terminal.output


def test_a_cursor_whose_return_is_not_certain_stays(tmp_path: Path) -> None:
    text = """
def work():
    with spinner("x"):
        wait_for("go")
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""
    with program(tmp_path, text) as terminal:
        terminal.wait_until(shows("* x"))
        assert b"?25l" not in terminal.output
        go_on(tmp_path)
        assert end_of(terminal) == [""]


def test_a_thread_that_is_left_behind(tmp_path: Path) -> None:
    text = """
started = threading.Event()
def work():
    with spinner("left"):
        started.set()
        time.sleep(60)
threading.Thread(target=work, daemon=True).start()
started.wait()
with spinner("x"):
    time.sleep(0.2)
print("end")
"""
    with program(tmp_path, text) as terminal:
        assert end_of(terminal) == ["end"]


BUSY = """
def main():
    for number in range(10**6):
        with spinner("outer", elapsed=True) as s:
            with spinner("inner"):
                s.text = str(number)
                print(number)
                time.sleep(0.003)
            s.ok()
print("ready")
main()
"""
BUSY_TASKS = """
async def work(name):
    for number in range(10**6):
        async with spinner(name):
            print(number)
            await asyncio.sleep(0.003)
async def main():
    await asyncio.gather(*map(work, "ab"))
print("ready")
asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("text", [BUSY, BUSY_TASKS], ids=["plain", "tasks"])
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_a_random_moment(number: signal.Signals, text: str, seed: int, tmp_path: Path) -> None:
    with program(tmp_path, text) as terminal:
        terminal.wait_for(b"ready")
        delay = random.Random(f"{seed} {number}").uniform(0, 0.4)
        ends = time.monotonic() + delay
        terminal.wait_until(lambda _: time.monotonic() >= ends)
        terminal.process.send_signal(number)
        assert terminal.wait_for_end() == -number
        assert cursor_is_back(terminal.output), terminal.output[-300:]
