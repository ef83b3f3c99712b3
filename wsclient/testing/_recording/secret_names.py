"""Names of members, headers, parameters and elements whose values are secrets, in any case and spelling."""

from __future__ import annotations

import re

_SECRET_ENDINGS = (
    "accesskey",
    "accesskeyid",
    "apikey",
    "assertion",
    "authorization",
    "cookie",
    "credential",
    "decodedmessage",
    "encodedmessage",
    "mfacode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "samlresponse",
    "secret",
    "secretkey",
    "signature",
    "token",
    "tokencode",
)
"""Endings of names of secrets, letters and digits only. ClientToken is one of them: it differs with each call."""
_PAGE_TOKENS = frozenset({"continuationtoken", "nextpagetoken", "nexttoken", "pagetoken", "paginationtoken"})
_NOT_SECRET = frozenset({"subjectfromwebidentitytoken"})
_SEPARATORS = re.compile(r"[.:/]")
_OTHER_CHARACTERS = re.compile(r"[^a-z0-9]")
_PAIR_NAMES = frozenset({"headername", "k", "key", "name", "parametername"})
_PAIR_VALUES = frozenset({"headervalue", "parametervalue", "v", "value", "values"})


def normalize(name: str) -> str:
    """Return the letters and digits of a name in lower case: SecretAccessKey equals secret_access_key."""
    return _OTHER_CHARACTERS.sub("", name.lower())


def is_secret_name(name: str) -> bool:
    """Return whether a name, or a part of a name with a prefix or a path (ns:Name, Tags.1.Name), is a secret's."""
    parts = [normalize(part) for part in _SEPARATORS.split(name)]
    return any(part.endswith(_SECRET_ENDINGS) and part not in _PAGE_TOKENS | _NOT_SECRET for part in parts)


def is_page_token(name: str) -> bool:
    """Return whether a name is one of a page token."""
    return normalize(_SEPARATORS.split(name)[-1]) in _PAGE_TOKENS


def is_access_key_id(name: str) -> bool:
    """Return whether a name is one of an access key id."""
    return normalize(name).endswith("accesskeyid")


def is_pair_name(name: str) -> bool:
    """Return whether a member holds the name in a pair of name and value, such as a tag."""
    return normalize(name) in _PAIR_NAMES


def is_pair_value(name: str) -> bool:
    """Return whether a member holds the value in a pair of name and value."""
    return normalize(name) in _PAIR_VALUES
