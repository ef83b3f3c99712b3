"""AWS Security Token Service: written by `python -m wsclient._codegen`."""
