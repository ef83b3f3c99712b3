"""Checks of the live connection: contexts changed after their inspection, and connections of transport=."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

import wsclient
from tests.support.http_libraries import over_each_library
from tests.support.ssl_contexts import default_context
from tests.support.tls_server import Server, authority, proxying, server_context, serving, shaking_hands
from tests.tls import matrix
from wsclient._core.errors import ConfigurationError, TLSError, TLSPolicyError
from wsclient._core.http import HttpRequest, Timeout
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER
from wsclient._pipeline.transport.factory import TransportFactory
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.tls import TLSPolicy
from wsclient.tls._inspection import verification_faults

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

CA = trustme.CA(organization_name="Test Authority")
LOCALHOST = server_context(CA.issue_cert("localhost"))
QUICK = Timeout(connect=5, read=5)
CONFIG = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="eu-west-1")
KEYS = wsclient.Credentials("AKIATLS", "secret")


def _sound() -> ssl.SSLContext:
    return default_context(cadata=authority(CA))


def _unverified(context: ssl.SSLContext) -> None:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE


def _optional(context: ssl.SSLContext) -> None:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_OPTIONAL


def _nameless(context: ssl.SSLContext) -> None:
    context.check_hostname = False


def _level(level: int) -> Callable[[ssl.SSLContext], None]:
    return lambda context: context.set_ciphers(f"ECDHE+AESGCM:@SECLEVEL={level}")


CHANGES: list[tuple[Callable[[ssl.SSLContext], None], str]] = [
    (_unverified, "does not verify certificates"),
    (_optional, "does not verify certificates"),
    (_nameless, "does not verify host names"),
    (_level(0), "security level is 0"),
    (_level(1), "security level is 1"),
]
CHANGE = pytest.mark.parametrize(("change", "words"), CHANGES)


class _OtherName(ssl.SSLContext):
    """Context that has OpenSSL verify another name than the connected one."""

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT002 - as in ssl
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """Pass another name on."""
        return super().wrap_bio(incoming, outgoing, server_side, "other.example", session)


class _Boaster(ssl.SSLContext):
    """Context that claims to verify, and does not."""

    verify_mode = ssl.CERT_REQUIRED
    check_hostname = True


def _made(kind: type[ssl.SSLContext]) -> ssl.SSLContext:
    context = kind(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority(CA))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM")
    if kind is _Boaster:
        vars(ssl.SSLContext.__mro__[1])["check_hostname"].__set__(context, 0)
        vars(ssl.SSLContext)["verify_mode"].__set__(context, ssl.CERT_NONE)
    return context


@pytest.mark.parametrize("over_httpx", [False, True], ids=["engine", "httpx"])
@pytest.mark.parametrize(
    ("kind", "certified", "words"),
    [
        (_OtherName, CA.issue_cert("other.example"), "verified the name 'other.example'"),
        (_Boaster, trustme.CA().issue_cert("localhost"), "does not verify certificates"),
    ],
)
def test_context_subclass_without_verification_sends_nothing(
    kind: type[ssl.SSLContext], certified: trustme.LeafCert, words: str, *, over_httpx: bool
) -> None:
    """A context subclass that verifies another name, or only claims to verify, sends nothing."""

    async def main() -> None:
        async with serving(server_context(certified)) as server:
            context = _made(kind)
            options: dict[str, Any] = (
                {"transport": httpx.AsyncHTTPTransport(verify=context)} if over_httpx else {"tls": context}
            )
            async with wsclient.WorkSpacesClient(
                config=CONFIG, credentials=KEYS, endpoint_url=server.url, **options
            ) as ws:
                with pytest.raises(TLSError, match=words):
                    await ws.describe_account()
            assert not server.requests

    asyncio.run(main())


def _post(server: Server) -> HttpRequest:
    return HttpRequest("POST", server.url, (("authorization", "secret"),), b"x")


@CHANGE
def test_weak_context_is_rejected_at_construction(change: Callable[[ssl.SSLContext], None], words: str) -> None:
    """tls= with a context that verifies less, or has a security level below 2, makes no client."""
    context = _sound()
    change(context)
    with pytest.raises(TLSPolicyError, match=words):
        wsclient.WorkSpacesClient(config=CONFIG, credentials=KEYS, tls=context)


@pytest.mark.parametrize("has_proxy", [False, True])
@CHANGE
def test_context_weakened_later_is_rejected_before_the_request(
    change: Callable[[ssl.SSLContext], None], words: str, *, has_proxy: bool
) -> None:
    """The connection is checked after its handshake: no byte of the request is written, with or without a proxy."""

    async def main() -> None:
        async with serving(LOCALHOST) as server, proxying() as proxy:
            context = _sound()
            sender = HttpTransport(TransportSettings(context=context, proxy=proxy.url if has_proxy else None))
            change(context)
            for _ in range(2):
                with pytest.raises(TLSError, match=f"{words}.*no request was sent") as caught:
                    await sender.send(_post(server), QUICK)
                assert not caught.value.may_have_been_sent
            assert (server.requests, sender.last_tls) == ([], None)
            await sender.aclose()

    asyncio.run(main())


@given(st.lists(st.sampled_from([change for change, _ in CHANGES]), max_size=4), st.booleans())
@settings(max_examples=25)
def test_request_is_sent_only_over_a_strong_context(
    changes: list[Callable[[ssl.SSLContext], None]], ends_sound: bool
) -> None:
    """Whatever was done to a context, a request is written if and only if the context has no fault in the end."""

    async def main() -> None:
        async with serving(LOCALHOST) as server:
            context = _sound()
            sender = HttpTransport(TransportSettings(context=context))
            for change in changes:
                change(context)
            if ends_sound:
                _restore(context)
            (outcome,) = await asyncio.gather(sender.send(_post(server), QUICK), return_exceptions=True)
            await sender.aclose()
            is_sound = not list(verification_faults(context))
            assert (len(server.requests), isinstance(outcome, TLSError)) == (int(is_sound), not is_sound)

    asyncio.run(main())


@CHANGE
def test_context_weak_only_during_the_handshake_is_rejected(
    change: Callable[[ssl.SSLContext], None], words: str
) -> None:
    """A context that is weak when the connection is made, and sound again afterwards, carries no request."""

    async def main() -> None:
        async with serving(LOCALHOST) as server:
            context = _sound()

            async def dial(addresses: Sequence[str], port: int) -> tuple[socket.socket, str]:
                connected = await SYSTEM_DIALER.dial(addresses, port)
                change(context)
                asyncio.get_running_loop().call_soon(_restore, context)
                return connected

            dialer = msgspec.structs.replace(SYSTEM_DIALER, dial=dial)
            sender = HttpTransport(TransportSettings(context=context, dialer=dialer))
            with pytest.raises(TLSError, match=words):
                await sender.send(_post(server), QUICK)
            assert server.requests == []
            await sender.aclose()

    asyncio.run(main())


def _restore(context: ssl.SSLContext) -> None:
    context.verify_mode, context.check_hostname = ssl.CERT_REQUIRED, True
    _level(2)(context)


def _wrapped(library: Any, inner: Any) -> Any:
    """Return a caller's transport that wraps a stock transport."""

    class Wrapped(library.AsyncBaseTransport):  # type: ignore[misc]  # of either library
        async def handle_async_request(self, request: Any) -> Any:
            return await inner.handle_async_request(request)

    return Wrapped()


