"""Checks of the page's "managed service": TLS, forward secrecy, FIPS, and the identity that signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.hosts import is_loopback
from wsclient.audit._checks.base import OURS, PAGE, Check, Subject, absent
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, unknown

if TYPE_CHECKING:
    from wsclient.audit._facts.records import Caller, CheckContext, ConnectionFacts

MODERN: Final = frozenset({"TLSv1.2", "TLSv1.3"})
HYBRID: Final = ("MLKEM", "Kyber")
"""Parts of the names of groups that combine a classical key exchange with a post-quantum one."""
ORGANIZATION: Final = "O="
_NO_TLS: Final = "no TLS facts: the transport= of the client does not report them, or no connection was opened"


def _tls_version(connection: ConnectionFacts, context: CheckContext) -> Verdict:
    del context
    if connection.is_plain_http:
        if is_loopback(connection.host):
            return not_applicable("plain http to this machine")
        return failed("the calls are sent in plain http", host=connection.host)
    if connection.negotiated is None:
        return unknown(Reason.INCOMPLETE, _NO_TLS)
    version = connection.negotiated.version
    if version in MODERN:
        return passed(f"{version} was negotiated", version=version)
    return failed(f"{version} was negotiated; AWS's page requires TLS 1.2 or newer", version=version)


def _forward_secrecy(connection: ConnectionFacts, context: CheckContext) -> Verdict:
    del context
    if connection.negotiated is None:
        return unknown(Reason.INCOMPLETE, _NO_TLS)
    version, cipher = connection.negotiated.version, connection.negotiated.cipher
    if version == "TLSv1.3" or cipher.startswith(("ECDHE", "DHE")):
        return passed("the cipher suite has forward secrecy", version=version, cipher=cipher)
    return failed("the cipher suite has no forward secrecy", version=version, cipher=cipher)


def _group(connection: ConnectionFacts, context: CheckContext) -> Verdict:
    del context
    if connection.negotiated is None:
        return unknown(Reason.INCOMPLETE, _NO_TLS)
    group = connection.negotiated.group
    if group is None:
        return unknown(Reason.NO_API, "Python reports the key exchange group from 3.15 on")
    kind = "a post-quantum hybrid" if any(part in group for part in HYBRID) else "not post-quantum"
    return passed(f"the key exchange group is {group}, {kind}", group=group)


def _issuer(connection: ConnectionFacts, context: CheckContext) -> Verdict:
    if connection.negotiated is None or connection.negotiated.certificate_issuer is None:
        return unknown(Reason.INCOMPLETE, _NO_TLS)
    issuer = connection.negotiated.certificate_issuer
    organizations = {part.removeprefix(ORGANIZATION) for part in issuer.split(", ") if part.startswith(ORGANIZATION)}
    if organizations & set(context.settings.expected_issuers):
        return passed("an expected authority issued the certificate", certificate_issuer=issuer)
    return unknown(
        Reason.DECIDED_ELSEWHERE,
        "another authority issued the certificate: a proxy of the network may decrypt the calls",
        certificate_issuer=issuer,
    )


def _fips(connection: ConnectionFacts, context: CheckContext) -> Verdict:
    if not (connection.is_fips_requested or context.settings.fips):
        return not_applicable("FIPS was not requested")
    cipher = connection.negotiated.cipher if connection.negotiated else ""
    missing = [
        name
        for name, is_there in (
            ("a FIPS endpoint", connection.endpoint_kind.startswith("fips")),
            ("an approved cipher suite", "AES" in cipher),
            ("the FIPS provider of OpenSSL", connection.fips_provider),
        )
        if not is_there
    ]
    if missing:
        return failed(f"FIPS was requested, but these are missing: {', '.join(missing)}", cipher=cipher or None)
    return passed("FIPS endpoint, approved cipher suite and the FIPS provider of OpenSSL are used", cipher=cipher)


def _fips_api(connection: ConnectionFacts, context: CheckContext) -> Verdict:
    if not (connection.is_fips_requested or context.settings.fips):
        return not_applicable("FIPS was not requested")
    kind = connection.endpoint_kind
    if kind.startswith("fips"):
        return passed("the calls go to a FIPS endpoint", endpoint_kind=kind)
    return failed("FIPS is required, but the calls do not go to a FIPS endpoint", endpoint_kind=kind)


def _path(connection: ConnectionFacts, context: CheckContext) -> Verdict:
    del context
    address = connection.negotiated.remote_address if connection.negotiated else None
    return not_applicable(
        "how the API was reached; a VPN or Direct Connect cannot be seen from here",
        endpoint_kind=connection.endpoint_kind,
        host=connection.host,
        remote_address=address,
        proxy=connection.uses_proxy,
    )


def _identity(caller: Caller, context: CheckContext) -> Verdict:
    del context
    if not caller.arn:
        return absent("Arn")
    if caller.arn.endswith(":root"):
        verdict = failed("the root user signs these calls", arn=caller.arn)
        return msgspec.structs.replace(verdict, severity=Severity.HIGH)
    if caller.has_long_term_key:
        return failed("a long-term access key of a user signs these calls", arn=caller.arn)
    return passed("temporary credentials sign these calls", arn=caller.arn)


CHECKS: Final = (
    Check(
        id="tls.version",
        title="TLS 1.2 or newer protects the API calls",
        why="older versions have known attacks, and AWS requires TLS 1.2",
        section=Section.MANAGED_SERVICE,
        subject=Subject.CONNECTION,
        severity=Severity.HIGH,
        severity_source=PAGE,
        remedy="use wsclient's own transport and TLSPolicy; for plain http, an https endpoint_url",
        judge=_tls_version,
    ),
    Check(
        id="tls.pfs",
        title="The cipher suite has perfect forward secrecy",
        why="without it, a stolen key of the server opens every recorded session",
        section=Section.MANAGED_SERVICE,
        subject=Subject.CONNECTION,
        severity=Severity.HIGH,
        severity_source=PAGE,
        remedy="use wsclient's own transport and TLSPolicy",
        judge=_forward_secrecy,
    ),
    Check(
        id="tls.group",
        title="Key exchange group of the connection",
        why="a hybrid group protects recorded traffic against quantum computers",
        section=Section.MANAGED_SERVICE,
        subject=Subject.CONNECTION,
        severity=Severity.INFO,
        severity_source=OURS,
        remedy="",
        judge=_group,
    ),
    Check(
        id="tls.issuer",
        title="Issuer of the API's certificate",
        why="another issuer is a sign of a proxy that reads the traffic",
        section=Section.MANAGED_SERVICE,
        subject=Subject.CONNECTION,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="",
        judge=_issuer,
        settings=("expected_issuers",),
    ),
    Check(
        id="tls.fips",
        title="FIPS 140 validated cryptography protects the API calls",
        why="regulated data needs validated cryptography at both ends",
        section=Section.FIPS,
        subject=Subject.CONNECTION,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        remedy="pass use_fips=True, and use a build of OpenSSL with its FIPS provider",
        judge=_fips,
        settings=("fips",),
    ),
    Check(
        id="fips.api",
        title="The API calls go to a FIPS endpoint where FIPS is required",
        why="regulated data needs validated cryptography at both ends",
        section=Section.FIPS,
        subject=Subject.CONNECTION,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        remedy="pass use_fips=True; it excludes PrivateLink for the API",
        judge=_fips_api,
        settings=("fips",),
    ),
    Check(
        id="connect.path",
        title="How the API was reached",
        why="an auditor needs to know by which way the API was reached",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.CONNECTION,
        severity=Severity.INFO,
        severity_source=OURS,
        remedy="",
        judge=_path,
    ),
    Check(
        id="signing.identity",
        title="Temporary credentials sign the API calls",
        why="long-term keys leak from files and logs, and work until they are deleted",
        section=Section.MANAGED_SERVICE,
        subject=Subject.CALLER,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        remedy="sign in with IAM Identity Center, or assume a role",
        judge=_identity,
    ),
)
