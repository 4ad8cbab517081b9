"""Animate a text spinner with a thread, while the main thread is busy."""

import itertools
import sys
import threading
import time


def spin(msg: str, done: threading.Event) -> None:
    write, flush = sys.stdout.write, sys.stdout.flush
    for char in itertools.cycle("|/-\\"):
        status = char + " " + msg
        write(status)
        flush()
        write("\x08" * len(status))
        if done.wait(0.1):
            break
    write(" " * len(status) + "\x08" * len(status))


def slow_function() -> int:
    time.sleep(3)  # pretend to wait a long time for I/O
    return 42


def supervisor() -> int:
    done = threading.Event()
    spinner = threading.Thread(target=spin, args=("thinking!", done))
    print("spinner object:", spinner)
    spinner.start()
    try:
        return slow_function()
    finally:  # Ctrl-C reaches only this thread: without the word from here the spinner would go on for ever
        done.set()
        spinner.join()


def main() -> None:
    result = supervisor()
    print("Answer:", result)


if __name__ == "__main__":
    main()
