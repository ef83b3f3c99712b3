"""Messages of the library in terms of the shell: options in place of Python arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

OPTIONS: Final = {
    "region": "--region",
    "regions": "--region",
    "profile": "--profile",
    "profiles": "--profile",
    "vpc_endpoint": "--vpc-endpoint",
    "private_dns": "--private-dns",
    "use_fips": "--fips",
    "use_dualstack": "--dualstack",
    "endpoint_url": "--endpoint-url",
    "proxy": "--proxy",
    "ca_file": "--ca-file",
    "extra_ca_file": "--extra-ca-file",
    "expected_account": "--expected-account",
}
"""Options of the commands by the client's arguments, which the messages of errors name."""
_PHRASES: Final = (
    ("credentials= or profile=", "--profile"),
    ("TLSPolicy(extra_ca_file=...)", "--extra-ca-file"),
    ("TLSPolicy.ca_file", "--ca-file"),
    ("TLSPolicy.extra_ca_file", "--extra-ca-file"),
    ("TLSPolicy(client_cert=...)", "a client certificate, which only a program can present (TLSPolicy)"),
    ("sts=StsRouting", "--sts-endpoint or --sts-vpc-endpoint"),
    ("argument of the client", "option"),
    ("(chosen by argument)", "(chosen by --profile)"),
    ("(pass a whole DNS name as endpoint_url)", "(pass a whole DNS name as --endpoint-url)"),
    ("(set by argument)", "(set by an option)"),
    ("scoped=True", "--scoped"),
    ("expected_account is ", "--expected-account is "),
    (" For a new region, set allow_unlisted=True.", ""),
    (" allow_http=True permits http to loopback, private addresses and single-label hosts only.", ""),
    *((f"reach=Reach({service}=...)", f"--{service} ID") for service in ("ec2", "ds", "iam")),
    ('reach="public"', "--public-services"),
    (" (argument)", ""),
    ("vpc_endpoint: ", "--vpc-endpoint: "),
)
_ARGUMENT: Final = re.compile(rf"\b(?P<name>{'|'.join(OPTIONS)})=(?P<value>True|'[^']*'|)")


def in_shell_terms(text: str, phrases: Iterable[tuple[str, str]] = ()) -> str:
    """Return a message of the library with options of a command in place of Python arguments.

    phrases are those of a command, each with its replacement; they come before the common ones.
    """
    for phrase, term in (*phrases, *_PHRASES):
        text = text.replace(phrase, term)

    def option(found: re.Match[str]) -> str:
        value = found["value"].strip("'")
        return OPTIONS[found["name"]] + (f" {value}" if value and value != "True" else "")

    return _ARGUMENT.sub(option, text)


def option_name(setting: str) -> str:
    """Return the option of a setting that was not read from the environment or a file."""
    return "--proxy" if setting == "https_proxy" else OPTIONS.get(setting, "option")
