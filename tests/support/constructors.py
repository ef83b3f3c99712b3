"""Public constructors with options, each with arguments that it takes."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import wsclient
from tests.support.wrong_kinds import a_function
from wsclient import (
    audit,
    credentials,
    endpoints,
    fleet,
    policy,
    progress,
    retries,
    telemetry,
    testing,
    types,
    vpc,
    waiters,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

KEYS: Final = wsclient.Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
CLIENT: Final = {"region": "us-west-2", "credentials": KEYS}
ROLE: Final = "arn:aws:iam::123456789012:role/example"


@dataclass(frozen=True, kw_only=True)
class Constructor:
    """Constructor or function with options, and arguments that it needs.

    annotations replace those of options whose values the annotation does not describe fully; elsewhere are parameters
    that other tests try. name is the name in messages, where it is not the qualified one.
    """

    make: Callable[..., object]
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    elsewhere: frozenset[str] = frozenset()
    name: str | None = None


def label(case: Constructor) -> str:
    """Return the name under which a constructor's options are known: that of the class that defines it."""
    if case.name is not None:
        return case.name
    make = case.make.__init__ if isinstance(case.make, type) else case.make  # type: ignore[misc]  # a class
    return make.__qualname__.removesuffix(".__init__")


def _closed(function: Callable[..., Coroutine[object, object, object]]) -> Callable[..., None]:
    """Return an async function that is called and not awaited: options are checked by the call itself."""

    @functools.wraps(function)
    def call(*positional: object, **arguments: object) -> None:
        function(*positional, **arguments).close()

    return call


_CLIENT: Final = wsclient.WorkSpacesClient(region="us-west-2", credentials=KEYS)
_TRANSPORT: Final = frozenset({"transport"})
_FLEET: Final = fleet.Fleet(regions=["us-west-2"], accounts={"one": KEYS})
_CHECK: Final = audit.CHECKS[0]
_AUDIT: Final = audit.Audit.over(_FLEET)
_REPORT: Final = audit.AuditReport(
    settings=audit.AuditSettings(), sites=(), checks=(), check_counts=(), findings=(), calls=()
)
_ACTIONS: Final[dict[str, dict[str, object]]] = {
    **{action: {} for action in ("stop", "start", "reboot", "rebuild", "restore", "terminate")},
    "migrate": {"bundle_id": "wsb-0123456789"},
    "modify": {"properties": types.WorkspaceProperties(running_mode="AUTO_STOP")},
    "set_state": {"state": "AVAILABLE"},
    "tag": {"tags": {"team": "red"}},
    "untag": {"keys": ["team"]},
}
"""Actions of a fleet, with the parameters of their own."""

