"""Animate a text spinner with a coroutine, while another coroutine is busy."""

import asyncio
import itertools
import sys


async def spin(msg: str) -> None:
    write, flush = sys.stdout.write, sys.stdout.flush
    for char in itertools.cycle("|/-\\"):
        status = char + " " + msg
        write(status)
        flush()
        write("\x08" * len(status))
        try:
            await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            break
    write(" " * len(status) + "\x08" * len(status))


async def slow_function() -> int:
    await asyncio.sleep(3)  # pretend to wait a long time for I/O
    return 42


async def supervisor() -> int:
    spinner = asyncio.create_task(spin("thinking!"))
    print("spinner object:", spinner)
    result = await slow_function()
    spinner.cancel()
    await spinner
    return result


def main() -> None:
    result = asyncio.run(supervisor())
    print("Answer:", result)


if __name__ == "__main__":
    main()
