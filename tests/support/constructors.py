"""Public constructors with options, each with arguments that it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import wsclient
from tests.support.wrong_kinds import a_function
from wsclient import credentials, endpoints, fleet, policy, progress, retries, telemetry, testing, types, waiters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEYS: Final = wsclient.Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
CLIENT: Final = {"region": "us-west-2", "credentials": KEYS}
ROLE: Final = "arn:aws:iam::123456789012:role/example"


@dataclass(frozen=True, kw_only=True)
class Constructor:
    """Constructor or function with options, and arguments that it needs.

    annotations replace those of options whose values the annotation does not describe fully; elsewhere are parameters
    that other tests try.
    """

    make: Callable[..., object]
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    elsewhere: frozenset[str] = frozenset()


def label(case: Constructor) -> str:
    """Return the name under which a constructor's options are known: that of the class that defines it."""
    make = case.make.__init__ if isinstance(case.make, type) else case.make  # type: ignore[misc]  # a class
    return make.__qualname__.removesuffix(".__init__")


_TRANSPORT: Final = frozenset({"transport"})
_FLEET: Final = fleet.Fleet(regions=["us-west-2"], accounts={"one": KEYS})
_ACTIONS: Final[dict[str, dict[str, object]]] = {
    **{action: {} for action in ("stop", "start", "reboot", "rebuild", "restore", "terminate")},
    "migrate": {"bundle_id": "wsb-0123456789"},
    "modify": {"properties": types.WorkspaceProperties(running_mode="AUTO_STOP")},
    "set_state": {"state": "AVAILABLE"},
    "tag": {"tags": {"team": "red"}},
    "untag": {"keys": ["team"]},
}
"""Actions of a fleet, with the parameters of their own."""

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
    Constructor(make=credentials.ChainProvider, arguments={"providers": []}, elsewhere=frozenset({"surroundings"})),
    Constructor(
        make=credentials.default_chain,
        arguments={"environ": {}},
        annotations={"runner": "Callable | None"},
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
)
