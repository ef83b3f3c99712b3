"""Connectivity diagnosis: `wsclient doctor`."""
