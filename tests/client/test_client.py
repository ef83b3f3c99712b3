"""End-to-end tests of the clients, over real TLS against the emulator and over a transport with scripted responses."""

import asyncio
import dataclasses
import pickle
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trustme

import wsclient
from wsclient import errors, types
from wsclient._version import __version__
from wsclient.testing import Emulator

KEYS = wsclient.Credentials("AKIDEXAMPLE", "hunter2")
ENVIRONMENT = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="us-west-2")


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """One emulator for the module."""
    with Emulator() as emulator:
        yield emulator


def _client(aws: Emulator, **options: object) -> wsclient.WorkSpacesClient:
    settings: dict[str, object] = {
        "region": aws.region,
        "endpoint_url": aws.endpoint_url,
        "credentials": aws.credentials,
        "tls": wsclient.TLSPolicy(ca_file=aws.ca_file),
        "config": ENVIRONMENT,
    }
    return wsclient.WorkSpacesClient(**(settings | options))  # type: ignore[arg-type]  # a table of options


def _answering(
    *answers: httpx.Response | Exception, **options: object
) -> tuple[wsclient.WorkSpacesClient, list[httpx.Request]]:
    """Return a client with scripted responses, and the list of requests it sends."""
    seen: list[httpx.Request] = []
    waiting = list(answers)

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    settings: dict[str, object] = {
        "credentials": KEYS,
        "config": ENVIRONMENT,
        "transport": httpx.MockTransport(handler),
    }
    return wsclient.WorkSpacesClient(**(settings | options)), seen  # type: ignore[arg-type]  # a table of options


def _json(content: bytes = b"{}", status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=content, headers={"x-amzn-requestid": "id-1"})


def _failing(status: int = 500) -> httpx.Response:
    return _json(b'{"__type":"InternalFailure","message":"m"}', status)


def test_workspace_lifecycle_against_the_emulator(aws: Emulator) -> None:
    """WorkSpaces are created, refused twice, listed page by page, stopped, tagged and terminated."""

    async def main() -> None:
        async with _client(aws) as ws:
            directory = aws.add_directory()
            requests = [
                types.WorkspaceRequest(directory_id=directory, user_name=f"user{number}", bundle_id=aws.bundle_id)
                for number in range(25)
            ]
            result = await ws.create_workspaces(workspaces=requests)
            assert len(result.pending_requests) == 25
            assert result.metadata.request_id
            assert result.metadata.attempts == 1
            again = await ws.create_workspaces(workspaces=requests[:1])
            with pytest.raises(errors.PartialFailureError, match=r"ResourceExists\.WorkSpace"):
                again.raise_for_failures()
            aws.clock.advance(hours=1)
            page = await ws.describe_workspaces(directory_id=directory, limit=10)
            assert len(page.workspaces) == 10
            assert page.next_token
            everything = await ws.describe_workspaces(directory_id=directory, limit=10).collect()
            assert {workspace.state for workspace in everything} == {types.WorkspaceState.AVAILABLE}
            ids = [workspace.workspace_id or "" for workspace in everything]
            assert len(set(ids)) == 25
            await ws.create_tags(resource_id=ids[0], tags=[types.Tag(key="team", value="blue")])
            assert (await ws.describe_tags(resource_id=ids[0])).tag_list == [types.Tag(key="team", value="blue")]
            gone = await ws.terminate_workspaces(
                terminate_workspace_requests=[types.TerminateRequest(workspace_id=id_) for id_ in ids]
            )
            assert gone.raise_for_failures() is gone
            raw = await ws.raw("DescribeWorkspaces", {"Limit": 1})
            assert raw["ResponseMetadata"]
            info = ws.connection_info()
            assert info is not None
            assert info.version == "TLSv1.3"
            assert info.endpoint_kind is wsclient.EndpointKind.CUSTOM

    asyncio.run(main())