@over_each_library
@pytest.mark.parametrize("is_wrapped", [False, True])
@pytest.mark.parametrize("words", [words for _, words in CHANGES] + ["verify=False"])
def test_httpx_transport_without_verification_is_rejected(library: Any, words: str, *, is_wrapped: bool) -> None:
    """transport=AsyncHTTPTransport(verify=…) of httpx and httpx2 is held to the same, also inside another transport."""
    context = _sound()
    for change, text in CHANGES:
        if text == words:
            change(context)
            break
    stock = library.AsyncHTTPTransport(verify=False if words == "verify=False" else context)
    transport = _wrapped(library, stock) if is_wrapped else stock

    async def main() -> None:
        async with serving(LOCALHOST) as server:
            ws = wsclient.WorkSpacesClient(
                config=CONFIG, credentials=KEYS, endpoint_url=server.url, transport=transport
            )
            with pytest.raises(TLSError, match=r"does not verify|security level") as caught:
                await ws.raw("DescribeWorkspaces")
            assert not caught.value.may_have_been_sent
            assert server.requests == []
            await stock.aclose()

    asyncio.run(main())


@over_each_library
@pytest.mark.parametrize("is_changed", [False, True])
def test_open_unverified_httpx_connection_is_not_used(library: Any, *, is_changed: bool) -> None:
    """A connection opened without verification, or whose context changed since, carries no request."""

    async def main() -> None:
        async with serving(LOCALHOST) as server:
            context = _sound()
            stock = library.AsyncHTTPTransport(verify=context if is_changed else False)
            async with library.AsyncClient(transport=stock) as client:
                await client.get(server.url)
                _unverified(context)
                sender = HttpTransport(TransportSettings(transport=stock))
                with pytest.raises(TLSError, match="does not verify certificates"):
                    await sender.send(_post(server), QUICK)
            assert (len(server.requests), server.connections) == (1, 1)

    asyncio.run(main())


