"""`python -m onecard` is the same as `onecard`."""

import sys

from onecard.cli import main

sys.exit(main())
