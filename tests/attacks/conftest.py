"""The hostile peer lives behind the same server as the faults, which needs what Linux alone has."""

import sys

collect_ignore = [] if sys.platform == "linux" else ["test_hostile_peer.py"]
