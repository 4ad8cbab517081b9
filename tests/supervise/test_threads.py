"""The sync form: jobs in threads."""

import asyncio
import contextvars
import functools
import threading
import time

import pytest

import whorl


def forever() -> None:
    while True:
        whorl.sleep(60)


def fail(error: BaseException) -> None:
    raise error


def test_a_job_gives_its_result() -> None:
    with whorl.Supervisor() as crew:
        job = crew.start(pow, 2, 10)
        assert job.result() == 1024
    assert job.done()
    assert job.state == "done"
    assert job.exception() is None


def test_arguments_by_position_and_by_name() -> None:
    with whorl.Supervisor() as crew:
        job: whorl.Job[dict[str, int]] = crew.start(dict, [("a", 1)], b=2)
        named: whorl.Job[dict[str, str]] = crew.start(functools.partial(dict, name="x"), name="a job of this name")
    assert repr(job).endswith("result={'a': 1, 'b': 2}>")
    assert repr(named).endswith("result={'name': 'x'}>")
    assert named.name == "a job of this name"


def test_the_block_waits_for_every_job() -> None:
    go = threading.Event()
    ended = []

    def work(number: int) -> None:
        go.wait()
        ended.append(number)

    with whorl.Supervisor() as crew:
        for number in range(5):
            crew.start(work, number)
        go.set()
    assert sorted(ended) == [0, 1, 2, 3, 4]


def test_a_job_may_start_others_and_the_block_waits_for_them_too() -> None:
    ended: list[int] = []

    def work(depth: int) -> None:
        if depth:
            crew.start(work, depth - 1)
        ended.append(depth)

    with whorl.Supervisor() as crew:
        crew.start(work, 10)
    assert sorted(ended) == list(range(11))


def test_the_first_failure_stops_the_others_and_comes_out_in_a_group() -> None:
    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor() as crew:
        sleeper = crew.start(forever)
        failed = crew.start(fail, ValueError("no"))
    (error,) = caught.value.exceptions
    assert isinstance(error, ValueError)
    assert failed.exception() is error
    assert "in job 'fail'" in error.__notes__[0]
    assert sleeper.cancelled()


def test_failures_while_stopping_come_out_too_in_the_order_of_time() -> None:
    def tidy_up_badly() -> None:
        try:
            forever()
        finally:
            raise KeyError("second")

    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor() as crew:
        crew.start(tidy_up_badly)
        crew.start(fail, ValueError("first"))
    assert [type(error) for error in caught.value.exceptions] == [ValueError, KeyError]


def test_a_failure_ends_the_blocks_own_wait() -> None:
    with pytest.raises(ExceptionGroup, match="has failed") as caught, whorl.Supervisor() as crew:
        sleeper = crew.start(forever)
        crew.start(fail, ValueError("no"))
        sleeper.result()  # would wait without end
    assert len(caught.value.exceptions) == 1


def test_a_failure_ends_the_blocks_own_sleep() -> None:
    with pytest.raises(ExceptionGroup), whorl.Supervisor() as crew:
        crew.start(fail, ValueError("no"))
        whorl.sleep(60)


def test_what_the_block_raises_comes_out_in_the_group_and_stops_the_jobs() -> None:
    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor() as crew:
        job = crew.start(forever)
        raise LookupError
    assert [type(error) for error in caught.value.exceptions] == [LookupError]
    assert job.cancelled()


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_interrupts_and_exits_come_out_as_they_are(kind: type[BaseException]) -> None:
    with pytest.raises(kind), whorl.Supervisor() as crew:
        job = crew.start(forever)
        raise kind
    assert job.cancelled()
    with pytest.raises(kind), whorl.Supervisor() as crew:
        job = crew.start(forever)
        crew.start(fail, kind())
    assert job.cancelled()


def test_a_limit_bounds_what_runs_at_the_same_time() -> None:
    running = most = 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.001)
        with lock:
            running -= 1

    with whorl.Supervisor(limit=3) as crew:
        jobs = [crew.start(work) for _ in range(50)]
    assert all(job.state == "done" for job in jobs)
    assert most == 3


def test_a_job_that_waits_for_its_place_can_be_cancelled() -> None:
    go = threading.Event()
    with whorl.Supervisor(limit=1) as crew:
        first = crew.start(go.wait)
        second = crew.start(forever)
        third = crew.start(pow, 2, 2)
        assert second.state == "waiting"
        assert second.cancel()
        assert second.cancelled()
        assert not second.cancel()
        go.set()
    assert first.result()
    assert third.result() == 4
    assert second.elapsed == 0


def test_the_message_of_a_cancel_reaches_who_asks_for_a_job_that_never_began() -> None:
    go = threading.Event()
    with whorl.Supervisor(limit=1) as crew:
        crew.start(go.wait)
        job = crew.start(forever)
        job.cancel("no longer needed")
        with pytest.raises(whorl.Cancelled, match="no longer needed"):
            job.result()
        go.set()


