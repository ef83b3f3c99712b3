"""Proxy selection by the conventions of HTTPS_PROXY and NO_PROXY."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from wsclient._core.errors import ConfigurationError
from wsclient._core.hosts import is_loopback

DEFAULT_PORTS = {"https": 443, "http": 80}
SEPARATORS = re.compile(r"[,\s]+")
_SCHEME = re.compile(r"\s*(?:https?://)?", re.IGNORECASE)
_RESERVED = re.compile(r"[#/?\[\]]")
_NOT_IN_URLS = re.compile(r"[\s\x00-\x1f\x7f]")
_logger = logging.getLogger("wsclient")


def proxy_for(url: str, https_proxy: str | None, no_proxy: str | None) -> str | None:
    """Return the proxy for a URL, or None for a direct connection.

    An http URL never uses a proxy, which would read the signed request: only https is tunnelled (CONNECT). Loopback
    hosts never use one, and neither do the entries of no_proxy: hosts, domains with or without a leading
    dot or *. (subdomains included), addresses and CIDR ranges, each with or without a port, or * for all hosts. Raises
    ConfigurationError when the URL needs the proxy and https_proxy is not an http or https URL.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if not https_proxy or parts.scheme != "https" or is_loopback(host):
        return None
    for warning in no_proxy_warnings(no_proxy):
        _logger.warning("%s", warning)
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    if any(_excludes(entry, host, port) for entry in SEPARATORS.split((no_proxy or "").lower()) if entry):
        return None
    return validate_proxy(https_proxy)


def validate_proxy(proxy: str) -> str:
    """Return a proxy's URL, with http:// added if it has no scheme.

    Raises ConfigurationError when it is not an http or https URL with a host, or when its user name or password has a
    character that ends the host part of a URL (RFC 3986, section 3.2): part of a password would become the host.
    """
    user_info, at, _ = proxy[_end_of_scheme(proxy) :].rpartition("@")
    if at and _RESERVED.search(user_info):
        raise ConfigurationError(
            "the user name or password in the proxy's URL contains a character that must be percent-encoded there: "
            "write # as %23, / as %2F, ? as %3F, [ as %5B and ] as %5D"
        )
    url = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        # urlsplit removes line breaks and tabs, and takes a space for a part of the host.
        is_valid = is_valid and not _NOT_IN_URLS.search(url)
    except ValueError:
        is_valid = False
    if not is_valid:
        # The URL may contain a password, so the message omits it.
        raise ConfigurationError("the proxy must be an http:// or https:// URL with a host; SOCKS is not supported")
    return url


def no_proxy_warnings(no_proxy: str | None) -> list[str]:
    """Return a warning for each form of entry in NO_PROXY that matches no host: URLs, and lists with semicolons."""
    warnings: list[str] = []
    if ";" in (no_proxy or ""):
        warnings.append("NO_PROXY contains a semicolon: separate its entries by commas, or they match no host")
    for number, entry in enumerate(filter(None, re.split(r"[,;\s]+", no_proxy or "")), start=1):
        if "://" in entry:
            # The URL may contain a password, so the message omits it.
            warnings.append(f"entry {number} of NO_PROXY is a URL and matches no host: write its host name alone")
        elif "/" in entry and not _is_network(entry):
            warnings.append(f"entry {number} of NO_PROXY has a path and matches no host: write its host name alone")
    return warnings


def _is_network(entry: str) -> bool:
    with suppress(ValueError):
        ip_network(entry, strict=False)
        return True
    return False


def _end_of_scheme(proxy: str) -> int:
    match = _SCHEME.match(proxy)
    return match.end() if match else 0


def _excludes(entry: str, host: str, port: int) -> bool:
    """Return whether one lower-case entry of no_proxy matches the host and port."""
    if entry == "*" or _matches_host(entry.strip("[]"), host):
        return True
    name, _, entry_port = entry.rpartition(":")
    # Compared as text, because int() raises ValueError for thousands of digits.
    return entry_port.lstrip("0") == str(port) and (name == "*" or _matches_host(name.strip("[]"), host))


def _matches_host(entry: str, host: str) -> bool:
    with suppress(ValueError):
        network = ip_network(entry, strict=False)
        with suppress(ValueError):
            return ip_address(host) in network
        return False
    domain = entry.removeprefix("*").strip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))
