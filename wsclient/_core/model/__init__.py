"""Service model: structures, shapes, operations and request validation."""
