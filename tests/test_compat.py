"""asyncio's private names: those that whorl relies on exist, are all in ``whorl.compat``, and nowhere else."""

import asyncio
import importlib
import inspect
import ssl
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import whorl
from private_names import defined, is_private, of_asyncio, of_objects
from whorl import compat

SOURCE = Path(__file__).parent.parent / "src" / "whorl"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "compat.py")
READ = {(home, name) for home, names in compat.READ.items() for name in names}
# A named tuple's own methods begin with an underscore; libcst's printer has no public name (its version is pinned).
OF_OTHERS = {"_asdict", "_codegen"}
LISTED = {*OF_OTHERS, *compat.OVERRIDDEN, *compat.LOOP_ATTRIBUTES, *(name for _, name in READ)}


@pytest.fixture
def asyncios_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.SelectorEventLoop()
    yield loop
    loop.close()


def replaced(name: str) -> bool:
    """Whether whorl's loop has something else under a name of asyncio's loop."""
    theirs = inspect.getattr_static(asyncio.SelectorEventLoop, name)
    return inspect.getattr_static(whorl.EventLoop, name) is not theirs


def test_whorl_overrides_exactly_the_private_methods_that_are_listed() -> None:
    private = {name for name in dir(asyncio.SelectorEventLoop) if is_private(name)}
    assert sorted(filter(replaced, private)) == sorted(compat.OVERRIDDEN)


def methods_replaced() -> list[str]:
    """The methods of asyncio's loop that whorl's has otherwise; ``time`` is a property that gives a method."""
    names = {name for name in dir(asyncio.SelectorEventLoop) if not name.startswith("__")} - {"time"}
    return sorted(filter(replaced, names))


@pytest.mark.parametrize("name", [name for name in methods_replaced() if not is_private(name)])
def test_an_override_is_a_coroutine_function_if_asyncio_s_is(name: str) -> None:
    """For `mock`, which makes an ``AsyncMock`` of those only. Before 3.12 a compiled function can't be marked."""
    theirs, ours = (getattr(loop, name) for loop in (asyncio.SelectorEventLoop, whorl.EventLoop))
    if sys.version_info >= (3, 12) or inspect.isfunction(ours):
        assert asyncio.iscoroutinefunction(ours) == asyncio.iscoroutinefunction(theirs)


def test_a_mock_of_create_connection_can_be_awaited() -> None:
    async def main() -> object:
        loop = asyncio.get_running_loop()
        with mock.patch.object(loop, "create_connection", autospec=True, spec_set=True, return_value="pair"):
            return await loop.create_connection(asyncio.Protocol, "127.0.0.1", 1)

    assert whorl.run(main()) == "pair"


@pytest.mark.parametrize("name", methods_replaced())
def test_an_override_takes_what_asyncio_takes(name: str) -> None:
    theirs, ours = (
        [(p.name, p.kind, p.default) for p in inspect.signature(getattr(loop, name)).parameters.values()]
        for loop in (asyncio.SelectorEventLoop, whorl.EventLoop)
    )
    kinds = {kind for _, kind, _ in ours}
    if inspect.Parameter.VAR_KEYWORD in kinds and inspect.Parameter.VAR_KEYWORD not in {kind for _, kind, _ in theirs}:
        ours.pop()
        if inspect.Parameter.VAR_POSITIONAL in kinds:  # the rest is handed on as it comes
            ours.pop()
            theirs = theirs[: len(ours)]
    assert ours == theirs


@pytest.mark.parametrize("name", compat.LOOP_ATTRIBUTES)
def test_asyncios_loop_has(asyncios_loop: asyncio.AbstractEventLoop, name: str) -> None:
    assert hasattr(asyncios_loop, name)


def test_fields_of_the_compiled_loop_that_stand_for_asyncios_are_listed() -> None:
    scheduler = whorl.EventLoop.__mro__[1]
    fields = {name for name, value in vars(scheduler).items() if inspect.isgetsetdescriptor(value) and is_private(name)}
    assert fields
    assert fields <= set(compat.LOOP_ATTRIBUTES)


def stream_reader(loop: asyncio.AbstractEventLoop) -> asyncio.StreamReader:
    return asyncio.StreamReader(loop=loop)


def stream_reader_protocol(loop: asyncio.AbstractEventLoop) -> asyncio.StreamReaderProtocol:
    return asyncio.StreamReaderProtocol(stream_reader(loop), loop=loop)


