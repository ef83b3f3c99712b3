"""The faults are made with what Linux alone has: more than one address on loopback, and a look into its sockets."""

import sys

collect_ignore = [] if sys.platform == "linux" else ["test_matrix.py"]
