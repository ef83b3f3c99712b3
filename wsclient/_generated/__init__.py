"""Written by `python -m wsclient._codegen`, by nothing else."""
