"""Record what Python 3.6 makes of each snippet: its syntax tree, or a refusal. Run this after adding one::

python -m tests.legacy.record_tokens --python36 ~/.pyenv/versions/3.6.15/bin/python
"""

import argparse
import json
import subprocess
from pathlib import Path

from . import tree, verdicts
from .snippets import WRITTEN_OUT, systematic


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.legacy.record_tokens", description=__doc__)
    parser.add_argument("--python36", type=Path, required=True)
    args = parser.parse_args()
    asked = WRITTEN_OUT + [snippet for group in systematic().values() for snippet in group]
    command = [str(args.python36), "-B", str(tree.__file__)]
    answer = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True).stdout
    trees = dict(zip(asked, json.loads(answer), strict=True))
    verdicts.store(trees)
    print(f"{len(trees)} snippets, {sum(found is not None for found in trees.values())} accepted")


if __name__ == "__main__":
    main()
