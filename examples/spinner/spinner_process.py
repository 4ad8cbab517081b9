"""Animate a text spinner with a process, while the main process is busy."""

import itertools
import multiprocessing
import multiprocessing.synchronize
import sys
import time


def spin(msg: str, done: multiprocessing.synchronize.Event) -> None:
    write, flush = sys.stdout.write, sys.stdout.flush
    for char in itertools.cycle("|/-\\"):
        status = char + " " + msg
        write(status)
        flush()
        write("\x08" * len(status))
        if done.wait(0.1):
            break
    write(" " * len(status) + "\x08" * len(status))
    flush()


def slow_function() -> int:
    time.sleep(3)  # pretend to compute for a long time
    return 42


def supervisor() -> int:
    done = multiprocessing.Event()
    spinner = multiprocessing.Process(target=spin, args=("thinking!", done))
    print("spinner object:", spinner, flush=True)  # before the process has a copy of what waits to be written
    spinner.start()
    try:
        return slow_function()
    finally:
        done.set()
        spinner.join()


def main() -> None:
    result = supervisor()
    print("Answer:", result)


if __name__ == "__main__":
    main()
