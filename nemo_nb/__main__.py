"""``python -m nemo_nb``: the same as the ``nemo-nb`` command."""

import sys

from nemo_nb.cli import main

if __name__ == "__main__":
    sys.exit(main())
