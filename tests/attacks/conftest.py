"""The hostile peer lives in the same scene as the faults, which needs what Linux alone has."""

import sys

collect_ignore = [] if sys.platform == "linux" else ["test_hostile_peer.py"]
