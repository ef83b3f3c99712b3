"""Which proxy a URL is reached through, after the conventions of HTTPS_PROXY and NO_PROXY."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

from wsclient._errors import ConfigurationError


def proxy_for(url: str, https_proxy: str | None, no_proxy: str | None) -> str | None:
    """Return the proxy for a URL, or None.

    Loopback is never reached through a proxy, nor is what no_proxy names: hosts, domains with or without a leading
    dot (and everything below them), addresses, CIDR ranges, each with or without a port, or * for all.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if not https_proxy or _is_loopback(host):
        return None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if any(_excludes(entry.strip().lower(), host, port) for entry in (no_proxy or "").split(",")):
        return None
    return checked_proxy(https_proxy)


def checked_proxy(proxy: str) -> str:
    """Return a proxy's URL with its scheme; raises ConfigurationError when it is no http or https URL."""
    url = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError("the proxy is no http:// or https:// URL with a host; SOCKS is not supported")
    return url


def _excludes(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    name, _, wanted = entry.rpartition(":")
    if name and wanted.isdigit() and not name.endswith(":"):
        if int(wanted) != port:
            return False
        entry = name
    entry = entry.strip("[]").removeprefix("*").strip(".")
    with suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    return bool(entry) and (host == entry or host.endswith(f".{entry}"))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
