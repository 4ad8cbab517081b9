"""Both loops for the async form: whorl's and asyncio's own."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import whorl

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["whorl", "asyncio"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a coroutine to its end."""
    if request.param == "whorl":
        return whorl.run
    return asyncio.run
