"""The command line, on top of the public face; nothing of wsclient imports it."""
