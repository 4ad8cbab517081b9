"""Animate a text spinner with a coroutine, while another coroutine is busy: with whorl."""

import whorl


async def slow_function() -> int:
    await whorl.sleep(3)  # pretend to wait a long time for I/O
    return 42


async def main() -> None:
    async with whorl.spinner("thinking!") as spinner:
        print("spinner object:", spinner)
        result = await slow_function()
    print("Answer:", result)


if __name__ == "__main__":
    whorl.run(main())
