"""Many WorkSpaces at once: where they are, what is known of them, what is done to them. wsclient/fleet.py shows it."""
