# The first file shows no sign of age; what it imports does, some of it from a folder put on the path by hand.
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))

import app
from oldlib import version

if __name__ == '__main__':
    print(version())
    sys.exit(app.main(['one', 'two']))
