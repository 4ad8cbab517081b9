"""``async`` and ``await`` as names: found where Python 3.6 has a name, and nowhere else."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.legacy.tokens import WIDE, narrow, widen, words

from .support import OLD_PYTHON

# «async» and «await» mark the names.
SNIPPETS = {
    "attribute": "asyncio.«async»(x)",
    "attribute over two lines": "asyncio.\\\n    «async»(x)",
    "statement": "import «async»\nfrom asyncio import «async»\nfrom asyncio import «async» as task",
    "keyword argument": "f(«async»=True, *a, «await»=1)",
    "parameter": "def f(«async», «await»=None): return «async»",
    "function": "def «async»(): pass\nclass «await»: pass\n@«async»\ndef g(): «async»()",
    "global": "def f():\n    global «async»\n    del «await»",
    "lambda": "lambda «async»: «await»",
    "comprehension": "[«async» for «async» in xs]",
    "strings and comments": "'async'  # await\nx = '''\nasync await\n''' 'await' + «async»",
    "raw string": "r'\\' + async' + «async»",
    "coroutine": "async def f():\n    await x\n    async for a in b: pass\n    async with a: pass\n«await» = 1",
    "nested function": "async def f():\n    def g():\n        return await x\n    await g\n«await»()",
    "after a comment": "async def f():\n    await x\n# async\n    await y\n«async»",
    "inside brackets": "async def f():\n    x = (\nawait\ny)\n«async»",
    "one line": "async def f(): await x\n«await»",
    "signature over lines": "async def f(\n  a,\n  b=1):\n    await x\n«async»",
    "decorator": "@«async»\nasync def f(): await x",
    "method": "class A:\n    async def f(self): await x\n    «async» = 1\n    def «await»(self): pass",
    "tabs": "class A:\n\tasync def f(self):\n\t\tawait x\n        \n\t«async» = 1",
    "two spaces": "async  def f():\n  await x",
    "in a list of names": "(«async»,\n «await»)",
    "print": "print(«async», sep='async')",
}
F_STRINGS = {
    "f-string": "f'{«async»} {{async}} async'",
    "f-string, specification": "f'{x:{«await»}} {«async»!r:>{width}} {a != «async»}'",
    "f-string, string inside": 'f\'{d["async"]} {«await»["await"]}\'',
}
# Python 3.6 does not read these; the scanner must.
OTHER_AGES = {
    "python 2": "print >>f, «async»\nraise E, ur'async'\nx = `«async»` <> 0777",
    "number of python 2": "os.chmod(0755, «async»)\n0xFFL",
    "open string": "x = 'async\n«async»",
    "open text": "x = '''async\nasync",
    "open bracket": "f((«async»\n«await»",
    "closed too often": "f)) ]\n«async»",
    "continuation": "async \\\n  def f():\n    await x",
    "nothing": "",
    "byte order mark": "\ufeff«async» = 1",
    "null": "«async»\0«await»",
    "only a carriage return": "async def f():\r    await x\r«await»\r\n«async»",
}


def marked(text: str) -> tuple[str, list[int]]:
    plain, offsets = "", []
    for piece in text.split("«"):
        word, _, rest = piece.rpartition("»")
        offsets += [len(plain)] if word else []
        plain += word + rest
    return plain, offsets


@pytest.mark.parametrize("name", SNIPPETS | F_STRINGS | OTHER_AGES)
def test_names_are_found(name: str) -> None:
    plain, offsets = marked((SNIPPETS | F_STRINGS | OTHER_AGES)[name])
    assert words(plain) == offsets


@pytest.mark.parametrize("name", SNIPPETS | F_STRINGS | OTHER_AGES)
def test_one_character_for_one_and_back(name: str) -> None:
    plain, offsets = marked((SNIPPETS | F_STRINGS | OTHER_AGES)[name])
    wide = widen(plain)
    assert [offset for offset, char in enumerate(wide) if char == WIDE] == offsets
    assert len(wide) == len(plain)
    assert narrow(wide) == plain


@pytest.mark.parametrize("name", SNIPPETS | F_STRINGS)
def test_todays_parser_reads_it(name: str) -> None:
    tree = ast.parse(widen(marked((SNIPPETS | F_STRINGS)[name])[0]))
    assert WIDE not in ast.dump(tree)


WORDS = ["async", "await", "def", "for", "f", "x"]
SIGNS = [" ", "\t", "\n", "\r", "(", ")", "{", "}", "'", '"', "'''", 'f"', "#", "\\", ":", "."]


@given(st.lists(st.sampled_from(WORDS + SIGNS), max_size=30).map("".join))
def test_whatever_the_text_it_comes_back(text: str) -> None:
    wide = widen(text)
    assert len(wide) == len(text)
    assert narrow(wide) == text


def test_a_full_width_letter_in_a_string_stays() -> None:
    text = f"x = '{WIDE}sync'  # {WIDE}wait\n{WIDE}x = 1\n"
    assert narrow(text) == text


# The names of a program, as its tree has them. Run by both interpreters.
ASK_TREES = """
import ast, json, sys
def names(text):
    values = [value for node in ast.walk(ast.parse(text)) for _, value in ast.iter_fields(node)]
    values += [name for value in values if isinstance(value, list) for name in value]
    kinds = [type(node).__name__ for node in ast.walk(ast.parse(text))]
    found = [value for value in values if isinstance(value, str) and value in ("async", "await")]
    return sorted(found + [kind for kind in kinds if kind.startswith(("Async", "Await"))])
print(json.dumps([names(text) for text in json.load(sys.stdin)]))
"""
ASK_LIBRARY = """
import json, os, sys, tokenize
found = {}
for folder, _, files in os.walk(os.path.dirname(os.__file__)):
    for name in files:
        path = os.path.join(folder, name)
        if not name.endswith(".py") or "site-packages" in path or "lib2to3" in path:
            continue
        try:
            with tokenize.open(path) as file:
                text = file.read()
            if "async" not in text and "await" not in text:
                continue
            with open(path, "rb") as file:
                tokens = list(tokenize.tokenize(file.readline))
            compile(text, path, "exec")
        except (SyntaxError, UnicodeError, tokenize.TokenError, ValueError):
            continue
        found[path] = [t.start for t in tokens if t.type == tokenize.NAME and t.string in ("async", "await")]
print(json.dumps(found))
"""


@pytest.mark.skipif(not OLD_PYTHON.exists(), reason="needs Python 3.6 to compare with")
def test_trees_agree_with_python_36() -> None:
    texts = [marked(text)[0] for text in SNIPPETS.values()]
    answers = []
    for python, programs in ((str(OLD_PYTHON), texts), (sys.executable, [widen(text) for text in texts])):
        command = [python, "-c", ASK_TREES]
        done = subprocess.run(command, input=json.dumps(programs), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        answers.append(json.loads(done.stdout))
    assert answers[0] == answers[1]


@pytest.mark.skipif(not OLD_PYTHON.exists(), reason="needs Python 3.6 to compare with")
def test_the_library_of_python_36_agrees() -> None:
    done = subprocess.run([str(OLD_PYTHON), "-c", ASK_LIBRARY], capture_output=True, text=True, check=True)
    files = json.loads(done.stdout)
    assert len(files) > 20
    for path, expected in files.items():
        text = Path(path).read_text(encoding="utf-8")
        lines = [0]
        for line in text.splitlines(keepends=True):
            lines.append(lines[-1] + len(line))
        assert words(text) == [lines[row - 1] + column for row, column in expected], path
