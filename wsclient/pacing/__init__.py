"""How fast a client calls: at a pace that is said, or at one that it learns from throttling answers.

Amazon WorkSpaces documents 2 calls a second with a burst of 5 ("Troubleshoot WorkSpaces Personal issues",
https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-troubleshooting.html), and retrying alone
loses most calls there.
"""

from wsclient.pacing._pace import DOCUMENTED_BURST, DOCUMENTED_RATE, Pace, PaceState, Priority

__all__ = [
    "DOCUMENTED_BURST",
    "DOCUMENTED_RATE",
    "Pace",
    "PaceState",
    "Priority",
]
