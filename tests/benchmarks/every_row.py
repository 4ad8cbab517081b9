"""Measures all rows that need no load generator, as briefly as possible, in this process: ``every_row.py PEER``."""

import json
import os
import sys

from benchmarks import questions
from benchmarks.peers import BY_NAME
from benchmarks.row import Figures, Unsupported


def main(peer: str) -> None:
    found: dict[str, Figures | str] = {}
    for rows in questions.rows().values():
        for row in rows:
            function = getattr(row.measure, "__wrapped__", None)
            if function is None or BY_NAME[peer].kind not in row.kinds:
                continue
            try:
                figures = function(peer, 0.001)
                assert row.main in figures, f"{row.name} has no {row.main!r}"
                found[row.name] = figures
            except Unsupported as refusal:
                found[row.name] = str(refusal)
    print(json.dumps(found), flush=True)
    os._exit(0)  # as `benchmarks.child` does: jobs that wait for an hour are not waited for


if __name__ == "__main__":
    main(*sys.argv[1:])
