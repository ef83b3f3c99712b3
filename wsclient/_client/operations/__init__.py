"""The operations of a client: one method each, and what they share."""
