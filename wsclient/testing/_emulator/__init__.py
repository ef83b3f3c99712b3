"""Local emulator of Amazon WorkSpaces and AWS STS."""
