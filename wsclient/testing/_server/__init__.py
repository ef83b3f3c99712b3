"""TLS server and request dispatcher of the emulator."""
