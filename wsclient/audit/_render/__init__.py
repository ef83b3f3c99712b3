"""Formats of a report, a module each. Each takes a report's content and yields parts of a file."""
