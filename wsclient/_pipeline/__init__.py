"""Call pipeline: serialization, attempts, signing and transport."""
