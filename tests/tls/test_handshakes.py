"""Real handshakes on loopback: accepted servers, rejected servers, and error messages."""

import asyncio
import datetime as dt
import ssl
from collections.abc import Callable

import pytest
import trustme

from tests.support.ssl_contexts import default_context
from tests.support.tls_server import Server, authority, server_context, serving, shaking_hands
from wsclient._core.errors import ConnectError, TLSError, TransportError
from wsclient._core.http import HttpRequest, Timeout
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.tls import NegotiatedTLS, TLSPolicy

CA = trustme.CA(organization_name="Test Authority")
LOCALHOST = CA.issue_cert("localhost")
PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def _weakened(change: Callable[[ssl.SSLContext], object]) -> ssl.SSLContext:
    context = server_context(LOCALHOST)
    change(context)
    return context


def _only(version: ssl.TLSVersion) -> Callable[[ssl.SSLContext], object]:
    def change(context: ssl.SSLContext) -> None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version

    return change


def _tls12(suites: str) -> Callable[[ssl.SSLContext], object]:
    def change(context: ssl.SSLContext) -> None:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(suites)

    return change


def _unchanged(_context: ssl.SSLContext) -> None:
    pass


async def _send(server: Server, settings: TransportSettings) -> NegotiatedTLS | None:
    sender = HttpTransport(settings)
    try:
        await sender.send(HttpRequest("POST", server.url, (), b"x"), Timeout(connect=5, read=5))
        return sender.last_tls
    finally:
        await sender.aclose()


def _outcome(context: ssl.SSLContext, settings: TransportSettings | None = None) -> tuple[NegotiatedTLS | None, Server]:
    async def main() -> tuple[NegotiatedTLS | None, Server]:
        async with serving(context) as server:
            return await _send(server, settings or TransportSettings(policy=TLSPolicy(ca_data=authority(CA)))), server

    return asyncio.run(main())


def _refusal(context: ssl.SSLContext, settings: TransportSettings | None = None) -> TransportError:
    with shaking_hands(context) as server, pytest.raises(TransportError) as caught:
        asyncio.run(_send(server, settings or TransportSettings(policy=TLSPolicy(ca_data=authority(CA)))))
    assert not any(server.requests)
    return caught.value


