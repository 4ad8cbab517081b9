"""Animate a text spinner with a thread, while the main thread is busy: with whorl."""

import whorl


def slow_function() -> int:
    whorl.sleep(3)  # pretend to wait a long time for I/O
    return 42


def main() -> None:
    with whorl.spinner("thinking!") as spinner:
        print("spinner object:", spinner)
        result = slow_function()
    print("Answer:", result)


if __name__ == "__main__":
    main()
