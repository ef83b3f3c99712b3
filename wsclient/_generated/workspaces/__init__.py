"""Amazon WorkSpaces: written by `python -m wsclient._codegen`."""
