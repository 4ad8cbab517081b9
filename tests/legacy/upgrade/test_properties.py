"""Over generated programs: what needs no change comes back byte for byte; twice is once; all comments stay."""

import io
import tokenize
import warnings
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from whorl.legacy.tokens import widen
from whorl.legacy.upgrade.file import upgrade

COMMENTS = st.sampled_from(["", "", "  # one", "\t# é", "  # yield from asyncio.async(x)"])
OPERANDS = st.sampled_from(
    [
        "asyncio.sleep(1)",
        "asyncio.sleep(1, loop=loop)",
        "asyncio.async(work())",
        "work()",
        "self.work(1, key=2)",
        "asyncio.wait([work(), asyncio.async(work())], loop=loop)",
        "asyncio.gather(*jobs, loop=loop)",
        "asyncio.wait_for(\n        work(),  # waited for\n        loop=loop,  # gone\n        timeout=1)",
        "asyncio.wait(jobs,\n        # above\n        loop=loop)",
        "other.get() or work()",
        "(yield from work())()",
        "task",
    ]
)
STATEMENTS = st.sampled_from(
    [
        "yield from {0}",
        "x = yield from {0}",
        "x = (yield from {0}) + 1",
        "return (yield from {0})",
        "print((yield from {0}), loop=1)",
        "with (yield from lock): pass",
        "with (yield from lock) as held:\n        pass",
        "for x in (yield from {0}): break",
        "x = asyncio.get_event_loop(); yield from {0}",
        "asyncio.Task.all_tasks()",
        "queue = asyncio.JoinableQueue(  # made\n        3, loop=loop)",
        "try:\n        yield from {0}\n    except Exception:\n        pass",
        "if x: yield from {0}",
        "x = {{'a': (yield from {0})}}['a']",
        "pass",
        "yield",
    ]
)
DECORATORS = st.sampled_from(
    [[], ["@asyncio.coroutine"], ["@traced", "@asyncio.coroutine"], ["@asyncio.coroutine", "@functools.wraps(work)"]]
)
ENDS = st.sampled_from(
    [
        "",
        "loop = asyncio.get_event_loop()\nloop.run_until_complete(work())\nloop.close()",
        "loop = asyncio.get_event_loop()  # got\n# and\ntry:  # tried\n    loop.run_until_complete(work())\n"
        "finally:  # at last\n    # close\n    loop.close()  # closed",
        "task = asyncio.async(work())",
    ]
)


NEW_LINES = [
    "x = [ 1,2 ]  # c",
    "",
    "\t",
    "class  C( object ) :\n\tpass",
    "\x0c",
    "#",
    "def f(a,\n   b = 2): return  a;",
    "async def g():\n  await  f( ) # asyncio",
    "s = '''\n yield from asyncio.async(x) '''",
]


@st.composite
def functions(draw: st.DrawFn) -> str:
    lines = []
    for decorator in draw(DECORATORS):
        lines.append(decorator + draw(COMMENTS))
        if draw(st.booleans()):
            lines.append("# between")
    lines.append(f"def {draw(st.sampled_from(['work', 'f', 'g']))}(*jobs, loop=None):{draw(COMMENTS)}")
    for statement in draw(st.lists(STATEMENTS, min_size=1, max_size=4)):
        text = statement.format(draw(OPERANDS))
        lines.append("    " + text + draw(COMMENTS))
        if draw(st.booleans()):
            lines.append("    # a line of its own" if draw(st.booleans()) else "")
    return "\n".join(lines)


@st.composite
def programs(draw: st.DrawFn) -> bytes:
    head = draw(st.sampled_from(["import asyncio, functools", "import functools, asyncio  # both", "x = 1"]))
    cookie = draw(st.sampled_from(["", "# -*- coding: latin-1 -*-\n"]))
    blank = draw(st.sampled_from(["\n", "\n\n\n", "\n# heading\n\n"]))
    text = blank.join([cookie + head, *draw(st.lists(functions(), max_size=3)), draw(ENDS)])
    text += draw(st.sampled_from(["", "\n", "\n\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return text.encode("latin-1" if cookie else "utf-8")


def comments(content: bytes) -> Counter[str]:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    lines = io.StringIO(widen(content.decode(encoding)).replace("\r\n", "\n"))
    return Counter(token.string for token in tokenize.generate_tokens(lines.readline) if token.type == tokenize.COMMENT)


@given(programs())
def test_every_program(content: bytes) -> None:
    outcome = upgrade(content)
    assert outcome.problem == ""
    if outcome.refused:
        assert outcome.content == content
        return
    assert comments(outcome.content) == comments(content)
    assert (b"\r" in outcome.content) == (b"\r" in content)
    assert outcome.content.endswith(b"\n") == content.endswith(b"\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(outcome.content, "upgraded", "exec", dont_inherit=True)
    assert upgrade(outcome.content).content == outcome.content


@given(st.lists(st.sampled_from(NEW_LINES)), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_new_stays_byte_for_byte(lines: list[str], end: str, ended: bool) -> None:
    text = "\n".join(["import asyncio", *lines]) + "\n" * ended
    content = text.replace("\n", end).encode()
    outcome = upgrade(content)
    assert outcome.content == content
    assert outcome.problem == ""
