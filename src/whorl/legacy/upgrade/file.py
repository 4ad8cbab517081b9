"""One file, from its bytes to those that it should have.

A file is changed as a whole or not at all: a coroutine that awaits what has to stay a generator would not run, and
while something in a file is refused the file does not run on today's Python anyway. The rules decide, the changes are
made, and the outcome is checked: it must compile, and hold every comment that was there.
"""

import ast
import contextlib
import gc
import io
import re
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from whorl.legacy.tokens import WIDE, narrow, widen
from whorl.legacy.upgrade.calls import upgrade_calls
from whorl.legacy.upgrade.changes import Changes, Finding
from whorl.legacy.upgrade.coroutines import upgrade_functions
from whorl.legacy.upgrade.function import Functions
from whorl.legacy.upgrade.imports import Imports
from whorl.legacy.upgrade.nature import Natures
from whorl.legacy.upgrade.neighbours import ALONE, Around
from whorl.legacy.upgrade.rules import Kind
from whorl.legacy.upgrade.running import upgrade_runs
from whorl.legacy.upgrade.statements import upgrade_statements
from whorl.legacy.upgrade.tree import Tree, name_of

# Comments, and the strings that may look as if they had some: much faster than the tokenizer, and sure in a program.
_COMMENT = re.compile(
    r"""'''(?:[^\\]|\\.)*?'''|\"{3}(?:[^\\]|\\.)*?\"{3}|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|(\#[^\r\n]*)""",
    re.DOTALL,
)
_WORDS = ("asyncio", "trollius", "async", "await")


class Remark(NamedTuple):
    """A rule that applied to a line of a file."""

    kind: str  # the value of a Kind
    rule: str
    line: int
    text: str


class Outcome(NamedTuple):
    """What a file becomes."""

    content: bytes  # as it was, where something is refused or nothing is to be done
    remarks: tuple[Remark, ...] = ()
    problem: str = ""  # why the file can't be read, where it can't

    @property
    def refused(self) -> bool:
        return any(remark.kind == Kind.REFUSED.value for remark in self.remarks)


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file, and its encoding, which also says whether there is a mark at the beginning.

    Raises:
        SyntaxError: the encoding that it names is unknown.
        UnicodeDecodeError: it isn't in that encoding.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding), encoding


def upgrade(content: bytes, around: Around = ALONE) -> Outcome:
    """Upgrade the source of one file.

    Parameters:
        content: the file, in whatever encoding it says.
        around: what the other files say about it.

    Returns:
        What it becomes, and every rule that applied. No input makes it raise.

    Example::

        upgrade(b"import asyncio\\ntask = asyncio.async(job)\\n").content
    """
    if b"\0" in content:
        return Outcome(content, problem="it is no text: it has null bytes")
    try:
        text, encoding = decode(content)
        # A lone carriage return ends a line for Python, and only sometimes for libcst.
        end = "\r" if "\r" in text and "\n" not in text else "\n"
        text = text.replace(end, "\n")
        # And it forgets spaces behind the last line end.
        text, spaces = text.rstrip(" \t\f"), text[len(text.rstrip(" \t\f")) :]
        wide = widen(text)
        if any(word in text for word in _WORDS) or ("yield" in text and (around.is_old or around.coroutines)):
            with _no_collector():
                new, remarks = _upgraded(wide, around)
        else:
            _parse(wide)
            return Outcome(content)
    except (SyntaxError, UnicodeDecodeError, cst.ParserSyntaxError, RecursionError, MemoryError, ValueError) as error:
        return Outcome(content, problem=_reason(error, content))
    if new == text:
        return Outcome(content, remarks)
    problem = _what_is_lost(wide, new)
    if problem:
        return Outcome(content, remarks, f"{problem}; this is a defect of whorl, please report it")
    return Outcome((new.replace("\n", end) + spaces).encode(encoding), remarks)


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Trees are all that is made here, and the garbage collector spends a fifth of the time on looking at them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _upgraded(wide: str, around: Around) -> tuple[str, tuple[Remark, ...]]:
    """The new text of a file, or its own if something is refused, and what there is to say."""
    _parse(wide)
    module = cst.parse_module(wide)
    changes = _changes(module, around)
    remarks, same = _remarks(changes)
    if changes.refused or not changes.changed:
        return narrow(wide), remarks
    if same != wide:
        raise ValueError("its line ends, or its indentation, can be read in more than one way")
    return narrow(changes.apply().code), remarks


def _changes(module: cst.Module, around: Around) -> Changes:
    tree = Tree(module)
    functions = Functions(tree, around)
    natures = Natures(functions)
    changes = Changes(tree)
    imports = Imports(tree, changes)
    gone = upgrade_runs(functions, natures, changes, imports)
    upgrade_functions(functions, natures, changes, imports)
    upgrade_calls(functions, natures, changes, imports, gone)
    upgrade_statements(functions, changes)
    imports.upgrade()
    for node in tree.nodes:
        if isinstance(node, cst.Name) and node.value[0] == WIDE and name_of(node) in ("async", "await"):
            in_import = isinstance(tree.parent(node), cst.ImportAlias)
            if not changes.touches(node) and not (in_import and imports.handles(node)):
                changes.note("keyword", node, f"`{name_of(node)}`")
    return changes


def _remarks(changes: Changes) -> tuple[tuple[Remark, ...], str]:
    """What there is to say, and the text of the tree as it was."""
    findings = [finding for finding in changes.findings if not changes.refused or _is_said(finding)]
    lines, text = changes.tree.lines([finding.node for finding in findings])
    remarks = {
        Remark(finding.rule.kind.value, finding.rule.name, lines[id(finding.node)], _text(finding))
        for finding in findings
    }
    return tuple(sorted(remarks, key=lambda remark: (remark.line, remark.rule, remark.text))), text


def _is_said(finding: Finding) -> bool:
    """Of a file that stays as it is, only what stands in the way is of interest."""
    return finding.rule.kind is Kind.REFUSED


def _text(finding: Finding) -> str:
    return f"{finding.detail}: {finding.rule.what}" if finding.detail else finding.rule.what


def _parse(text: str) -> None:
    """Ask Python whether it is a program: its answer is better than libcst's, and it answers in any case."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(text)


def _reason(error: Exception, content: bytes) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        # Such a program is Python 2 more often than not.
        hint = "; if this is Python 2, let fissix or 2to3 convert it first" if b"trollius" in content else ""
        return f"line {error.lineno}: {narrow(error.msg)}{hint}"
    if isinstance(error, cst.ParserSyntaxError):
        return f"line {error.raw_line}: libcst can't parse it"
    if isinstance(error, (RecursionError, MemoryError)):
        return "it is nested too deeply"
    return str(error)


def _what_is_lost(old: str, new: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(new, "<upgraded>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"what it would become is no program: line {error.lineno}: {error.msg}"
    return "" if _comments(old) == _comments(new) else "a comment would be lost"


def _comments(text: str) -> Counter[str]:
    return Counter(match for match in _COMMENT.findall(text) if match)
