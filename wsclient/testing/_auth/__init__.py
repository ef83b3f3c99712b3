"""Authentication and authorization of the calls that the emulator receives."""
