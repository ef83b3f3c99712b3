"""Execution of a plan: runner, batches, error classification and reconciliation."""