def test_temporary_credentials_sign_until_they_expire(aws: Emulator) -> None:
    """A role's credentials sign calls until they expire, which ends in ExpiredTokenException."""

    async def main() -> None:
        sts = wsclient.StsClient(
            region=aws.region,
            endpoint_url=aws.endpoint_url,
            credentials=aws.credentials,
            tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
            config=ENVIRONMENT,
        )
        async with sts:
            assert (await sts.get_caller_identity()).account == aws.account_id
            arn = f"arn:aws:iam::{aws.account_id}:role/r"
            role = (await sts.assume_role(role_arn=arn, role_session_name="test")).credentials
            assert (await sts.raw("GetCallerIdentity"))["Account"] == aws.account_id
        assert role is not None
        temporary = wsclient.Credentials(
            role.access_key_id or "", role.secret_access_key or "", role.session_token, role.expiration
        )
        async with _client(aws, credentials=temporary) as ws:
            await ws.describe_workspaces()
            aws.clock.advance(hours=2)
            with pytest.raises(errors.ExpiredTokenException):
                await ws.describe_workspaces()

    asyncio.run(main())


def test_rejected_signatures_raise_typed_errors(aws: Emulator) -> None:
    """A wrong secret, an unknown key, a tampered body and a skewed clock each end in the right typed error."""

    async def main() -> None:
        key = aws.credentials.access_key_id
        async with _client(aws, credentials=wsclient.Credentials(key, "wrong")) as ws:
            with pytest.raises(errors.InvalidSignatureException):
                await ws.describe_workspaces()
        async with _client(aws, credentials=wsclient.Credentials("AKIDUNKNOWN", "x")) as ws:
            with pytest.raises(errors.UnrecognizedClientException) as unknown:
                await ws.describe_workspaces()
            assert f"access key ...NOWN is unknown in {aws.region}: it was deleted" in unknown.value.__notes__[0]
        async with _client(aws, retry=wsclient.RetryPolicy(mode="off")) as ws:
            aws.clock.skew(minutes=6)
            with pytest.raises(errors.InvalidSignatureException):
                await ws.describe_workspaces()
            aws.clock.skew(minutes=0)

        tampering = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=aws.ca_file))

        class Tampered(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                changed = httpx.Request(request.method, request.url, headers=request.headers, content=b'{"a":1}')
                changed.headers["content-length"] = "7"
                return await tampering.handle_async_request(changed)

        async with _client(aws, transport=Tampered(), tls=None) as ws:
            with pytest.raises(errors.InvalidSignatureException):
                await ws.describe_workspaces()
        await tampering.aclose()

    asyncio.run(main())


def test_ip_group_changes_that_lock_everyone_out_are_rejected(aws: Emulator) -> None:
    """Associating a group without rules and revoking all rules are refused unless explicitly allowed."""

    async def main() -> None:
        async with _client(aws) as ws:
            directory = aws.add_directory()
            empty = (await ws.create_ip_group(group_name="empty")).group_id or ""
            rule = types.IpRuleItem(ip_rule="10.0.0.0/8")
            full = (await ws.create_ip_group(group_name="full", user_rules=[rule])).group_id or ""
            with pytest.raises(errors.RequestValidationError, match="has no rules"):
                await ws.associate_ip_groups(directory_id=directory, group_ids=[empty])
            await ws.associate_ip_groups(directory_id=directory, group_ids=[full])
            with pytest.raises(errors.RequestValidationError, match="all the rules"):
                await ws.revoke_ip_rules(group_id=full, user_rules=["10.0.0.0/8"])
            with pytest.raises(errors.RequestValidationError, match="empty"):
                await ws.update_rules_of_ip_group(group_id=full, user_rules=[])
            await ws.update_rules_of_ip_group(group_id=full, user_rules=[rule])
            await ws.revoke_ip_rules(group_id=full, user_rules=["10.0.0.0/8"], allow_lockout=True)
            await ws.associate_ip_groups(directory_id=directory, group_ids=[empty], allow_lockout=True)

    asyncio.run(main())


GUARDED: dict[str, dict[str, object]] = {
    "associate_ip_groups": {"directory_id": "d-12345678", "group_ids": ["wsipg-12345678"]},
    "revoke_ip_rules": {"group_id": "wsipg-12345678", "user_rules": ["10.0.0.0/8"]},
    "update_rules_of_ip_group": {"group_id": "wsipg-12345678", "user_rules": []},
}
"""Operations with a guard against locking users out, and arguments that it would look up or refuse."""


@pytest.mark.parametrize("name", GUARDED)
def test_lockout_guard_makes_no_call_for_an_invalid_request(name: str) -> None:
    """A client that is read_only, and a wrong argument, are refused by the operation's own name; nothing is sent."""
    ws, seen = _answering(_json())
    operation = "".join(part.capitalize() for part in name.split("_"))
    for client, changes, message in (
        (ws.with_options(read_only=True), {}, f"^{operation} is not a read operation"),
        *((ws, {member: 5}, f"^{operation}: ") for member in GUARDED[name]),
    ):
        with pytest.raises(errors.RequestValidationError, match=message):
            asyncio.run(getattr(client, name)(**GUARDED[name] | changes))
    assert seen == []


def test_expected_account_rejects_other_credentials_before_the_first_call(aws: Emulator) -> None:
    """Credentials of another account are refused before the first call, whether they say so or STS does."""

    async def main() -> None:
        sts = wsclient.StsRouting(endpoint_url=aws.endpoint_url)
        keys = wsclient.Credentials(aws.credentials.access_key_id, aws.credentials.secret_access_key)
        async with _client(aws, expected_account=aws.account_id, sts=sts, credentials=keys) as ws:
            await ws.describe_workspaces()
            await ws.describe_workspaces()
        async with _client(aws, expected_account="999999999999", sts=sts, credentials=keys) as ws:
            with pytest.raises(errors.CredentialsError, match="expected_account is 999999999999"):
                await ws.describe_workspaces()
        assert [call.operation for call in aws.calls[-4:]].count("GetCallerIdentity") == 2

    asyncio.run(main())
    with pytest.raises(errors.ConfigurationError, match="12 digits"):
        _client(aws, expected_account="12")


def test_client_serves_successive_event_loops(aws: Emulator) -> None:
    """One client serves three asyncio.run in a row, without aclose in between."""
    ws = _client(aws)

    async def main() -> None:
        await ws.describe_workspaces()

    for _ in range(3):
        asyncio.run(main())
    asyncio.run(ws.aclose())


def test_call_after_aclose_raises_configuration_error(aws: Emulator) -> None:
    """A call after aclose is a ConfigurationError."""

    async def main() -> None:
        ws = _client(aws)
        await ws.aclose()
        with pytest.raises(errors.ConfigurationError, match="closed"):
            await ws.describe_workspaces()

    asyncio.run(main())


def test_copies_share_connections(aws: Emulator) -> None:
    """with_options changes only the given options and shares connections; closing the copy leaves the original open."""

    async def main() -> None:
        async with _client(aws) as ws:
            async with ws.with_options(read_only=True) as copy:
                assert copy._pipeline.transport is ws._pipeline.transport
                assert copy._pipeline.quota is ws._pipeline.quota
                await copy.describe_workspaces()
                with pytest.raises(errors.RequestValidationError, match="read_only"):
                    await copy.create_tags(resource_id="x", tags=[])
                with pytest.raises(errors.RequestValidationError, match="read_only"):
                    await copy.raw("DestroyEverything")
            await ws.describe_workspaces()
            other = ws.with_options(max_connections=3)
            assert other._pipeline.transport is not ws._pipeline.transport
            moved = ws.with_options(region="us-east-1", profile="default")
            assert moved.endpoint.signing_region == "us-east-1"

    asyncio.run(main())


def test_request_headers_and_body() -> None:
    """A request carries protocol, SDK and signature headers, and its body is the request."""
    ws, (seen) = _answering(_json(), app_id="desk tops#1.2")
    asyncio.run(_one_page(ws, limit=5))
    (request,) = seen
    assert str(request.url) == "https://workspaces.us-west-2.amazonaws.com"
    assert request.content == b'{"Limit":5}'
    assert request.headers["x-amz-target"] == "WorkspacesService.DescribeWorkspaces"
    assert request.headers["content-type"] == "application/x-amz-json-1.1"
    assert request.headers["amz-sdk-request"] == "attempt=1; max=3"
    assert len(request.headers["amz-sdk-invocation-id"]) == 36
    assert request.headers["user-agent"].startswith(f"wsclient/{__version__} ua/2.1 api/workspaces#2015-04-08 ")
    assert request.headers["user-agent"].endswith(" app/desk-tops#1.2")
    assert "/us-west-2/workspaces/aws4_request" in request.headers["authorization"]


async def _one_page(ws: wsclient.WorkSpacesClient, limit: int | None = None) -> types.DescribeWorkspacesResult:
    async with ws:
        return await ws.describe_workspaces(limit=limit)


def test_reads_are_retried_after_a_500_and_creations_are_not() -> None:
    """After a 500 a read is tried again with a new signature; a creation is not, and its error says why."""
    fast = wsclient.RetryPolicy()
    ws, seen = _answering(_failing(), _failing(503), _json(), retry=fast)
    result = asyncio.run(_one_page(ws))
    assert result.metadata.attempts == 3
    assert [request.headers["amz-sdk-request"][:9] for request in seen] == ["attempt=1", "attempt=2", "attempt=3"]
    assert len({request.headers["amz-sdk-invocation-id"] for request in seen}) == 1

    ws, seen = _answering(_failing())
    request = types.WorkspaceRequest(directory_id="d-926722edaf", user_name="u", bundle_id="wsb-12345678")

    async def create(ws: wsclient.WorkSpacesClient) -> None:
        async with ws:
            await ws.create_workspaces(workspaces=[request], reconcile=False)

    with pytest.raises(errors.InternalFailure) as caught:
        asyncio.run(create(ws))
    assert len(seen) == 1
    assert caught.value.may_have_been_sent
    assert (caught.value.operation, caught.value.attempts) == ("CreateWorkspaces", 1)

    ws, seen = _answering(httpx.ConnectError("x"), _json())
    asyncio.run(create(ws))
    assert len(seen) == 2


def test_client_tokens_are_made_once_a_call() -> None:
    """An operation with a client token gets one, the same for every attempt; a given one is kept."""
    ws, seen = _answering(_failing(), _json())

    async def main() -> None:
        async with ws:
            await ws.create_account_link_invitation(target_account_id="1" * 12)
            await ws.create_account_link_invitation(target_account_id="1" * 12, client_token="mine")

    asyncio.run(main())
    assert seen[0].content == seen[1].content
    assert b"ClientToken" in seen[0].content
    assert b'"ClientToken":"mine"' in seen[2].content


def test_call_over_its_total_timeout_raises() -> None:
    """A call over its total ends in RequestTimeoutError, which is final; others' time-outs pass."""

    async def slow(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    timeout = wsclient.Timeout(total=0.02)
    ws = wsclient.WorkSpacesClient(
        credentials=KEYS, config=ENVIRONMENT, transport=httpx.MockTransport(slow), timeout=timeout
    )
    with pytest.raises(errors.RequestTimeoutError, match=r"Timeout\.total of 0\.02 s") as caught:
        asyncio.run(_one_page(ws))
    assert (caught.value.phase, caught.value.may_have_been_sent, caught.value.attempts) == ("total", True, 1)
    assert not caught.value.is_transient
    ws, _ = _answering(
        httpx.ReadTimeout("x"), timeout=wsclient.Timeout(total=30), retry=wsclient.RetryPolicy(mode="off")
    )
    with pytest.raises(errors.RequestTimeoutError) as caught:
        asyncio.run(_one_page(ws))
    assert caught.value.phase == "read"
    ws, _ = _answering(_json(), timeout=wsclient.Timeout(total=30))
    asyncio.run(_one_page(ws))


def test_invalid_requests_are_rejected_before_sending() -> None:
    """26 ids are refused before sending; validate=False sends them; extra members go out."""
    ws, seen = _answering(_json())

    async def main() -> None:
        ids = ["ws-12345678"] * 26
        with pytest.raises(errors.RequestValidationError, match=r"must have at most 25 items \(got 26\)"):
            await ws.describe_workspaces(workspace_ids=ids)
        assert seen == []
        await ws.describe_workspaces(workspace_ids=ids, validate=False, extra={"Mood": "x"})
        with pytest.raises(errors.RequestValidationError, match="is not an operation name"):
            await ws.raw("Bad\r\nName")
        with pytest.raises(errors.RequestValidationError, match="did you mean 'DescribeWorkspaces'"):
            await ws.raw("describe_workspaces")
        with pytest.raises(errors.RequestValidationError, match="must be a mapping from AWS's member names, not a str"):
            await ws.raw("DescribeWorkspaces", '{"Limit": 1}')  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    asyncio.run(main())
    assert b'"Mood":"x"' in seen[0].content


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"region": "x.evil.com/"}, "region"),
        ({"region": "us-wset-2"}, "us-west-2"),
        ({"vpc_endpoint": "vpce-0123456789abcdef0-abcdefgh", "use_fips": True}, "FIPS"),
        ({"endpoint_url": "https://user:hunter3@h.example/"}, "user"),
        ({"endpoint_url": "http://h.example/"}, "http"),
        ({"vpc_endpoint": "vpce-0123456789abcdef0-abcdefgh", "proxy": "http://p.example:1"}, "proxy"),
        ({"credentials": ("a", "b")}, "credentials="),
        ({"app_id": "x" * 51}, "app_id"),
    ],
)
def test_invalid_settings_are_rejected_by_the_constructor(options: dict[str, object], words: str) -> None:
    """A mistaken setting is refused by the constructor, with what is wrong and no secret."""
    with pytest.raises(errors.ConfigurationError, match=words) as caught:
        _answering(_json(), **options)
    assert "hunter" not in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args


