"""Writes wsclient/_generated from botocore's models; a development tool, left out of the wheel."""
