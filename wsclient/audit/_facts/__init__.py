"""Facts of an audit: what was read from a site, once, with the calls that it came from."""
