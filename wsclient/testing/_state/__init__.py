"""State of the emulator: resources, identities, clock, faults and the log of calls."""