@over_each_library
def test_verifying_httpx_transport_carries_the_call(library: Any) -> None:
    """transport= is used with a policy's context and with Python's default context."""

    async def main() -> None:
        async with serving(LOCALHOST) as server:
            for context in (TLSPolicy(ca_data=authority(CA)).create_context(), _sound()):
                stock = library.AsyncHTTPTransport(verify=context)
                sender = HttpTransport(TransportSettings(transport=stock))
                assert (await sender.send(_post(server), QUICK)).status == 200
                assert sender.last_tls is not None
                await stock.aclose()
            assert len(server.requests) == 2

    asyncio.run(main())


def test_policy_context_has_security_level_2() -> None:
    """Every context of a policy has OpenSSL's security level 2 or more, whatever the build's default."""
    for policy in (TLSPolicy(), TLSPolicy(fips_ciphers=True), TLSPolicy(require_aead=False), TLSPolicy(minimum="1.3")):
        assert policy.create_context().security_level >= 2


@pytest.mark.parametrize("is_foreign", [False, True])
def test_rsa_key_of_1024_bits_is_rejected(*, is_foreign: bool) -> None:
    """An RSA key of 1,024 bits is rejected by a policy's context, and by another context that was weakened later."""
    weak = next(row.make() for row in matrix.ROWS if "1024 bits" in row.name)
    foreign = default_context(cadata=authority(matrix.CA))
    sender = HttpTransport(
        TransportSettings(context=foreign)
        if is_foreign
        else TransportSettings(policy=TLSPolicy(ca_data=authority(matrix.CA)))
    )
    if is_foreign:
        _level(0)(foreign)
    with shaking_hands(weak) as server, pytest.raises(TLSError):
        asyncio.run(sender.send(_post(server), QUICK))
    assert not any(server.requests)


@pytest.mark.parametrize(
    "options",
    [
        {"tls": TLSPolicy()},
        {"tls": TLSPolicy(minimum="1.3")},
        {"tls": default_context()},
        {"proxy": "http://user:hunter2@p.example:1"},
    ],
    ids=["policy", "strict", "context", "proxy"],
)
def test_tls_and_proxy_with_transport_are_rejected(options: dict[str, object]) -> None:
    """tls= or proxy= together with transport= raises ConfigurationError without secrets, in every way to pass it."""
    (name,) = options
    transport = httpx.MockTransport(lambda _: httpx.Response(500))

    def make(**more: object) -> wsclient.WorkSpacesClient:
        table: dict[str, object] = {"config": CONFIG, "credentials": KEYS, **more}
        return wsclient.WorkSpacesClient(**table)  # type: ignore[arg-type]  # a table of options

    plain = make(transport=transport)
    attempts: list[Callable[[], object]] = [
        lambda: make(transport=transport, **options),
        lambda: plain.with_options(**options),  # type: ignore[arg-type]  # a table of options
        lambda: make(**options).with_options(transport=transport),
    ]
    if name == "proxy":
        loaded = CONFIG.override(proxy="http://user:hunter2@p.example:1")
        attempts.append(lambda: make(transport=transport, config=loaded))
    for attempt in attempts:
        with pytest.raises(ConfigurationError, match=f"{name}= conflicts with transport=") as caught:
            attempt()
        assert "hunter2" not in str(caught.value)
    assert make(transport=transport, tls=None, proxy="").endpoint.host


