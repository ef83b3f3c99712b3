"""Base client: options, assembly, pagination and account guard."""