def test_missing_ca_bundle_names_the_variable() -> None:
    """A CA bundle that is not there is refused with the variable that named it."""
    config = wsclient.ClientConfig.load(
        "workspaces", environ={"HOME": "/nonexistent", "AWS_CA_BUNDLE": "/nonexistent/ca.pem"}, region="us-west-2"
    )
    for tls in (None, wsclient.TLSPolicy(minimum="1.3")):
        with pytest.raises(errors.TLSPolicyError, match="AWS_CA_BUNDLE"):
            wsclient.WorkSpacesClient(config=config, credentials=KEYS, tls=tls)


def test_ca_bundle_variable_applies_to_a_policy_without_authorities(tmp_path: Path) -> None:
    """AWS_CA_BUNDLE also applies to an explicit policy, unless that policy sets its own authorities."""
    bundle, own = tmp_path / "bundle.pem", tmp_path / "own.pem"
    for path in (bundle, own):
        path.write_bytes(trustme.CA().cert_pem.bytes())
    config = wsclient.ClientConfig.load("workspaces", environ={"AWS_CA_BUNDLE": str(bundle)}, region="us-west-2")
    for tls, trusted in (
        (wsclient.TLSPolicy(minimum="1.3"), str(bundle)),
        (wsclient.TLSPolicy(extra_ca_file=str(own)), str(bundle)),
        (wsclient.TLSPolicy(ca_file=str(own)), str(own)),
        (wsclient.TLSPolicy(ca_data=own.read_text()), None),
    ):
        client = wsclient.WorkSpacesClient(config=config, credentials=KEYS, tls=tls)
        assert client._shared.transport.settings.policy == dataclasses.replace(tls, ca_file=trusted)


