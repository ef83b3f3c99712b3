"""Rate limits: calls wait for a permit, at a configured rate or at a rate learned from throttling responses.

Amazon WorkSpaces documents 2 calls per second with a burst of 5 ("Troubleshoot WorkSpaces Personal issues",
https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-troubleshooting.html); above that, retries
alone lose most calls.
"""

from wsclient._core.public_names import publish
from wsclient.pacing._pace import DOCUMENTED_BURST, DOCUMENTED_RATE, Pace, PaceState, Priority

__all__ = [
    "DOCUMENTED_BURST",
    "DOCUMENTED_RATE",
    "Pace",
    "PaceState",
    "Priority",
]

publish(__name__, __all__)
