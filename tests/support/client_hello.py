"""Offsets in a ClientHello, the first record of a TLS client (RFC 8446, section 4.1.2)."""

import ssl


def first_record(context: ssl.SSLContext) -> bytes:
    """Return the ClientHello that a client with this context begins with."""
    outgoing = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="workspaces.us-west-2.amazonaws.com")
    try:
        connection.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    raise AssertionError("a handshake ended without a server")


def extension_at(hello: bytes, wanted: bytes) -> int:
    """Return where an extension begins: two bytes of its kind, two of its length, then its content."""
    at = 5 + 4 + 2 + 32  # headers of record and message, version, random
    at += 1 + hello[at]  # session id
    at += 2 + int.from_bytes(hello[at : at + 2])  # suites
    at += 1 + hello[at] + 2  # compression methods, length of the extensions
    while hello[at : at + 2] != wanted:
        at += 4 + int.from_bytes(hello[at + 2 : at + 4])
    return at
