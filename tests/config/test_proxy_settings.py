"""Proxy URLs with raw passwords, and NO_PROXY entries that match nothing."""

import logging
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wsclient
from tests.support.bare_clients import NO_SETTINGS
from wsclient.config._proxies import no_proxy_warnings, proxy_for, validate_proxy
from wsclient.errors import ConfigurationError

RESERVED = st.sampled_from("#/?[]")
TEXTS = st.text(st.characters(codec="ascii", min_codepoint=33, exclude_characters="@"), max_size=8)
URL = "https://workspaces.us-west-2.amazonaws.com/"


@given(TEXTS, RESERVED, TEXTS, st.sampled_from(["http://", "https://", "HTTP://", ""]), st.booleans())
def test_unescaped_reserved_characters_in_proxy_credentials_are_rejected(
    before: str, character: str, after: str, scheme: str, in_user: bool
) -> None:
    """A raw # / ? [ or ] in a user name or password is refused with how to write it, and never becomes a host."""
    secret = f"{before}{character}{after}"
    user_info = f"{secret}:x" if in_user else f"user:{secret}"
    with pytest.raises(ConfigurationError, match="percent-encoded") as caught:
        validate_proxy(f"{scheme}{user_info}@proxy.example:3128")
    assert len(secret) < 6 or secret not in str(caught.value)
    encoded = f"http://user:{quote(secret, safe='')}@proxy.example:3128"
    assert validate_proxy(encoded) == encoded


@pytest.mark.parametrize("character", "#/?[")
def test_client_with_an_invalid_proxy_names_the_setting(character: str) -> None:
    """A client with such a proxy is refused when it is created, with the setting and without the password."""
    with pytest.raises(ConfigurationError, match=r"percent-encoded.*set by argument") as caught:
        wsclient.WorkSpacesClient(
            region="us-west-2", proxy=f"http://user:12{character}hunter2@proxy.example:3128", config=NO_SETTINGS
        )
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("no_proxy", "words"),
    [
        ("http://h.example", ["entry 1 of NO_PROXY is a URL"]),
        ("a.example, https://user:hunter2@h.example:443/x", ["entry 2 of NO_PROXY is a URL"]),
        ("a.example;b.example", ["semicolon"]),
        ("a.example;http://b.example", ["semicolon", "entry 2 of NO_PROXY is a URL"]),
        ("h.example/path", ["entry 1 of NO_PROXY has a path"]),
        ("10.0.0.0/8, fd00::/8, .example, *.x, h:443, [::1]:80, *", []),
        ("", []),
        (None, []),
    ],
)
def test_no_proxy_entries_that_match_no_host_warn(
    no_proxy: str | None, words: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """URLs, paths and semicolons in NO_PROXY are a warning each, without the entry's text; other entries are not."""
    warnings = no_proxy_warnings(no_proxy)
    assert len(warnings) == len(words)
    assert all(word in warning for word, warning in zip(words, warnings, strict=True))
    with caplog.at_level(logging.WARNING, "wsclient"):
        proxy_for(URL, "http://proxy.example:3128", no_proxy)
        assert caplog.messages == warnings
        caplog.clear()
        proxy_for(URL, None, no_proxy)
        assert not caplog.messages
    assert not any("hunter2" in warning for warning in warnings)
