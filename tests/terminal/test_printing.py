"""What a program prints while something turns stands above it, whole."""

from pathlib import Path

from terminal.programs import end_of, go_on, program, shows


def test_print_and_logging(tmp_path: Path) -> None:
    text = """
logging.basicConfig(format="%(message)s")
before = sys.stdout, sys.stderr, logging.root.handlers[0].stream
with spinner("x"):
    print("printed")
    logging.warning("logged")
    print("to stderr", file=sys.stderr)
    print("two\\nlines")
    time.sleep(0.15)
    late = logging.StreamHandler()
    logging.getLogger("late").addHandler(late)
    logging.getLogger("late").propagate = False
    logging.getLogger("late").error("late")
    wait_for("go")
after = sys.stdout, sys.stderr, logging.root.handlers[0].stream
assert [a is b for a, b in zip(before, after)] == [True] * 3
assert late.stream is sys.stderr
print("end")
"""
    rows = ["printed", "logged", "to stderr", "two", "lines", "late"]
    with program(tmp_path, text) as terminal:
        terminal.wait_until(shows(*rows, "* x"))
        go_on(tmp_path)
        assert end_of(terminal) == [*rows, "end"]


def test_a_line_without_an_end_is_shown_and_joined(tmp_path: Path) -> None:
    text = """
with spinner("x"):
    print("one", end="")
    wait_for("go")
    print(" two")
    print("\\rprogress 1", end="")
    print("\\rprogress 2", end="")
    wait_for("on")
print(" end")
"""
    with program(tmp_path, text) as terminal:
        terminal.wait_until(shows("one", "* x"))
        go_on(tmp_path)
        terminal.wait_until(shows("one two", "progress 2", "* x"))
        go_on(tmp_path, "on")
        assert end_of(terminal) == ["one two", "progress 2 end"]


def test_lines_of_many_threads_stay_whole(tmp_path: Path) -> None:
    text = """
def work(name):
    for number in range(200):
        print(name, number, "of", 200, "x" * 20)
with spinner("x"):
    threads = [threading.Thread(target=work, args=[f"thread-{n}"]) for n in range(5)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
"""
    with program(tmp_path, text, lines=1100) as terminal:
        seen = end_of(terminal)
    assert sorted(seen) == sorted(f"thread-{n} {number} of 200 {'x' * 20}" for n in range(5) for number in range(200))


def test_a_stream_that_somebody_replaced_is_left(tmp_path: Path) -> None:
    text = """
import contextlib, io
other = io.StringIO()
raw = sys.stdout
with spinner("x"):
    with contextlib.redirect_stdout(other):
        print("elsewhere")
    print("here")
    outlives = contextlib.redirect_stdout(other)
    outlives.__enter__()
assert sys.stdout is other
outlives.__exit__(None, None, None)
print("still here", other.getvalue().strip())
with spinner("y"):
    print("and here")
"""
    with program(tmp_path, text) as terminal:
        assert end_of(terminal) == ["here", "still here elsewhere", "and here"]


def test_a_spinner_on_stderr_shares_the_terminal(tmp_path: Path) -> None:
    text = """
with spinner("out"), spinner("err", stream=sys.stderr):
    print("printed")
    wait_for("go")
"""
    with program(tmp_path, text) as terminal:
        terminal.wait_until(shows("printed", "* out", "* err"))
        go_on(tmp_path)
        assert end_of(terminal) == ["printed"]


def test_a_text_that_can_not_be_encoded_is_the_programs_error(tmp_path: Path) -> None:
    text = """
with spinner("é日") as s:
    try:
        print("日")
    except UnicodeEncodeError:
        print("refused")
    time.sleep(0.15)
    s.ok()
"""
    with program(tmp_path, text, env={"PYTHONIOENCODING": "latin-1"}) as terminal:
        ended = terminal.wait_for_end()
    assert ended == 0
    assert b"refused\r\n" in terminal.output
    assert b"+\x1b[0m \xe9?\r\n" in terminal.output


def test_a_subprocess_is_not_caught_and_does_no_harm(tmp_path: Path) -> None:
    text = """
import subprocess
with spinner("x"):
    time.sleep(0.15)
    subprocess.run(["echo", "from a child"])
    time.sleep(0.25)
print("end")
"""
    with program(tmp_path, text) as terminal:
        assert end_of(terminal) == ["from a child", "end"]


def test_a_forked_child_paints_nothing(tmp_path: Path) -> None:
    text = """
with spinner("x") as s:
    print("half ", end="")
    time.sleep(0.15)
    pid = os.fork()
    if pid == 0:
        time.sleep(0.3)
        s.ok("child")
        print("from the child")
        sys.exit(0)
    os.waitpid(pid, 0)
    print("from the parent")
print("end")
"""
    with program(tmp_path, text, env={"PYTHONWARNINGS": "ignore"}) as terminal:
        seen = end_of(terminal)
    assert seen == ["from the child", "half from the parent", "end"]
    assert b"child\x1b" not in terminal.output
