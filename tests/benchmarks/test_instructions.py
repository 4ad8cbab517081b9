"""Counting instructions: by the real valgrind, where there is one."""

import re
import shutil

import pytest

from benchmarks.instructions import NotCounted, counted, main
from benchmarks.questions import rows

needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind counts the instructions")


@needs_valgrind
def test_it_counts_what_an_operation_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """A turn of asyncio's loop and a callback in it: some thousands."""
    main(["call_soon chain", "--peers", "asyncio", "--rounds", "200"])
    found = re.fullmatch(r"call_soon chain: asyncio ([\d,]+)\n", capsys.readouterr().out)
    assert found is not None
    assert 1_000 < int(found[1].replace(",", "")) < 100_000


@needs_valgrind
def test_a_peer_that_cannot_run_is_no_figure() -> None:
    chain = next(row for row in rows()["callbacks"] if row.name == "call_soon chain")
    with pytest.raises(NotCounted, match=r"nobody ended with status 1: ValueError: 'nobody' is no event loop"):
        counted("nobody", chain.measure.__wrapped__, 10)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["echo protocol, 10 connections", "no such row"])
def test_rows_that_cannot_be_counted(name: str) -> None:
    with pytest.raises(SystemExit, match="is no part of the name of a row without a network"):
        main([name])


def test_without_valgrind(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="call_soon chain: there is no valgrind; Debian has it"):
        main(["call_soon chain", "--peers", "asyncio"])
