"""Predicates: their combination, the conditions they test and the listings they need."""
