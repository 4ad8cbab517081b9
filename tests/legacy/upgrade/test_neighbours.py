"""What the files of one command say about each other."""

from pathlib import Path

from whorl.legacy.upgrade import job
from whorl.legacy.upgrade.neighbours import look

A = """\
import asyncio

@asyncio.coroutine
def fetch():
    yield from asyncio.sleep(0)

class Client:
    @asyncio.coroutine
    def read(self):
        yield from asyncio.sleep(0)
"""


def upgraded(folder: Path, files: dict[str, str]) -> dict[str, tuple[str, list[tuple[str, int]]]]:
    """What files become, with the remarks about each that are no rewriting."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    results = zip(files, job.upgrade_all([str(folder / name) for name in files]), strict=True)
    return {
        name: (result.new.decode(), [(each.rule, each.line) for each in result.remarks if each.kind != "rewritten"])
        for name, result in results
    }


def test_files_that_do_not_speak_of_asyncio(tmp_path: Path) -> None:
    found = upgraded(
        tmp_path,
        {
            "a.py": A,
            "b.py": "from a import fetch\ndef get():\n    r = yield from fetch()\n    return r\n",
            "c.py": "import b\ndef top():\n    return (yield from b.get())\n",
            "marked.py": "from a import fetch\n@traced\ndef get():\n    yield from fetch()\n",
            "d.py": "from a import Client\ndef read():\n    return (yield from Client().read())\n",
        },
    )
    assert found["b.py"] == ("from a import fetch\nasync def get():\n    r = await fetch()\n    return r\n", [])
    assert found["c.py"] == ("import b\nasync def top():\n    return await b.get()\n", [])
    assert found["marked.py"][1] == [("generator", 4)]
    assert found["d.py"][1] == [("generator", 3)]


def test_a_package_hands_on(tmp_path: Path) -> None:
    found = upgraded(
        tmp_path,
        {
            "pkg/__init__.py": "from .client import *\nfrom .client import fetch as load\n",
            "pkg/client.py": A,
            "pkg/inner/other.py": "from .. import client\ndef get():\n    yield from client.fetch()\n",
            "test_it.py": "import pkg\ndef f():\n    yield from pkg.load()\ndef g():\n    yield from pkg.fetch()\n",
        },
    )
    assert found["pkg/inner/other.py"][0].endswith("async def get():\n    await client.fetch()\n")
    assert found["test_it.py"][0].count("await pkg") == 2


def test_real_generators(tmp_path: Path) -> None:
    walk = (
        "def walk(tree):\n    yield tree\n    yield from walk(tree.left)\ndef both(tree):\n    yield from walk(tree)\n"
    )
    modern = "async def fetch():\n    pass\nasync def main(x):\n    await x.walk()\n    await x.items()\n"
    user = "from modern import fetch\ndef items(tree):\n    yield from tree.items()\n"
    files = {"modern.py": modern, "user.py": user, "a.py": A, "b.py": f"from a import fetch\n{walk}"}
    files["items.py"] = user.replace("modern", "a")
    found = upgraded(tmp_path, files)
    assert found["items.py"] == (files["items.py"], [("generator", 3)])
    assert found["user.py"] == (user, [])
    assert found["b.py"] == (files["b.py"], [])


def test_a_module_of_the_same_name_elsewhere() -> None:
    files = {
        "/x/pkg/__init__.py": b"",
        "/x/pkg/queue.py": A.encode(),
        "/x/user.py": b"from queue import fetch  # async",
    }
    assert not look(files)["/x/user.py"].coroutines
    assert look({**files, "/x/pkg/user.py": b"from .queue import fetch  # async"})["/x/pkg/user.py"].coroutines == {
        ".queue.fetch"
    }


def test_trollius_waits_too() -> None:
    text = b"from trollius import From, coroutine\n@coroutine\ndef f():\n    yield From(tools.retry(f))\n"
    assert look({"a.py": text})["a.py"].awaited == {"retry"}
