"""Command line of wsclient (extra wsclient[cli]); no other module of wsclient imports it."""
