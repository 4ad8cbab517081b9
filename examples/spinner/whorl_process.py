"""Animate a text spinner with a coroutine, while a process is busy: with whorl."""

import time

import whorl


def slow_function() -> int:
    time.sleep(3)  # pretend to compute for a long time
    return 42


async def main() -> None:
    async with whorl.spinner("thinking!") as spinner:
        print("spinner object:", spinner)
        result = await whorl.offload(slow_function, to="process")
    print("Answer:", result)


if __name__ == "__main__":
    whorl.run(main())
