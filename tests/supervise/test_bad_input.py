"""Wrong arguments and wrong forms: a clear error, and nothing started."""

import asyncio
import threading
from typing import Any

import pytest

import whorl


async def coroutine_function() -> None:
    pass


def test_the_sync_form_where_a_loop_runs() -> None:
    async def main() -> None:
        with pytest.raises(whorl.WrongForm, match=r"write `async with whorl\.Supervisor"), whorl.Supervisor():
            pass

    whorl.run(main())


def test_the_async_form_where_no_loop_runs() -> None:
    with pytest.raises(whorl.WrongForm, match=r"write `with whorl\.Supervisor"):
        whorl.Supervisor().__aenter__().send(None)


def test_waiting_for_a_thread_where_a_loop_runs() -> None:
    with whorl.Supervisor() as crew:
        job = crew.start(whorl.sleep, 60)

        async def main() -> None:
            with pytest.raises(whorl.WrongForm, match="result"):
                job.result()

        whorl.run(main())
        job.cancel()


def test_a_coroutine_function_in_a_crew_of_threads() -> None:
    with whorl.Supervisor() as crew, pytest.raises(TypeError, match=r"async with whorl\.Supervisor"):
        crew.start(coroutine_function)
    with whorl.Supervisor() as crew, pytest.raises(TypeError, match=r"async with whorl\.Supervisor"):
        crew.start(whorl.offload, pow, 2, 2)


def test_a_coroutine_in_place_of_its_function() -> None:
    with whorl.Supervisor() as crew, pytest.raises(TypeError, match=r"crew.start\(coroutine_function, …\), not"):
        crew.start(coroutine_function())  # type: ignore[arg-type]

    async def main() -> None:
        async with whorl.Supervisor() as crew:
            with pytest.raises(TypeError, match=r"crew.start\(coroutine_function, …\), not"):
                crew.start(coroutine_function())  # type: ignore[call-overload]

    whorl.run(main())


def test_a_function_that_returns_a_coroutine() -> None:
    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor() as crew:
        crew.start(lambda: coroutine_function())
    assert "give start() the coroutine function" in str(caught.value.exceptions[0])


@pytest.mark.parametrize("function", [None, 42, "name"])
def test_what_is_no_function(function: Any) -> None:
    with whorl.Supervisor() as crew, pytest.raises(TypeError, match="takes a function"):
        crew.start(function)


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"limit": 0}, ValueError, "at least 1"),
        ({"limit": 1.5}, TypeError, "number of jobs"),
        ({"limit": True}, TypeError, "number of jobs"),
        ({"deadline": -1}, ValueError, "0 or more"),
        ({"deadline": float("nan")}, ValueError, "0 or more"),
        ({"deadline": 10**400}, ValueError, "more seconds than any clock can count"),
        ({"grace": "1"}, TypeError, "number of seconds"),
        ({"restart": 3}, TypeError, r"such as \(3, 60\)"),
        ({"restart": (-1, 3)}, ValueError, "0 times or more"),
        ({"restart": (1, -3)}, ValueError, "0 or more"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        whorl.Supervisor(**options)


@pytest.mark.parametrize(
    ("seconds", "kind", "text"),
    [
        (None, TypeError, "a number of seconds; got None"),
        ("x", TypeError, "a number of seconds; got 'x'"),
        (10**400, ValueError, "more seconds than any clock can count"),
    ],
)
def test_what_is_no_time_to_sleep(seconds: Any, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        whorl.sleep(seconds)

    async def main() -> None:
        with pytest.raises(kind, match=text):
            await whorl.sleep(seconds)

    whorl.run(main())


def test_a_supervisor_is_for_one_block() -> None:
    supervisor = whorl.Supervisor()
    with supervisor:
        pass
    with pytest.raises(RuntimeError, match="make another one"), supervisor:
        pass


def test_starting_after_the_end() -> None:
    with whorl.Supervisor() as crew:
        pass
    with pytest.raises(RuntimeError, match="no job may outlive it"):
        crew.start(pow, 1, 1)


def test_starting_while_the_crew_stops() -> None:
    caught: list[BaseException] = []

    def work() -> None:
        try:
            whorl.sleep(60)
        finally:
            try:
                crew.start(pow, 1, 1)
            except RuntimeError as error:
                caught.append(error)

    with pytest.raises(ExceptionGroup), whorl.Supervisor() as crew:
        crew.start(work)
        raise LookupError
    assert "is stopping (its block raised LookupError)" in str(caught[0])


def test_wrong_arguments_of_the_function_are_a_failure() -> None:
    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor() as crew:
        crew.start(pow)
    assert isinstance(caught.value.exceptions[0], TypeError)


def test_starting_from_another_thread_after_the_loop_is_closed() -> None:
    crews: list[Any] = []

    async def main() -> None:
        async with whorl.Supervisor() as crew:
            crews.append(crew)

    asyncio.run(main())
    errors: list[BaseException] = []

    def start() -> None:
        try:
            crews[0].start(pow, 1, 1)
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert errors