@pytest.mark.parametrize(
    ("change", "version", "cipher"),
    [
        (_unchanged, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        (_tls12("ECDHE+AESGCM"), "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"),
        (_tls12("ECDHE+CHACHA20"), "TLSv1.2", "ECDHE-RSA-CHACHA20-POLY1305"),
        (_tls12("ECDHE-RSA-AES128-GCM-SHA256"), "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256"),
    ],
)
def test_strong_servers_are_accepted(change: Callable[[ssl.SSLContext], object], version: str, cipher: str) -> None:
    """TLS 1.3, and TLS 1.2 with ephemeral AEAD suites, are accepted, and the negotiated parameters are reported."""
    rsa = CA.issue_cert("localhost", key_type=trustme.KeyType.RSA)
    context = server_context(rsa)
    change(context)
    negotiated, server = _outcome(context)
    assert negotiated is not None
    assert (negotiated.version, negotiated.cipher) == (version, cipher)
    assert "Test Authority" in (negotiated.certificate_issuer or "")
    assert negotiated.certificate_expires is not None
    assert negotiated.remote_address == "127.0.0.1"
    assert len(server.requests) == 1


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # old versions are the case under test
@pytest.mark.parametrize(
    "change",
    [
        _only(ssl.TLSVersion.TLSv1),
        _only(ssl.TLSVersion.TLSv1_1),
        _tls12("AES256-GCM-SHA384"),
        _tls12("ECDHE+AES:!AESGCM:!AESCCM"),
    ],
    ids=["TLS 1.0", "TLS 1.1", "RSA key exchange", "CBC only"],
)
def test_weak_servers_are_rejected_before_the_request(change: Callable[[ssl.SSLContext], object]) -> None:
    """A server with old TLS, without forward secrecy or with CBC alone gets no request, and no second attempt."""
    rsa = CA.issue_cert("localhost", key_type=trustme.KeyType.RSA)
    context = server_context(rsa)
    change(context)
    error = _refusal(context)
    assert isinstance(error, TLSError)
    assert not error.is_transient
    assert not error.may_have_been_sent
    assert "the TLS handshake with localhost" in str(error)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_untrusted_certificate_names_issuer_and_settings(version: ssl.TLSVersion) -> None:
    """A certificate of an untrusted authority is rejected with its issuer and the settings to trust it."""
    context = server_context(LOCALHOST)
    context.minimum_version = context.maximum_version = version
    error = _refusal(context, TransportSettings())
    assert isinstance(error, TLSError)
    assert not error.is_transient
    for words in ("localhost:", "issued by O=Test Authority", "AWS_CA_BUNDLE", "TLSPolicy(extra_ca_file="):
        assert words in str(error)


def test_error_with_a_custom_context_omits_the_issuer() -> None:
    """A caller's context is not modified: the error has reason and settings, but not the issuer."""
    error = _refusal(server_context(LOCALHOST), TransportSettings(context=default_context()))
    assert isinstance(error, TLSError)
    assert "issued by" not in str(error)
    assert "AWS_CA_BUNDLE" in str(error)


def test_certificate_for_another_host_is_rejected() -> None:
    """A certificate for another name is refused with both."""
    error = _refusal(server_context(CA.issue_cert("other.example")))
    assert isinstance(error, TLSError)
    assert "not valid for 'localhost'" in str(error)
    assert "AWS_CA_BUNDLE" not in str(error)


def test_certificate_matching_only_by_common_name_is_rejected() -> None:
    """The host name is looked for among the alternative names, not in the subject."""
    error = _refusal(server_context(CA.issue_cert(common_name="localhost")))
    assert isinstance(error, TLSError)
    assert "not valid for 'localhost'" in str(error)


def test_self_signed_certificate_is_rejected() -> None:
    """A server with a self-signed certificate is rejected like any untrusted server."""
    lone = trustme.CA(organization_name="Lone Authority")
    error = _refusal(server_context(lone.issue_cert("localhost")))
    assert isinstance(error, TLSError)
    assert "O=Lone Authority" in str(error)


def test_expired_certificate_is_rejected() -> None:
    """A certificate past its time is refused as expired."""
    error = _refusal(server_context(CA.issue_cert("localhost", not_after=PAST)))
    assert isinstance(error, TLSError)
    assert "expired" in str(error)
    assert "clock" in str(error)


def test_custom_context_is_checked_after_the_handshake() -> None:
    """A foreign context may allow CBC; a connection that negotiates it is closed before the request is written."""
    foreign = default_context(cadata=authority(CA))
    settings = TransportSettings(context=foreign)
    rsa = CA.issue_cert("localhost", key_type=trustme.KeyType.RSA)
    context = server_context(rsa)
    _tls12("ECDHE-RSA-AES256-SHA384")(context)
    error = _refusal(context, settings)
    assert isinstance(error, TLSError)
    assert "not AEAD" in str(error)
    assert str(error).startswith("localhost:")


def test_strong_custom_context_carries_the_call() -> None:
    """A foreign context that passes inspection carries the call."""
    foreign = default_context(cadata=authority(CA))
    negotiated, _ = _outcome(server_context(LOCALHOST), TransportSettings(context=foreign))
    assert negotiated is not None


def _group(name: str) -> Callable[[ssl.SSLContext], object]:
    return lambda context: context.set_ecdh_curve(name)


@pytest.mark.parametrize("change", [_tls12("ECDHE+AESGCM"), _group("prime256v1")], ids=["TLS 1.2", "P-256"])
def test_fips_ciphers_connect_to_approved_servers(change: Callable[[ssl.SSLContext], object]) -> None:
    """With fips_ciphers a server with approved suites and groups is spoken to."""
    policy = TLSPolicy(ca_data=authority(CA), fips_ciphers=True)
    negotiated, _ = _outcome(_weakened(change), TransportSettings(policy=policy))
    assert negotiated is not None
    assert "GCM" in negotiated.cipher


@pytest.mark.parametrize("change", [_tls12("ECDHE+CHACHA20"), _group("X25519")], ids=["ChaCha20", "X25519"])
def test_fips_ciphers_reject_unapproved_servers(change: Callable[[ssl.SSLContext], object]) -> None:
    """With fips_ciphers a server with other suites or groups only is rejected; without, it is accepted."""
    fips = TransportSettings(policy=TLSPolicy(ca_data=authority(CA), fips_ciphers=True))
    assert isinstance(_refusal(_weakened(change), fips), TLSError)
    negotiated, _ = _outcome(_weakened(change))
    assert negotiated is not None


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_missing_client_certificate_raises_tls_error(version: ssl.TLSVersion) -> None:
    """If a server requires a client certificate and none is configured, a TLSError says so: nothing was sent."""

    def demand(context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.minimum_version = context.maximum_version = version
        CA.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]  # pyOpenSSL's type, not installed

    error = _refusal(_weakened(demand))
    assert isinstance(error, TLSError)
    assert not error.may_have_been_sent


def test_client_certificate_is_presented() -> None:
    """A server that requests a client certificate receives the policy's."""

    def demand(context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_REQUIRED
        CA.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]  # pyOpenSSL's type, not installed

    with CA.issue_cert("client").private_key_and_cert_chain_pem.tempfile() as path:
        policy = TLSPolicy(ca_data=authority(CA), client_cert=path)
        _, server = _outcome(_weakened(demand), TransportSettings(policy=policy))
    assert len(server.requests) == 1


def test_interrupted_handshake_is_transient() -> None:
    """A server that hangs up during the handshake is a failure to connect, which is transient and was not sent."""

    async def main() -> None:
        async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        listener = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        with pytest.raises(ConnectError) as caught:
            await _send(Server(f"https://localhost:{port}/", port), TransportSettings())
        listener.close()
        assert caught.value.is_transient
        assert not caught.value.may_have_been_sent

    asyncio.run(main())
