"""Recording, replaying and fake httpx transports."""