def test_proxy_variable_does_not_conflict_with_transport() -> None:
    """HTTPS_PROXY with transport= is no conflict, since the transport has its own proxy settings."""
    environ = {"HOME": "/nonexistent", "HTTPS_PROXY": "http://p.example:1"}
    config = wsclient.ClientConfig.load("workspaces", environ=environ, region="eu-west-1")
    transport = httpx.MockTransport(lambda _: httpx.Response(500))
    assert wsclient.WorkSpacesClient(config=config, credentials=KEYS, transport=transport).endpoint.host


@pytest.mark.parametrize("is_stock", [False, True])
def test_common_name_is_not_used_as_host_name(*, is_stock: bool) -> None:
    """A certificate that names its host in the common name only is refused by any context."""
    context = _sound()

    async def main() -> None:
        async with serving(server_context(CA.issue_cert(common_name="localhost"))) as server:
            stock = httpx.AsyncHTTPTransport(verify=context)
            sender = HttpTransport(
                TransportSettings(transport=stock) if is_stock else TransportSettings(context=context)
            )
            # VERIFY_X509_STRICT, a default of Python 3.13, refuses the certificate's empty subjectAltName before.
            with pytest.raises(TLSError, match=r"common name only|Empty Subject Alternative Name"):
                await sender.send(_post(server), QUICK)
            assert server.requests == []
            await sender.aclose()
            await stock.aclose()

    asyncio.run(main())


CIDRS = ["127.0.0.0/8"]


@over_each_library
@pytest.mark.parametrize(
    "options",
    [
        {"endpoint_url": "http://localhost:4566", "allow_http": True},
        {"vpc_endpoint": "vpce-0123456789abcdef0-1a2b3c4d"},
        {"endpoint_url": "https://vpce-0123456789abcdef0-1a2b3c4d.workspaces.eu-west-1.vpce.amazonaws.com"},
        {"private_dns": wsclient.PrivateDns(allowed_cidrs=CIDRS)},
    ],
    ids=["plain http", "PrivateLink", "PrivateLink's URL", "private DNS"],
)
def test_proxy_of_an_httpx_transport_has_the_same_rules(library: Any, options: dict[str, object]) -> None:
    """transport= with a proxy is refused where proxy= is: it would read plain requests, or carry calls out of a VPC."""
    stock = library.AsyncHTTPTransport(proxy="http://user:hunter2@127.0.0.1:1")
    table: dict[str, object] = {"config": CONFIG, "credentials": KEYS, "transport": stock, **options}
    with pytest.raises(ConfigurationError, match=r"the proxy of transport= conflicts") as caught:
        wsclient.WorkSpacesClient(**table)  # type: ignore[arg-type]  # a table of options
    assert "hunter2" not in str(caught.value)


@over_each_library
def test_metadata_service_is_not_called_through_a_transport_proxy(library: Any) -> None:
    """The tokens and keys of a metadata service travel in clear: a stock transport with a proxy does not carry them."""
    factory = TransportFactory(config=CONFIG, transport=library.AsyncHTTPTransport(proxy="http://127.0.0.1:1"))
    assert factory.for_local_services().transport is None
    mock = TransportFactory(config=CONFIG, transport=library.MockTransport(lambda _: library.Response(200)))
    assert mock.for_local_services().transport is not None
