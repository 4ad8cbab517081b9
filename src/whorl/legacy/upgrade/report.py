"""What is said at the end: each remark with its place, a table that counts them, and the same as Markdown or JSON."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from whorl.legacy.upgrade.job import Result
from whorl.legacy.upgrade.rules import RULES, Kind


def remarks(results: Iterable[Result]) -> list[str]:
    """A line for each thing that somebody should look at: ``file:line: refused: why``."""
    lines = []
    for result in results:
        if result.problem:
            lines.append(f"{result.path}: left as it is: {result.problem}")
        lines += [
            f"{result.path}:{remark.line}: {_verb(remark.kind)} ({remark.rule}): {remark.text}"
            for remark in result.remarks
            if remark.kind != Kind.REWRITTEN.value
        ]
    return lines


def _verb(kind: str) -> str:
    return "warning" if kind == Kind.WARNED.value else kind


def counts(results: Sequence[Result], *, written: bool) -> dict[str, int]:
    """How many files changed, or would, how many are well as they are, and how many are left although they are not."""
    changed = sum(result.changed for result in results)
    left = sum(result.left for result in results)
    return {
        "changed" if written else "would change": changed,
        "unchanged": len(results) - changed - left,
        "left as they are": left,
    }


def by_rule(results: Iterable[Result]) -> list[tuple[str, str, int]]:
    """Kind, rule and number, in the order of the table of rules."""
    found = Counter(remark.rule for result in results for remark in result.remarks)
    return [(rule.kind.value, rule.name, found[rule.name]) for rule in RULES.values() if found[rule.name]]


def summary(results: Sequence[Result], *, written: bool) -> str:
    """The table at the end."""
    rows = [(kind, name, str(number)) for kind, name, number in by_rule(results)]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [f"{kind:{widths[0]}}  {name:{widths[1]}}  {number:>{widths[2]}}" for kind, name, number in rows]
    files = ", ".join(f"{number} {what}" for what, number in counts(results, written=written).items())
    lines.append(f"{len(results)} file{'' if len(results) == 1 else 's'}: {files}")
    return "\n".join(lines)


def as_json(results: Sequence[Result], *, written: bool) -> str:
    """Everything, for programs."""
    files = [
        {
            "path": result.path,
            "state": "left" if result.left else "changed" if result.changed else "unchanged",
            "problem": result.problem,
            "remarks": [remark._asdict() for remark in result.remarks],
        }
        for result in results
    ]
    rules = [{"kind": kind, "rule": name, "number": number} for kind, name, number in by_rule(results)]
    content = {"written": written, "counts": counts(results, written=written), "rules": rules, "files": files}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def as_markdown(results: Sequence[Result], *, written: bool) -> str:
    """Everything, for people."""
    parts = ["# whorl upgrade", ""]
    parts += [f"- {number} {what}" for what, number in counts(results, written=written).items()]
    rules = by_rule(results)
    if rules:
        parts += ["", "| kind | rule | number |", "|---|---|---:|"]
        parts += [f"| {kind} | {name} | {number} |" for kind, name, number in rules]
    for result in results:
        if result.remarks or result.problem:
            parts += ["", f"## `{result.path}`", ""]
            parts += [f"- left as it is: {result.problem}"] if result.problem else []
            parts += [
                f"- line {remark.line}, {remark.kind} ({remark.rule}): {remark.text}" for remark in result.remarks
            ]
    return "\n".join(parts) + "\n"
