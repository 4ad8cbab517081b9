"""``python -m whorl``: the ``whorl`` command where no script is installed for it."""

import sys

from whorl.cli import main

if __name__ == "__main__":
    sys.exit(main())