def test_jobs_that_wait_do_not_begin_after_a_failure() -> None:
    with pytest.raises(ExceptionGroup), whorl.Supervisor(limit=1) as crew:
        crew.start(fail, ValueError())
        waiting = [crew.start(forever) for _ in range(3)]
    assert all(job.cancelled() for job in waiting)


def test_context_variables_travel() -> None:
    variable = contextvars.ContextVar("variable", default="unset")
    variable.set("outside")

    def work() -> str:
        before = variable.get()
        variable.set("inside")
        return before

    with whorl.Supervisor() as crew:
        job = crew.start(work)
    assert job.result() == "outside"
    assert variable.get() == "outside"


def test_threads_bear_the_names_of_their_jobs() -> None:
    with whorl.Supervisor() as crew:
        jobs = [crew.start(lambda: threading.current_thread().name, name=name) for name in ("one", "two")]
    assert [job.result() for job in jobs] == ["one", "two"]


def test_jobs_of_one_function_have_different_names() -> None:
    with whorl.Supervisor() as crew:
        jobs = [crew.start(pow, 1, 1) for _ in range(3)]
        other = crew.start(threading.Event().is_set)
    assert [job.name for job in jobs] == ["pow", "pow-2", "pow-3"]
    assert other.name == "is_set"


def test_repr_tells_state_place_and_outcome() -> None:
    go, there = threading.Event(), threading.Event()

    def work() -> int:
        there.set()
        go.wait()
        return 42

    with whorl.Supervisor(limit=1) as crew:
        job = crew.start(work)
        behind = crew.start(work)
        assert repr(behind) == "<Job 'work-2' waiting>"
        there.wait()
        text = repr(job)
        assert text.startswith("<Job 'work' running in a thread for 0.")
        assert f"{__file__}:" in text
        job.cancel()
        assert repr(job).startswith("<Job 'work' cancelling in a thread")
        behind.cancel()
        go.set()
    # Told to stop, and never looked.
    assert repr(job).startswith("<Job 'work' cancelled after 0.")
    with whorl.Supervisor() as crew:
        done = crew.start(pow, 2, 3)
    assert repr(done).endswith("result=8>")
    assert repr(done).startswith("<Job 'pow' done after")


def test_waiting_for_a_result_can_be_given_up() -> None:
    with whorl.Supervisor() as crew:
        job = crew.start(forever)
        with pytest.raises(TimeoutError, match="it goes on"):
            job.result(timeout=0.01)
        assert job.state == "running"
        job.cancel()


def test_the_exception_of_a_job_that_runs_is_no_answer() -> None:
    with whorl.Supervisor() as crew:
        job = crew.start(forever)
        with pytest.raises(asyncio.InvalidStateError, match="has not ended"):
            job.exception()
        job.cancel()
    with pytest.raises(whorl.Cancelled, match="forever"):
        job.exception()


def test_result_raises_what_the_job_raised() -> None:
    with pytest.raises(ExceptionGroup), whorl.Supervisor() as crew:
        job = crew.start(fail, ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        job.result()


def test_a_cancelled_job_is_no_failure() -> None:
    with whorl.Supervisor() as crew:
        job = crew.start(forever)
        other = crew.start(pow, 2, 2)
        job.cancel()
    assert job.state == "cancelled"
    assert other.result() == 4


def test_cancelling_the_crew_stops_every_job_and_not_the_block() -> None:
    with whorl.Supervisor() as crew:
        jobs = [crew.start(forever) for _ in range(3)]
        assert crew.jobs == tuple(jobs)
        crew.cancel()
        later = crew.start(pow, 2, 2)
    assert all(job.cancelled() for job in jobs)
    assert later.result() == 4


def test_a_crew_inside_a_job_stops_with_it() -> None:
    inside = []
    there = threading.Event()

    def work() -> None:
        with whorl.Supervisor() as inner:
            inside.append(inner.start(forever))
            there.set()

    with whorl.Supervisor() as crew:
        job = crew.start(work)
        there.wait()
        job.cancel()
    assert job.cancelled()
    assert inside[0].cancelled()


def test_a_wait_inside_an_inner_block_hears_the_outer_request() -> None:
    there = threading.Event()

    def work() -> None:
        with whorl.Supervisor() as inner:
            inner.start(forever)
            there.set()
            whorl.sleep(60)

    with whorl.Supervisor() as crew:
        job = crew.start(work)
        there.wait()
        job.cancel()
    assert job.cancelled()


def test_many_jobs() -> None:
    with whorl.Supervisor(limit=20) as crew:
        jobs = [crew.start(pow, number, 2) for number in range(1000)]
    assert sum(job.result() for job in jobs) == sum(number**2 for number in range(1000))


def test_a_crew_forgets_jobs_that_have_ended() -> None:
    with whorl.Supervisor() as crew:
        crew.start(pow, 2, 2).result()
        assert crew.jobs == ()
