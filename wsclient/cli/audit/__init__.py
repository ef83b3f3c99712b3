"""Command `wsclient audit`: its options, its outputs, and the summary for people."""