def test_vpc_endpoint_overrides_a_configured_url() -> None:
    """The caller's VPC endpoint overrides a configured URL; with a FIPS URL, the combination is refused."""

    def host(url: str) -> str:
        environ = {"HOME": "/nonexistent", "AWS_ENDPOINT_URL_WORKSPACES": url}
        config = wsclient.ClientConfig.load("workspaces", environ=environ, region="us-west-2")
        return _answering(_json(), config=config, vpc_endpoint="vpce-0123456789abcdef0-abcdefgh")[0].endpoint.host

    assert host("https://gateway.example").startswith("vpce-0123456789abcdef0-abcdefgh.workspaces.")
    with pytest.raises(errors.EndpointResolutionError, match="FIPS"):
        host("https://workspaces-fips.us-west-2.amazonaws.com")


def test_config_of_a_profile_signs_with_its_keys(tmp_path: Path) -> None:
    """A client with settings loaded for a profile signs with that profile's keys; a different profile= is refused."""
    home = tmp_path / ".aws"
    home.mkdir()
    (home / "config").write_text("[profile dev]\nregion = us-west-2\n")
    config = wsclient.ClientConfig.load("workspaces", environ={}, home=tmp_path, profile="dev")
    ws, seen = _answering(_json(), config=config, credentials=None)
    with pytest.raises(errors.WsclientError, match="profile dev"):
        asyncio.run(_one_page(ws))
    assert seen == []
    with pytest.raises(errors.ConfigurationError, match="conflicts with config="):
        _answering(_json(), config=config, profile="prod")


