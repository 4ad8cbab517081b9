"""What is to be done to a tree: changes of nodes, statements to drop, and what there is to say.

Deciding and changing are apart: the rules look at the tree as it was, and note for a node a function that is given the
node with the changes inside it already made. Only the branches that lead to a change are walked again.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import libcst as cst

from whorl.legacy.upgrade.rules import RULES, Kind, Rule
from whorl.legacy.upgrade.tree import Tree

Change = Callable[[Any], Any]


class Finding(NamedTuple):
    """A rule that applied, and where."""

    rule: Rule
    node: cst.CSTNode
    detail: str = ""


class Changes:
    """Everything decided about one file.

    Parameters:
        tree: of the file.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.findings: list[Finding] = []
        self._changes: dict[int, list[Change]] = {}
        self._dropped: set[int] = set()

    def note(self, rule: str, node: cst.CSTNode, detail: str = "") -> None:
        """Say that a rule applied to ``node``."""
        self.findings.append(Finding(RULES[rule], node, detail))

    def change(self, rule: str | None, node: cst.CSTNode, change: Change) -> None:
        """Change ``node``, for a reason that is reported, unless another change of the same spot was."""
        self._changes.setdefault(id(node), []).append(change)
        if rule is not None:
            self.note(rule, node)

    def drop(self, line: cst.SimpleStatementLine) -> None:
        """Take a line of code out; its comments stay."""
        self._dropped.add(id(line))

    def touches(self, node: cst.CSTNode) -> bool:
        """Whether a change of this very node is noted."""
        return id(node) in self._changes

    @property
    def refused(self) -> bool:
        return any(finding.rule.kind is Kind.REFUSED for finding in self.findings)

    @property
    def changed(self) -> bool:
        return bool(self._changes or self._dropped)

    def apply(self) -> cst.Module:
        """The module with all changes made."""
        route = set()
        for node in (self.tree.module, *self.tree.nodes):
            if id(node) in self._changes or id(node) in self._dropped:
                route |= {id(node), *(id(above) for above in self.tree.ancestors(node))}
        changed = self.tree.module.visit(_Apply(route, self._changes, self._dropped))
        assert isinstance(changed, cst.Module)
        return changed


class _Apply(cst.CSTTransformer):
    def __init__(self, route: set[int], changes: dict[int, list[Change]], dropped: set[int]) -> None:
        super().__init__()
        self._route = route
        self._changes = changes
        self._dropped = dropped

    def on_visit(self, node: cst.CSTNode) -> bool:
        return id(node) in self._route

    def on_leave(self, original: Any, updated: Any) -> Any:
        for change in self._changes.get(id(original), ()):
            updated = change(updated)
        if isinstance(original, (cst.IndentedBlock, cst.Module)) and id(original) in self._route:
            gone = {index for index, line in enumerate(original.body) if id(line) in self._dropped}
            updated = _without(updated, gone) if gone else updated
        return updated


def _without(block: Any, gone: set[int]) -> Any:
    """A block without some of its lines; what they say in comments goes to the line below, or to the block's end."""
    body: list[Any] = []
    kept: list[cst.EmptyLine] = []
    for index, line in enumerate(block.body):
        if index in gone:
            kept += comments_of(line)
            continue
        if any(empty.comment for empty in kept) or not line.leading_lines:
            line = line.with_changes(leading_lines=[*kept, *line.leading_lines])
        body.append(line)
        kept = []
    if not body:
        return block.with_changes(body=[cst.parse_statement("pass").with_changes(leading_lines=kept)])
    return block.with_changes(body=body, footer=[*(empty for empty in kept if empty.comment), *block.footer])


def comments_of(line: Any) -> list[cst.EmptyLine]:
    """The lines above a line of code, and its own comment as one of them."""
    comment = line.trailing_whitespace.comment
    return [*line.leading_lines, *([cst.EmptyLine(comment=comment)] if comment is not None else [])]
