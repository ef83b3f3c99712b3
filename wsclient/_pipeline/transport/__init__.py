"""HTTP transport: connections, their pools, and the errors of failed requests."""
