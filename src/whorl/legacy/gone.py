"""What can't be revived: modules that left the standard library, and idioms of aiohttp before 1.0; with what to use."""

import ast

from whorl.errors import CannotRevive

# Modules of the standard library of 3.6 that some Python from 3.11 on has no more.
MODULES = {
    "asynchat": "use asyncio's streams, or `pip install pyasynchat`",
    "asyncore": "use asyncio's protocols, or `pip install pyasyncore`",
    "binhex": "use binascii or base64",
    "cgi": "use urllib.parse for forms, email.message for headers, or `pip install legacy-cgi`",
    "cgitb": "use traceback",
    "crypt": "use hashlib, or `pip install legacycrypt`",
    "distutils": "use `pip install setuptools`, which brings distutils along",
    "formatter": "it has no successor; write the text directly",
    "imghdr": "use `pip install filetype`",
    "imp": "use importlib: importlib.reload, importlib.util.spec_from_file_location",
    "macpath": "use posixpath",
    "nntplib": "use `pip install standard-nntplib`",
    "parser": "use ast",
    "pipes": "use subprocess; pipes.quote is shlex.quote",
    "smtpd": "use `pip install aiosmtpd`",
    "sndhdr": "use `pip install filetype`",
    "spwd": "it has no successor in the standard library",
    "symbol": "use ast",
    "telnetlib": "use asyncio.open_connection, or `pip install telnetlib3`",
    "xdrlib": "use struct",
    "asyncio.compat": "write for one version: its three flags are all true",
    "asyncio.test_utils": "use unittest.IsolatedAsyncioTestCase",
    "aiohttp.errors": "aiohttp's exceptions are in aiohttp itself, most under aiohttp.ClientError",
    "aiohttp.server": "use aiohttp.web",
    "aiohttp.wsgi": "use `pip install aiohttp-wsgi`",
    "aiohttp.parsers": "use aiohttp.web or asyncio's streams",
}

_SESSION = "is aiohttp before 1.0, and there is no such {kind} any more; use aiohttp.ClientSession: {code}"
_BY_SESSION = _SESSION.format(
    kind="coroutine", code="`session = aiohttp.ClientSession()`, `response = yield from session.get(url)`"
)
_IDIOMS = {
    **{
        f"aiohttp.{name}": _BY_SESSION
        for name in ("request", "get", "post", "put", "head", "options", "delete", "patch")
    },
    ".read_and_close": "is aiohttp before 1.0; use `response.read()`, and `response.json()` for decoded JSON",
    "aiohttp.Timeout": "is aiohttp before 2.0; use aiohttp.ClientTimeout, or asyncio.wait_for",
    "aiohttp.ProxyConnector": "is aiohttp before 2.0; use the argument proxy= of the session's methods",
    "aiohttp.MsgType": "is aiohttp before 1.0; use aiohttp.WSMsgType",
    "aiohttp.errors": "is aiohttp before 2.0; its exceptions are in aiohttp itself, most under aiohttp.ClientError",
}


def refuse(text: str) -> None:
    """Raise :class:`whorl.errors.CannotRevive`; stands in an old program's code where the idiom stood."""
    raise CannotRevive(text)


def advice_for(module: str) -> str | None:
    """What to use instead of a module that can't be imported, if it is one of those that went."""
    parts = module.split(".")
    names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((MODULES[name] for name in names if name in MODULES), None)


def idioms_of(tree: ast.Module) -> dict[str, str]:
    """The idioms to look for in a program: those of libraries that it imports."""
    imported = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    imported |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return _idioms_with_yield_from(tree) if "aiohttp" in imported else {}


def _idioms_with_yield_from(tree: ast.Module) -> dict[str, str]:
    # `async with aiohttp.request(…)` is today's; only what is driven by `yield from` or `await` is the old one.
    driven = {
        node.value.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.YieldFrom | ast.Await)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
    }
    return {name: text for name, text in _IDIOMS.items() if text is not _BY_SESSION or name.split(".")[1] in driven}