def test_client_works_when_one_loop_is_run_repeatedly() -> None:
    """A client lives through the turns of one loop, as between the cells of a notebook, and its last turn closes it."""
    ws, seen = _answering(_json())
    loop = asyncio.new_event_loop()
    for _ in range(3):
        loop.run_until_complete(ws.describe_workspaces().first_page())
    loop.run_until_complete(ws.aclose())
    loop.close()
    assert len(seen) == 3


def test_fips_narrows_tls() -> None:
    """A FIPS endpoint brings FIPS suites along."""
    ws, _ = _answering(_json(), use_fips=True)
    assert ws.endpoint.host == "workspaces-fips.us-west-2.amazonaws.com"
    assert ws._pipeline.transport.settings.policy.fips_ciphers
    assert "workspaces-fips" in repr(ws)


def test_private_dns_checks_connected_addresses() -> None:
    """private_dns=True checks the addresses that are connected to."""
    ws, _ = _answering(_json(), private_dns=True)
    assert ws._pipeline.transport.settings.private_dns == wsclient.PrivateDns()
    assert ws._pipeline.transport.settings.proxy is None


@pytest.mark.parametrize(
    ("options", "proxy"),
    [
        ({}, "http://p.example:1"),
        ({"vpc_endpoint": "vpce-0123-abcd"}, None),
        ({"endpoint_url": "https://vpce-0123-abcd.workspaces.us-west-2.vpce.amazonaws.com"}, None),
        ({"private_dns": True}, None),
    ],
)
def test_proxy_variables_are_ignored_for_private_endpoints(options: dict[str, object], proxy: str | None) -> None:
    """HTTPS_PROXY counts for the public endpoint, and neither for PrivateLink nor for private DNS."""
    environ = {"HOME": "/nonexistent", "HTTPS_PROXY": "http://p.example:1"}
    config = wsclient.ClientConfig.load("workspaces", environ=environ, region="us-west-2")
    ws, _ = _answering(_json(), **{"config": config} | options)
    assert ws._pipeline.transport.settings.proxy == proxy


