"""Which loop the tests run on: ``WHORL_TEST_LOOP``, whorl's own unless it says otherwise."""

import asyncio
import importlib
import os
from collections.abc import Callable

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def chosen_factory() -> LoopFactory:
    """Return what ``WHORL_TEST_LOOP`` names: ``asyncio``, ``whorl``, or any ``module:attribute``."""
    module, _, attribute = os.environ.get("WHORL_TEST_LOOP", "whorl").partition(":")
    factory: LoopFactory = getattr(importlib.import_module(module), attribute or "new_event_loop")
    return factory
