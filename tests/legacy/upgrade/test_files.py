"""What comes in as bytes: encodings, line ends, and what is no program."""

import codecs

import pytest

from whorl.legacy.upgrade.file import upgrade

OLD = "import asyncio\n\n@asyncio.coroutine\ndef f():\n    yield from asyncio.sleep(1)  # é\n"
NEW = "import asyncio\n\nasync def f():\n    await asyncio.sleep(1)  # é\n"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252", "koi8-r", "shift_jis", "euc-jp"])
def test_cookie(encoding: str) -> None:
    comment = "é" if encoding in ("utf-8", "latin-1", "cp1252") else "я"
    cookie = f"# -*- coding: {encoding} -*-\n"
    old, new = ((cookie + text).replace("é", comment).encode(encoding) for text in (OLD, NEW))
    assert upgrade(old).content == new


def test_mark_at_the_beginning() -> None:
    assert upgrade(codecs.BOM_UTF8 + OLD.encode()).content == codecs.BOM_UTF8 + NEW.encode()


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends(end: str) -> None:
    assert upgrade(OLD.replace("\n", end).encode()).content == NEW.replace("\n", end).encode()


def test_mixed_line_ends_and_none_at_the_end() -> None:
    old = b"import asyncio\r\n@asyncio.coroutine\ndef f():\r\n\tyield from asyncio.sleep(1)"
    assert upgrade(old).content == b"import asyncio\r\nasync def f():\r\n\tawait asyncio.sleep(1)"


def test_form_feeds_and_odd_spaces() -> None:
    old = b"import asyncio\n\x0c\n@ asyncio . coroutine \ndef  f ( ) :\n  x  =  yield  from  asyncio . sleep ( 1 ) ;\n"
    assert upgrade(old).content == (
        b"import asyncio\n\x0c\nasync def  f ( ) :\n  x  =  await  asyncio . sleep ( 1 ) ;\n"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"import asyncio\n\x00\x01", "null bytes"),
        (b"import asyncio\n\xff\xfe", "can't decode"),
        (b"# coding: klingon\nimport asyncio\n", "unknown encoding"),
        (b"import asyncio\ndef f(:\n", "line 2"),
        (b"import asyncio\nprint 'asyncio'\n", "line 2"),
        (b"import asyncio\nif 1:\n\tpass\n        pass\n", "line 4"),
        (b"import asyncio\nx = " + b"(" * 5000, "line 2"),
        (b"x = 'async\n", "line 1"),
        (b"asyncio = " + b"1 + " * 5000 + b"1", "nested too deeply"),
        (b"asyncio = " + b"1 + " * 900 + b"1", "nested too deeply"),
    ],
    ids=["null", "bytes", "encoding", "syntax", "python 2", "tabs", "deep", "string", "very long", "long"],
)
def test_no_program(content: bytes, reason: str) -> None:
    outcome = upgrade(content)
    assert outcome.content == content
    assert outcome.remarks == ()
    assert reason in outcome.problem


@pytest.mark.parametrize("content", [b"", b"\n", b"# asyncio\n", b"\xef\xbb\xbf", b"pass", b"x = 'async'"])
def test_nothing_to_do(content: bytes) -> None:
    assert upgrade(content) == (content, (), "")
