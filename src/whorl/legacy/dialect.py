"""Telling the asyncio code of 2014-2018 by its source.

Three sieves, each finer than the one before: two words, one regular expression over the whole text, and only then the
tokens. A modern program is through after the second. What counts as a sign is what today's asyncio or today's grammar
would refuse, or silently not run.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from whorl.legacy.tokens import Token, tokens

# A program that mentions neither has nothing to revive. (Bytes: no encoding of Python source spells them otherwise.)
_LIBRARIES = (b"asyncio", b"trollius")
_CANDIDATE = re.compile(
    rb"trollius|\bFrom\b|asyncio\s*\.\s*async\b|\basync\b(?!\s+(?:def|for|with)\b)|\bcoroutine\b|yield\s+from|\bget_event_loop\b"
    rb"|\bwith\s+await\b|\b(?:all_tasks|current_task|JoinableQueue)\b|\bloop\s*=|\basyncio\s*\.\s*wait\s*\("
)

# Of the signs, those of a module that can't even be imported today.
FATAL = frozenset(("Trollius", "asyncio.async", "async as a name", "@asyncio.coroutine"))
# Since 3.10 these take no loop.
WITHOUT_LOOP = frozenset(
    (
        *("sleep", "wait", "wait_for", "gather", "shield", "as_completed"),
        *("Lock", "Event", "Condition", "Semaphore", "BoundedSemaphore"),
        *("Queue", "PriorityQueue", "LifoQueue", "JoinableQueue"),
        *("open_connection", "start_server", "open_unix_connection", "start_unix_server"),
        *("create_subprocess_exec", "create_subprocess_shell"),
    )
)
# With one of these a program has said which loop it means, or needs none.
_LOOP_IS_CLEAR = ("new_event_loop (", "set_event_loop (", "asyncio . run (", "asyncio . Runner (")
_AWAITED = re.compile(r"yield from asyncio \. (?:sleep|wait|wait_for|open_\w+|start_\w+|create_subprocess_\w+) \(")
_MAKES_TASKS = {"ensure_future", "create_task", "Task"}


def may_be_old(source: bytes) -> bool:
    """Return whether there is a reason to look closer; free of cost for nearly every modern program."""
    return any(word in source for word in _LIBRARIES)


def signs(source: bytes) -> tuple[str, ...]:
    """Find what makes a program one of the old dialect.

    Parameters:
        source: the file as it is on disk.

    Returns:
        The signs in words for its reader, without repetition; none for a modern program.

    Example::

        signs(b"import asyncio\\nasyncio.async(x)\\n")  # ("asyncio.async",)
    """
    if not may_be_old(source) or _CANDIDATE.search(source) is None:
        return ()
    text = source.decode("utf-8", "replace")
    code = [token for token in tokens(text) if token.kind != "newline"]
    return tuple(dict.fromkeys(_signs(code))) or tuple(_weak_signs(code))


def _signs(code: Sequence[Token]) -> Iterator[str]:
    texts = [token.text for token in code if token.kind != "string"]
    names = set(texts)
    if "trollius" in names:
        yield "Trollius"
    if "asyncio" not in names:
        return
    pairs = set(itertools.pairwise(texts))
    if ("yield", "from") in pairs and ("async", "def") not in pairs and not _runs_today(texts):
        yield "yield from coroutines"
    if ("with", "await") in pairs or any(texts[i : i + 4] == ["with", "(", "yield", "from"] for i in range(len(texts))):
        yield "with on a lock"
    for index, text in enumerate(texts):
        before, after = texts[max(0, index - 2) : index], texts[index + 1] if index + 1 < len(texts) else ""
        if text == "async" and before == ["asyncio", "."]:
            yield "asyncio.async"
        elif text == "async" and after not in ("def", "for", "with"):
            yield "async as a name"
        elif text == "coroutine" and (before == ["asyncio", "."] or _imported(texts, index)):
            yield "@asyncio.coroutine"
        elif text in ("all_tasks", "current_task") and before == ["Task", "."]:
            yield f"Task.{text}"
        elif text in ("From", "Return") and _imported(texts, index):
            yield "Trollius"
    # Others have a JoinableQueue too, and functions of these names that take a loop: only asyncio's count.
    asyncios = _asyncios(texts)
    if "JoinableQueue" in asyncios:
        yield "JoinableQueue"
    if any(_takes_loop(code, index) for index, token in enumerate(code) if token.text in asyncios & WITHOUT_LOOP):
        yield "loop= arguments"


def _weak_signs(code: Sequence[Token]) -> Iterator[str]:
    """What can be said of a program with nothing old in it: that it lacks what came later."""
    text = " ".join(token.text for token in code if token.kind != "string")
    # Since these are coroutines a plain generator can't wait for them, but for what `types.coroutine` makes of it.
    if _AWAITED.search(text) and ". __await__ (" not in text and "types . coroutine" not in text:
        yield "yield from coroutines"
    if "asyncio . wait (" in text and "asyncio . run (" not in text and _MAKES_TASKS.isdisjoint(text.split(" ")):
        yield "asyncio.wait on coroutines"
    loop_is_clear = "async def" in text or any(call in text for call in _LOOP_IS_CLEAR)
    if "asyncio . get_event_loop (" in text and not loop_is_clear:
        yield "asyncio.get_event_loop"


def _runs_today(texts: Sequence[str]) -> bool:
    """Whether a program calls ``asyncio.run``, which came when nobody wrote the old dialect any more."""
    return any(texts[index : index + 3] == ["asyncio", ".", "run"] for index in range(len(texts)))


def _asyncios(texts: Sequence[str]) -> frozenset[str]:
    """The names that are written as asyncio's somewhere: ``asyncio.x``, or imported from there."""
    homes = {"asyncio"}
    for first, second, third in zip(texts, texts[1:], texts[2:], strict=False):
        if (first, second) == ("asyncio", "as"):
            homes.add(third)
    return frozenset(
        text
        for index, text in enumerate(texts)
        if (index > 1 and texts[index - 1] == "." and texts[index - 2] in homes)
        or (text in WITHOUT_LOOP and _imported(texts, index))
    )


def _imported(texts: Sequence[str], index: int) -> bool:
    """Whether the name at ``index`` stands in a ``from asyncio… import``."""
    while index >= 0 and (texts[index].isidentifier() or texts[index] in ",("):
        if texts[index] == "import":
            home = texts[max(0, index - 4) : index]
            return "from" in home and home[home.index("from") + 1] == "asyncio"
        index -= 1
    return False


def _takes_loop(code: Sequence[Token], index: int) -> bool:
    """Whether the name at ``index`` is called with ``loop=``; ``code[index + 1]`` opens the call's bracket."""
    if index + 1 >= len(code) or code[index + 1].text != "(":
        return False
    depth = code[index + 1].depth
    for position in range(index + 2, len(code) - 1):
        token = code[position]
        if token.depth <= depth:
            return False
        if token.text == "loop" and token.depth == depth + 1 and code[position + 1].text == "=":
            return code[position - 1].text in ("(", ",")
    return False