_EMULATOR: Final = testing.Emulator()
_POLICIES: Final = {
    "policy": "str | Mapping[str, object] | Sequence[str] | None",
    "document": "str | Mapping[str, object]",
}
_TEXTS: Final = {
    **_POLICIES,
    **dict.fromkeys(("kind", "operating_system", "running_mode", "state"), "str"),
    "compute_types": "str | Sequence[str]",
    "operating_systems": "str | Sequence[str]",
    "inventory": "str | Path",
    "snapshot": "str | Path",
    "service": "str",
}
"""Annotations of the emulator's options that name types of their own."""
_METHODS: Final[dict[str, dict[str, object]]] = {
    "add_directory": {},
    "add_bundle": {"name": "bundle"},
    "add_image": {"name": "image"},
    "add_application": {"name": "application"},
    "allow_byol": {},
    "add_pool_session": {"pool_id": "wspool-1", "user_id": "mary"},
    "add_workspaces": {},
    "add_user": {"name": "mary"},
    "add_role": {"name": "role"},
    "add_policy": {"name": "policy", "document": {"Version": "2012-10-17", "Statement": []}},
    "add_mfa_device": {},
    "web_identity_token": {},
    "saml_assertion": {"role_arn": ROLE},
    "saml_provider_arn": {},
    "authorization_message": {"text": "message"},
    "trade_in_token": {},
    "instance_metadata": {},
    "container_credentials": {},
    "set_workspace_state": {"workspace_id": "ws-1", "state": "UNHEALTHY"},
    "connect_user": {"workspace_id": "ws-1"},
    "disconnect_user": {"workspace_id": "ws-1"},
    "advance": {},
    "network_of": {"account_id": "123456789012"},
    "restore": {"snapshot": "snapshot.json"},
    "seed": {"inventory": "inventory.json"},
    "fail": {"operation": "StopWorkspaces", "with_": testing.Drop.BEFORE},
    "delay": {"operation": "StopWorkspaces", "seconds": 1},
    "clear_faults": {},
    "add_vpc_endpoint": {},
    "set_endpoint_policy": {"endpoint_id": "vpce-1", "policy": None},
    "dialer": {},
}
"""Methods of an emulator, with arguments that they take."""
_NETWORK_METHODS: Final[dict[str, dict[str, object]]] = {
    "add_vpc": {},
    "set_vpc": {"vpc_id": "vpc-1"},
    "add_subnet": {"vpc_id": "vpc-1"},
    "add_route_table": {"vpc_id": "vpc-1"},
    "add_nat_gateway": {"subnet_id": "subnet-1"},
    "add_security_group": {},
    "set_rules": {"group_id": "sg-1", "rules": []},
    "set_public_address": {"workspace_id": "ws-1", "address": None},
    "set_zones": {"service": "workspaces", "zones": "abc"},
    "set_endpoint": {"endpoint_id": "vpce-1"},
    "set_directory": {"directory_id": "d-1"},
}
EMULATOR_METHODS: Final = (
    *(
        Constructor(make=getattr(_EMULATOR, method), arguments=arguments, annotations=_TEXTS, name=f"Emulator.{method}")
        for method, arguments in _METHODS.items()
    ),
    *(
        Constructor(make=getattr(_EMULATOR.network, method), arguments=arguments, annotations={"service": "str"})
        for method, arguments in _NETWORK_METHODS.items()
    ),
    *(
        Constructor(make=getattr(_EMULATOR.clock, method), name=f"DrivenClock.{method}")
        for method in ("advance", "skew")
    ),
    Constructor(make=_EMULATOR.instance_metadata().fail, arguments={"status": 503}, name="MetadataService.fail"),
)

