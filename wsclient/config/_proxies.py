"""Which proxy a URL is reached through, after the conventions of HTTPS_PROXY and NO_PROXY."""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from wsclient._core.errors import ConfigurationError

DEFAULT_PORTS = {"https": 443, "http": 80}
SEPARATORS = re.compile(r"[,\s]+")


def proxy_for(url: str, https_proxy: str | None, no_proxy: str | None) -> str | None:
    """Return the proxy for a URL, or None.

    Loopback is never reached through a proxy, nor is what no_proxy names: hosts, domains with or without a leading
    dot or *. (and everything below them), addresses, CIDR ranges, each with or without a port, or * for all. Raises
    ConfigurationError when the proxy that is needed is no http or https URL.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if not https_proxy or _is_loopback(host):
        return None
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    if any(_excludes(entry, host, port) for entry in SEPARATORS.split((no_proxy or "").lower()) if entry):
        return None
    return validate_proxy(https_proxy)


def validate_proxy(proxy: str) -> str:
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
    """Tell whether one entry of no_proxy, in lower case, names this host and port."""
    if entry == "*" or _names(entry.strip("[]"), host):
        return True
    name, _, wanted = entry.rpartition(":")
    return wanted.isdecimal() and int(wanted) == port and (name == "*" or _names(name.strip("[]"), host))


def _names(entry: str, host: str) -> bool:
    with suppress(ValueError):
        network = ip_network(entry, strict=False)
        with suppress(ValueError):
            return ip_address(host) in network
        return False
    domain = entry.removeprefix("*").strip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False
