"""Actions on WorkSpaces: items, requests, specifications and verification."""
