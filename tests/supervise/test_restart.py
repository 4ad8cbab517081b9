"""Jobs that are started again after a failure."""

import logging

import pytest

import whorl
from supervise.conftest import Run
from whorl.supervise.intensity import Intensity


def test_intensity_counts_within_a_window() -> None:
    intensity = Intensity(2, 10.0)
    assert intensity.allows(0.0)
    assert intensity.allows(1.0)
    assert not intensity.allows(9.9)
    assert intensity.allows(10.0)
    assert not intensity.allows(10.5)
    assert intensity.allows(11.0)
    assert str(intensity) == "2 restarts in 10 s"
    assert not Intensity(0, 1.0).allows(0.0)


class Flaky:
    """Fails so many times, then gives the number of calls."""

    def __init__(self, failures: int) -> None:
        self.calls, self.failures = 0, failures

    def call(self) -> int:
        self.calls += 1
        if self.calls <= self.failures:
            raise OSError(f"failure {self.calls}")
        return self.calls

    async def call_async(self) -> int:
        await whorl.checkpoint()
        return self.call()


def test_a_failed_job_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "whorl.supervise"), whorl.Supervisor(restart=(3, 60)) as crew:
        job = crew.start(Flaky(3).call)
        assert job.result() == 4
    assert job.restarts == 3
    assert "restarts=3" in repr(job)
    assert len(caplog.records) == 3
    assert "job 'call' failed and is started again (at most 3 restarts in 60 s)" in caplog.records[0].getMessage()
    assert "failure 1" in str(caplog.records[0].exc_info)


def test_one_failure_more_fails_the_crew() -> None:
    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor(restart=(2, 60)) as crew:
        job = crew.start(Flaky(9).call)
        other = crew.start(whorl.sleep, 60)
    (error,) = caught.value.exceptions
    assert str(error) == "failure 3"
    assert "the crew has used up its 2 restarts in 60 s" in error.__notes__
    assert job.state == "failed"
    assert other.cancelled()


def test_the_intensity_is_that_of_the_whole_crew() -> None:
    with pytest.raises(ExceptionGroup), whorl.Supervisor(restart=(3, 60)) as crew:
        jobs = [crew.start(Flaky(2).call) for _ in range(2)]
    assert sum(job.restarts for job in jobs) == 3


def test_tasks_and_threads_start_again(run: Run) -> None:
    async def main() -> None:
        async with whorl.Supervisor(restart=(4, 60)) as crew:
            task = crew.start(Flaky(2).call_async)
            thread = crew.start(Flaky(2).call)
        assert await task.result() == 3
        assert await thread.result() == 3

    run(main())


def test_a_job_that_fails_while_it_stops_does_not_start_again() -> None:
    calls = []

    def work() -> None:
        calls.append(1)
        try:
            whorl.sleep(60)
        except whorl.Cancelled:
            raise ValueError from None

    with pytest.raises(ExceptionGroup), whorl.Supervisor(restart=(5, 60)) as crew:
        crew.start(work).cancel()
    assert len(calls) <= 1


def test_a_cancelled_job_does_not_start_again() -> None:
    with whorl.Supervisor(restart=(5, 60)) as crew:
        job = crew.start(whorl.sleep, 60)
        job.cancel()
    assert job.restarts == 0