def ssl_protocol(loop: asyncio.AbstractEventLoop) -> Any:
    protocol = compat.SSLProtocol(loop, asyncio.Protocol(), ssl.create_default_context(), loop.create_future())
    protocol._app_transport.close()
    return protocol


def subprocess_transport(loop: asyncio.AbstractEventLoop) -> object:
    class Transport(compat.BaseSubprocessTransport):  # type: ignore[misc]
        def _start(self, *_args: object, **_kwargs: object) -> None:
            raise LookupError

    # What the class sets before it starts a child is all that is looked at, and no child is started.
    transport = Transport.__new__(Transport)
    with pytest.raises(LookupError):
        transport.__init__(loop, asyncio.SubprocessProtocol(), ["none"], False, None, None, None, 0)  # type: ignore[misc]
    return transport


def thread_pool(_loop: asyncio.AbstractEventLoop) -> object:
    return ThreadPoolExecutor()  # starts no thread before it has work


INSTANCES: dict[str, Callable[[asyncio.AbstractEventLoop], object]] = {
    "asyncio.streams:StreamReader": stream_reader,
    "asyncio.streams:StreamReaderProtocol": stream_reader_protocol,
    "asyncio.sslproto:SSLProtocol": ssl_protocol,
    "asyncio.base_subprocess:BaseSubprocessTransport": subprocess_transport,
    "concurrent.futures.thread:ThreadPoolExecutor": thread_pool,
}


@pytest.mark.parametrize(("home", "name"), sorted(READ))
def test_asyncio_has(asyncios_loop: asyncio.AbstractEventLoop, home: str, name: str) -> None:
    module, class_name = home.split(":")
    cls = getattr(importlib.import_module(module), class_name)
    if hasattr(cls, name):
        return
    instance = INSTANCES[home](asyncios_loop)
    assert isinstance(instance, cls)
    is_gone = name in compat.GONE_SINCE and sys.version_info >= compat.GONE_SINCE[name]
    assert hasattr(instance, name) is not is_gone


def test_a_server_knows_its_transports_when_compat_says_so() -> None:
    attach: Any = asyncio.Server._attach  # type: ignore[attr-defined]
    assert (len(inspect.signature(attach).parameters) == 2) is compat.SERVER_KNOWS_TRANSPORTS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_other_module_uses_private_names_of_asyncio(path: Path) -> None:
    assert of_asyncio(path.read_text()) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_private_attributes_are_whorls_own_or_listed(path: Path) -> None:
    assert of_objects(path.read_text()) - defined(SOURCE) - LISTED == set()


@pytest.mark.parametrize(("home", "name"), sorted(READ))
def test_what_is_listed_is_in_use(home: str, name: str) -> None:
    used = set().union(*(of_objects(path.read_text()) for path in MODULES), defined(SOURCE))
    assert name in used, f"{home} is listed with {name}, which nobody reads"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from asyncio import base_events\nbase_events._x", ["asyncio.base_events._x"]),
        ("from asyncio import events as e\ndef f(): return e._x.y", ["asyncio.events._x"]),
        ("import asyncio\nasyncio.Task._x()", ["asyncio.Task._x"]),
        ("import asyncio.events\nasyncio.events._x", ["asyncio.events._x"]),
        ("def f():\n from asyncio.events import _x", ["asyncio.events._x"]),
        ("import asyncio\nasyncio._get_running_loop()\nasyncio.run.__name__", []),
        ("import runpy\nrunpy._x", []),
    ],
)
def test_the_finder_sees_modules(text: str, found: list[str]) -> None:
    assert of_asyncio(text) == found


def test_the_finder_sees_objects() -> None:
    text = "import asyncio, runpy\nrunpy._a\nx._b = y()._c\ngetattr(x, '_d')\nx.__class__\nx.e\ngetattr(x, name)\n_f()"
    assert of_objects(text) == {"_b", "_c", "_d"}


def test_the_finder_knows_what_is_defined(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("_a = 1\nclass B:\n _b: int = 2\n def _c(self): self._d = other._e = 1\n")
    (tmp_path / "a.pxd").write_text("cdef class B:\n    cdef public bint _f\n    cdef int _g(self) except -1\n")
    assert defined(tmp_path) == {"_a", "_b", "_c", "_d", "_f"}