def test_vpc_endpoint_addresses_are_checked_on_request() -> None:
    """VpcEndpoint(addresses=…) enables the address check for a PrivateLink name; without it any address is accepted."""
    rule = wsclient.PrivateDns(allowed_cidrs=("10.0.0.0/8",))
    for endpoint, expected in (
        (wsclient.VpcEndpoint("vpce-0123-abcd", addresses=rule), rule),
        (wsclient.VpcEndpoint("vpce-0123-abcd"), None),
        ("vpce-0123-abcd", None),
    ):
        ws, _ = _answering(_json(), vpc_endpoint=endpoint)
        assert ws._pipeline.transport.settings.private_dns == expected


def test_sts_client_looks_up_its_own_account() -> None:
    """An StsClient with expected_account asks itself whose credentials it has."""
    body = (
        b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>%s</Account></GetCallerIdentityResult>"
        b"</GetCallerIdentityResponse>"
    )

    def sts(account: bytes) -> wsclient.StsClient:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body % account))
        return wsclient.StsClient(credentials=KEYS, config=ENVIRONMENT, transport=transport, expected_account="1" * 12)

    assert asyncio.run(sts(b"1" * 12).get_caller_identity()).account == "1" * 12
    with pytest.raises(errors.CredentialsError, match="belong to account 2"):
        asyncio.run(sts(b"2" * 12).get_caller_identity())
    with pytest.raises(errors.CredentialsError, match="has no account"):
        asyncio.run(sts(b"").get_caller_identity())


def test_debug_logs_contain_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """DEBUG logs contain operation, attempt, status and request id, but no credentials and no request body."""
    caplog.set_level("DEBUG")
    ws, _ = _answering(_json(), credentials=wsclient.Credentials("AKIDEXAMPLE", "hunter2", "hunter3"))
    asyncio.run(_one_page(ws))
    assert "DescribeWorkspaces attempt 1: HTTP 200, id-1" in caplog.text
    assert "hunter" not in caplog.text