CONSTRUCTORS: Final = (
    Constructor(make=wsclient.WorkSpacesClient, arguments=CLIENT, elsewhere=_TRANSPORT),
    Constructor(make=wsclient.StsClient, arguments=CLIENT, elsewhere=_TRANSPORT),
    Constructor(make=wsclient.Timeout),
    Constructor(make=wsclient.RetryPolicy),
    Constructor(make=wsclient.Pace),
    Constructor(make=wsclient.TLSPolicy),
    Constructor(make=wsclient.VpcEndpoint, arguments={"id": "vpce-0123456789abcdef0"}),
    Constructor(make=wsclient.PrivateDns),
    Constructor(make=wsclient.StsRouting),
    Constructor(make=endpoints.ServiceRouting),
    Constructor(make=endpoints.Reach),
    Constructor(make=wsclient.EndpointParameters, arguments={"service": "workspaces", "region": "us-west-2"}),
    Constructor(make=wsclient.ClientConfig.load, arguments={"service": "workspaces", "environ": {}}),
    Constructor(
        make=wsclient.Credentials,
        arguments={"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "wJalrXUtnFEMIK7MDENG"},
    ),
    Constructor(make=wsclient.SigV4Signer, arguments={"service": "workspaces", "region": "us-west-2"}),
    Constructor(make=retries.RetryQuota),
    Constructor(make=waiters.Polling),
    Constructor(make=progress.ProgressBar),
    Constructor(make=telemetry.OpenTelemetry),
    Constructor(make=fleet.Fleet, arguments={"regions": ["us-west-2"], "accounts": {"one": KEYS}}),
    *(
        Constructor(
            make=getattr(_FLEET, action),
            arguments={"where": fleet.where.everything(), **arguments},
            annotations={
                "ids": "Iterable[object] | Mapping[object, object] | None",
                "on_site_error": "Callable | None",
                "state": "str",
            },
        )
        for action, arguments in _ACTIONS.items()
    ),
    Constructor(
        make=_FLEET.create,
        arguments={"requests": []},
        annotations={"requests": "Sequence[object] | Mapping[object, Sequence[object]]"},
    ),
    Constructor(make=_FLEET.inventory, annotations={"join": "Collection[str]"}),
    Constructor(make=fleet.inventory, arguments={"regions": ["us-west-2"], "accounts": {"one": KEYS}}),
    Constructor(make=credentials.AssumeRoleProvider, arguments={"role_arn": ROLE, "source": KEYS}),
    Constructor(
        make=credentials.ScopedCredentialsProvider,
        arguments={"source": credentials.EnvironmentProvider({}), "duration_seconds": 900},
    ),
    Constructor(make=credentials.SessionTokenProvider, arguments={"source": KEYS}),
    Constructor(
        make=credentials.SamlProvider,
        arguments={
            "role_arn": ROLE,
            "principal_arn": "arn:aws:iam::123456789012:saml-provider/example",
            "assertion": a_function,
        },
    ),
    Constructor(make=credentials.WebIdentityProvider, arguments={"role_arn": ROLE, "token": a_function}),
    Constructor(
        make=credentials.SsoProvider,
        arguments={
            "account_id": "123456789012",
            "role_name": "Admin",
            "start_url": "https://example.awsapps.com/start",
            "region": "us-west-2",
        },
    ),
    Constructor(make=credentials.StaticProvider, arguments={"credentials": KEYS}),
    Constructor(make=credentials.CachedProvider, arguments={"source": credentials.StaticProvider(KEYS)}),
    Constructor(make=credentials.ChainProvider, arguments={"providers": []}, elsewhere=frozenset({"context"})),
    Constructor(
        make=credentials.default_chain,
        arguments={"environ": {}},
        annotations={"runner": "Callable[..., object | Awaitable[object]] | None"},
        elsewhere=_TRANSPORT,
    ),
    Constructor(
        make=credentials.BotocoreSessionProvider,
        arguments={"session": credentials.StaticProvider(KEYS)},
        annotations={"session": "BotocoreSession"},
    ),
    Constructor(make=credentials.CliCache),
    Constructor(make=credentials.ContainerProvider),
    Constructor(make=credentials.EnvironmentProvider),
    Constructor(make=credentials.ImdsProvider),
    Constructor(make=credentials.LoginProvider, arguments={"profile": "example"}),
    Constructor(make=credentials.ProcessProvider, arguments={"command": "aws-keys"}),
    Constructor(make=credentials.ProfileProvider),
    Constructor(make=policy.Policy, arguments={"statements": []}),
    Constructor(
        make=policy.Statement,
        arguments={"effect": policy.Effect.ALLOW, "actions": ["workspaces:*"], "resources": ["*"]},
        annotations={
            "principals": "str | Mapping[object, object] | None",
            "not_principals": "str | Mapping[object, object] | None",
            "conditions": "Mapping[object, object]",
        },
    ),
    Constructor(
        make=policy.Policy(statements=[]).evaluate,
        arguments={"principal": ROLE, "action": "workspaces:DescribeWorkspaces"},
        annotations={"context": "Mapping[object, object] | None"},
    ),
    Constructor(make=policy.only_through, arguments={"vpc": "vpc-0123456789abcdef0"}),
    Constructor(make=policy.allow_one_workspace, arguments={"workspace_arn": ROLE}),
    Constructor(make=testing.Emulator),
    Constructor(make=testing.Durations),
    Constructor(make=testing.Quotas),
    Constructor(make=testing.Throttle),
    Constructor(make=testing.Latency, arguments={"seconds": 1}),
    Constructor(make=testing.HttpAnswer, arguments={"status": 503}),
    Constructor(
        make=testing.FakeTransport,
        arguments={"answers": {}},
        annotations={"answers": "Mapping[str, Mapping | Callable | Sequence]"},
    ),
    Constructor(make=testing.Recorder, arguments={"path": "calls.json"}),
    Constructor(make=testing.Route, arguments={"destination": "0.0.0.0/0", "target": "igw-1"}),
    Constructor(make=testing.Rule, arguments={"sources": ["10.0.0.0/8"]}, annotations={"sources": "Sequence[str]"}),
    *EMULATOR_METHODS,
    Constructor(
        make=audit.AuditSettings,
        annotations={
            **dict.fromkeys(
                (
                    "expected_issuers",
                    "uncertified_devices",
                    "self_service",
                    "instance_roles",
                    "api_vpcs",
                    "trusted_accounts",
                    "required_tags",
                ),
                "Sequence[str] | Collection[str]",
            ),
            "administrators": "Collection[str] | None",
            "approved_bundles": "Collection[str] | None",
        },
    ),
    Constructor(
        make=audit.Check,
        arguments={name: getattr(_CHECK, name) for name in _CHECK.__slots__},
        annotations={
            "judge": "Callable",
            **dict.fromkeys(("same_as", "needs", "joins", "settings"), "Sequence[str] | Collection[str]"),
        },
    ),
    Constructor(make=audit.Audit, arguments={"regions": ["us-west-2"], "accounts": {"one": KEYS}}),
    Constructor(make=audit.Audit.over, arguments={"sites": _FLEET}),
    Constructor(make=_AUDIT.estimate, arguments={"workspaces": 10}),
    Constructor(make=_AUDIT.policy),
    Constructor(make=_AUDIT.findings),
    Constructor(make=_REPORT.with_exceptions, arguments={"exceptions": []}),
    Constructor(make=_REPORT.compare, arguments={"earlier": _REPORT}),
    Constructor(make=_REPORT.continued_from, arguments={"earlier": _REPORT}),
    Constructor(make=_REPORT.exit_code, elsewhere=frozenset({"fail_on"})),
    *(
        Constructor(make=_closed(write), arguments={"path": "report"})
        for write in (
            *(_REPORT.write_html, _REPORT.write_json, _REPORT.write_jsonl),
            *(_REPORT.write_csv, _REPORT.write_ocsf, _REPORT.write_junit),
        )
    ),
    Constructor(make=_closed(_FLEET.inventory().write_jsonl), arguments={"path": "rows.jsonl"}),
    Constructor(make=_closed(_FLEET.inventory().write_csv), arguments={"path": "rows.csv"}),
    Constructor(make=_closed(_REPORT.write_asff), arguments={"folder": "reports"}),
    Constructor(make=_closed(_AUDIT.run), annotations={"keep": "Literal['problems', 'all']"}),
    Constructor(
        make=_closed(vpc.InterfaceEndpoint.ensure),
        arguments={
            "vpc_id": "vpc-1",
            "subnet_ids": "auto",
            "security_group_ids": ["sg-1"],
            "private_dns": False,
            "client": _CLIENT,
        },
        elsewhere=frozenset({"subnet_ids", "security_group_ids", "repair", "clients"}),
    ),
    Constructor(make=_closed(vpc.InterfaceEndpoint.describe), arguments={"endpoint_id": "vpce-1", "client": _CLIENT}),
    Constructor(make=_closed(vpc.InterfaceEndpoint.find), arguments={"vpc_id": "vpc-1", "client": _CLIENT}),
    Constructor(make=_closed(vpc.InterfaceEndpoint.delete), arguments={"endpoint_id": "vpce-1", "client": _CLIENT}),
)
