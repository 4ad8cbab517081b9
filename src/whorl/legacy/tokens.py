"""``async`` and ``await`` as names: what Python 3.4-3.6 took for an identifier, written so that today's parser does.

Python normalises an identifier after it has looked for keywords. So ``async`` with a full-width first letter (U+FF41)
is no keyword and still the same name: ``widen`` puts that letter where the old grammar had a name, one character for
one, and ``narrow`` takes it away again. Strings and comments are left alone, expressions in f-strings are not.

The old grammar's rule stood in its tokenizer: ``async`` is a keyword before ``def``, and from there to the end of
that function both words are, nested functions included; an f-string's expressions were read on their own. To follow
it takes names, strings, brackets and the columns where lines begin, and no more. So the scanner is its own: it reads
what ``tokenize`` refuses (text of Python 2, and from 3.12 on old numbers and broken ends) and gives the same answer on
every version.
"""

import keyword
import re
from collections.abc import Iterator
from typing import NamedTuple

WIDE = "\uff41"
_WORDS = ("async", "await")
_WIDE_WORDS = tuple(WIDE + word[1:] for word in _WORDS)

_TOKEN = re.compile(
    r"""
    (?P<string>[bfrtuBFRTU]{0,3}(?P<quote>'''|\"\"\"|'|\"))
    | (?P<name>[^\W\d]\w*)
    | (?P<number>\d\w*)
    | (?P<comment>\#[^\r\n]*)
    | (?P<space>[ \t\f\ufeff]+|\\(?:\r\n|\r|\n))
    | (?P<newline>\r\n|\r|\n)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<other>.)
    """,
    re.VERBOSE,
)
_DEF = re.compile(r"(?:[ \t\f]|\\(?:\r\n|\r|\n))+def\b")
# From behind the opening quote; a string that nobody closes ends with its line, or with the text.
_REST_OF_STRING = {
    "'": re.compile(r"(?:[^'\\\r\n]|\\(?:\r\n|.|\n))*'?", re.DOTALL),
    '"': re.compile(r'(?:[^"\\\r\n]|\\(?:\r\n|.|\n))*"?', re.DOTALL),
    "'''": re.compile(r"(?:[^'\\]|\\.|'(?!''))*(?:''')?", re.DOTALL),
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*(?:""")?', re.DOTALL),
}
_FIELD_STOP = re.compile(r"!(?!=)|[:}]")


class Token(NamedTuple):
    kind: str  # a group of _TOKEN
    text: str
    start: int
    column: int  # where its line of code begins, with tabs to multiples of eight
    depth: int  # of the brackets around it


def tokens(text: str) -> Iterator[Token]:
    """Scan Python source of any age into tokens, without ever failing.

    Parameters:
        text: the source.

    Returns:
        Names, strings, numbers and brackets as they stand, ``newline`` for the end of a line of code only, and every
        other sign as ``other``. Spaces, comments and line ends inside brackets or after nothing are left out.

    Example::

        [token.text for token in tokens("asyncio.async(x)")]  # asyncio . async ( x )
    """
    position = column = depth = 0
    line_begins = True
    indent_start = 0
    while match := _TOKEN.match(text, position):
        kind, start, position = str(match.lastgroup), position, match.end()
        if kind == "quote":
            kind = "string"
        if kind == "string":
            rest = _REST_OF_STRING[match["quote"]].match(text, position)
            position = rest.end() if rest else position
        if kind in ("space", "comment"):
            continue
        if kind == "newline":
            if depth == 0:
                if not line_begins:
                    yield Token(kind, match[0], start, column, 0)
                line_begins, indent_start = True, position
            continue
        if line_begins:
            column, line_begins = _column(text[indent_start:start]), False
        if kind == "close":
            depth = max(0, depth - 1)
        yield Token(kind, text[start:position], start, column, depth)
        depth += kind == "open"


def words(text: str) -> list[int]:
    """Find the ``async`` and ``await`` that are names to Python 3.4-3.6 and keywords to today's.

    Parameters:
        text: the source, of any age.

    Returns:
        The offset of each word, in order.

    The rule is that of ``Parser/tokenizer.c`` in CPython 3.6.

    Example::

        words("asyncio.async(x)")  # [8]
    """
    if not any(word in text for word in _WORDS):
        return []
    return _words(list(tokens(text)), text)


def _words(code: list[Token], text: str) -> list[int]:
    found: list[int] = []
    function: int | None = None  # the column of the `async def` that we are in
    in_body = False
    for index, token in enumerate(code):
        if token.kind == "newline":
            in_body = True
            continue
        if function is not None and in_body and token.depth == 0 and token.column <= function:
            function = None
        if token.kind == "string":
            for start, end in _expressions(token):
                found += (start + offset for offset in words(text[start:end]))
        elif function is not None:
            continue
        elif token.text == "async" and _DEF.match(text, token.start + len("async")):
            function, in_body = token.column, False
        elif token.text in _WORDS and not _is_modern(code, index):
            found.append(token.start)
    return found


def _is_modern(code: list[Token], index: int) -> bool:
    """Whether only a later grammar reads the word here: ``[x async for x in y]``, ``f"{await x}"``."""
    before = code[index - 1] if index else None
    after = code[index + 1] if index + 1 < len(code) else None
    if code[index].text == "async":
        return after is not None and after.text == "for" and before is not None and _is_operand(before, ")]}")
    return after is not None and _is_operand(after, "")


def _is_operand(token: Token, brackets: str) -> bool:
    if token.kind == "name":
        return not keyword.iskeyword(token.text) or token.text in ("None", "True", "False")
    return token.kind in ("string", "number") or (token.text in brackets and token.text != "")


def widen(text: str) -> str:
    """Return the source with a full-width first letter where :func:`words` finds a word.

    Parameters:
        text: the source, of any age.

    Returns:
        Text of the same length with the same lines, which today's parser reads as Python 3.6 read ``text``.

    The behaviour of such a letter is that of identifiers in the Python reference: all are compared in the form NFKC.

    Example::

        compile(widen("asyncio.async(x)"), "old.py", "exec")
    """
    return _replaced(text, words(text), WIDE)


def narrow(text: str) -> str:
    """Return the source without the letters that :func:`widen` has put in.

    Parameters:
        text: source that was widened, and perhaps changed since.

    Returns:
        The text with ``async`` and ``await`` in plain letters, in whatever place they stand now.

    Example::

        narrow(widen(text)) == text
    """
    if WIDE not in text:
        return text
    found: list[int] = []
    for token in tokens(text):
        if token.kind == "string":
            found += (offset for start, end in _expressions(token) for offset in _wide_inside(text, start, end))
        elif token.text in _WIDE_WORDS:
            found.append(token.start)
    return _replaced(text, found, "a")


def _replaced(text: str, offsets: list[int], letter: str) -> str:
    pieces, last = [], 0
    for offset in offsets:
        pieces += [text[last:offset], letter]
        last = offset + 1
    return "".join([*pieces, text[last:]])


def _column(indent: str) -> int:
    column = 0
    for char in indent.rpartition("\n")[2]:
        if char == "\t":
            column = (column // 8 + 1) * 8
        elif char == "\f":
            column = 0
        else:
            column += char == " "
    return column


def _wide_inside(text: str, start: int, end: int) -> Iterator[int]:
    part = text[start:end]
    narrowed = narrow(part)
    return (start + offset for offset, char in enumerate(part) if char != narrowed[offset])


def _expressions(string: Token) -> Iterator[tuple[int, int]]:
    """Where the expressions of an f-string stand, those in format specifications included."""
    text = string.text
    opening = re.match(r"\w*('''|\"\"\"|'|\")", text)
    if opening and "f" in opening[0].lower():
        inner = text[opening.end() : max(opening.end(), len(text) - len(opening[1]))]
        for start, end in _fields(inner):
            shift = string.start + opening.end()
            yield shift + start, shift + end


def _fields(body: str, position: int = 0) -> Iterator[tuple[int, int]]:
    while (start := body.find("{", position)) >= 0:
        if body.startswith("{{", start):
            position = start + 2
            continue
        end = position = _end_of_expression(body, start + 1)
        yield start + 1, end
        # What follows is a conversion or a specification, and its own fields are found on the way.


def _end_of_expression(body: str, start: int) -> int:
    for token in tokens(body[start:]):
        if token.depth == 0 and _FIELD_STOP.match(body, start + token.start):
            return start + token.start
    return len(body)
