"""Table of a client's options: type, default, check and description of each.

The constructor, types such as ClientOptions and the reference are generated from it (python -m wsclient._codegen), and
the constructor, with_options(), fleets, audits and the emulator's clients check their options by it.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final, Literal, cast

import msgspec

from wsclient._core.http import TIMEOUT_KIND
from wsclient._core.lazy_imports import LazyModule
from wsclient._core.value_kinds import (
    ACCOUNT_ID,
    ANYTHING,
    BOOL,
    CALLBACK,
    NAME,
    TEXT,
    Kind,
    converted,
    either,
    instance_of,
    one_of,
    optional,
    satisfies,
    secret,
    whole_number,
)
from wsclient.config._client_config import ClientConfig
from wsclient.endpoints._private_link import PRIVATE_DNS_KIND, VPC_ENDPOINT_KIND
from wsclient.pacing._pace import PACE_KIND
from wsclient.retries._policy import RetryPolicy
from wsclient.tls._policy import TLSPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.endpoints import _routing as routing
else:
    routing = LazyModule("wsclient.endpoints._routing")

Taker = Literal["fleet", "emulator"]
"""What passes options on to clients, without those that it sets itself."""


class ClientOption(msgspec.Struct, frozen=True):
    """Option of a client: its type and default as source text, the kind of its values, and its description."""

    name: str
    annotation: str
    kind: Kind
    description: str
    default: str = "None"
    checked_annotation: str | None = None
    """Type after the check, for an option whose values it converts."""
    is_call_option: bool = False
    """Whether the option affects neither endpoint nor credentials: a copy that changes it shares all connections."""
    replaced_by: Mapping[Taker, str] = {}
    """What to use instead, by what does not take the option."""


_PROXY_URL: Final = satisfies("a URL such as 'http://proxy.example.com:3128'", lambda value: isinstance(value, str))
_TLS: Final = either(
    "a TLSPolicy, an ssl.SSLContext or the path of a CA file",
    instance_of(TLSPolicy, ssl.SSLContext, expected=""),
    converted(
        satisfies("", lambda value: isinstance(value, str) or hasattr(value, "__fspath__")),
        lambda value: TLSPolicy(ca_file=cast("str", value)),
    ),
)

OPTIONS: Final = (
    ClientOption(
        "region",
        "str | None",
        optional(TEXT),
        'AWS region, for example "us-west-2"; selects the host name and the region of signatures.',
        replaced_by={"fleet": 'pass regions=, as in regions=["us-west-2"]'},
    ),
    ClientOption(
        "endpoint_url",
        "str | None",
        optional(TEXT),
        "URL to call instead of AWS's endpoint; https only, unless allow_http permits http.",
    ),
    ClientOption(
        "vpc_endpoint",
        "str | VpcEndpoint | None",
        optional(VPC_ENDPOINT_KIND),
        "interface VPC endpoint (AWS PrivateLink): the first label of its DNS name, the id with a suffix, as in "
        '"vpce-0123456789abcdef0-1a2b3c4d", or a VpcEndpoint.',
    ),
    ClientOption(
        "private_dns",
        "bool | PrivateDns | None",
        optional(PRIVATE_DNS_KIND),
        "True or a PrivateDns: call the regional host name only while it resolves to private addresses.",
    ),
    ClientOption(
        "use_fips",
        "bool | None",
        optional(BOOL),
        "True to use a FIPS endpoint. Default: AWS_USE_FIPS_ENDPOINT or the profile, else False.",
    ),
    ClientOption(
        "use_dualstack",
        "bool | None",
        optional(BOOL),
        "True to use a dual-stack (IPv4 and IPv6) endpoint. Default: AWS_USE_DUALSTACK_ENDPOINT or the profile, else "
        "False.",
    ),
    ClientOption(
        "allow_unlisted",
        "bool",
        BOOL,
        "True to allow regions for which AWS lists no endpoint of the requested type. Default: False.",
        default="False",
    ),
    ClientOption(
        "allow_http",
        "bool",
        BOOL,
        "True to permit plain http to loopback, private addresses and single-label hosts. Default: False.",
        default="False",
    ),
    ClientOption(
        "sts",
        "routing.StsRouting | None",
        optional(
            satisfies(
                'a StsRouting, such as StsRouting(vpc_endpoint="vpce-...")',
                lambda value: isinstance(value, routing.StsRouting),
            )
        ),
        "StsRouting, the endpoint of the STS calls that fetch or check credentials. Default: as for this client, but "
        "without its vpc_endpoint, private_dns and endpoint_url.",
    ),
    ClientOption(
        "profile",
        "str | None",
        optional(NAME),
        "profile of the AWS config and credentials files; takes precedence over keys in the environment.",
        replaced_by={
            "fleet": 'pass profiles=, as in profiles=["prod"]',
            "emulator": "a client of the emulator reads no AWS files; pass credentials= and region= instead",
        },
    ),
    ClientOption(
        "credentials",
        "Credentials | sts_types.Credentials | CredentialsProvider | BotocoreSession | None",
        secret(ANYTHING),
        "Credentials, those of an STS response, a CredentialsProvider, or a boto3 or botocore session. Default: the "
        "default provider chain.",
        replaced_by={"fleet": 'pass accounts=, as in accounts={"prod": provider}, or profiles='},
    ),
    ClientOption(
        "expected_account",
        "str | None",
        optional(ACCOUNT_ID),
        "account id of 12 digits. Credentials of any other account raise CredentialsError before a request is sent. "
        "STS is called once for each access key; account ids from settings are no proof.",
    ),
    ClientOption(
        "read_only",
        "bool",
        BOOL,
        "True to reject every operation that may change something, before it is sent. Default: False.",
        default="False",
        is_call_option=True,
    ),
    ClientOption(
        "retry",
        "RetryPolicy | None",
        optional(instance_of(RetryPolicy, expected="a RetryPolicy, such as RetryPolicy(max_attempts=3)")),
        "RetryPolicy. Default: from the configuration, else standard mode with 3 attempts per call.",
        is_call_option=True,
    ),
    ClientOption(
        "pace",
        'Pace | float | Literal["auto"] | None',
        PACE_KIND,
        'rate limit, shared by all clients of the process with the same account and region. "auto" (default) applies '
        "no limit until AWS throttles a call, then learns the rate; a Pace is a fixed rate, in calls per second, from "
        "the first call on, and a number is the rate of a Pace; None applies no limit.",
        default='"auto"',
        checked_annotation='Pace | Literal["auto"] | None',
        is_call_option=True,
    ),
    ClientOption(
        "priority",
        "Priority",
        one_of("interactive", "background"),
        '"interactive" (default), or "background" to let interactive calls of the same account and region go first, '
        "for up to 30 seconds, while calls wait for the rate limit.",
        default='"interactive"',
        is_call_option=True,
    ),
    ClientOption(
        "tls",
        "TLSPolicy | ssl.SSLContext | str | PathLike[str] | None",
        optional(_TLS),
        "TLSPolicy, or an ssl.SSLContext, which is checked against the default policy, or the path of a CA file, "
        "which means TLSPolicy(ca_file=...). Default: TLSPolicy().",
        checked_annotation="TLSPolicy | ssl.SSLContext | None",
    ),
    ClientOption(
        "timeout",
        "Timeout | float | None",
        optional(TIMEOUT_KIND),
        "Timeout, in seconds for each phase, or a number of seconds for each phase: Timeout(connect=n, read=n, "
        "write=n, pool=n), with no limit for total. Default: connect=5, read=60, write=30, and no limit for pool and "
        "total.",
        checked_annotation="Timeout | None",
        is_call_option=True,
    ),
    ClientOption(
        "max_connections",
        "int | None",
        optional(whole_number(1, "number of connections")),
        "open connections to a host on each event loop, or requests at a time over a transport=, at least 1. "
        "Default: 50.",
    ),
    ClientOption(
        "proxy",
        "str | None",
        optional(_PROXY_URL),
        "http or https URL of a proxy, used with CONNECT. Default: HTTPS_PROXY and NO_PROXY.",
    ),
    ClientOption(
        "app_id",
        "str | None",
        optional(TEXT),
        "application name of 1 to 50 characters in the User-Agent header, which CloudTrail records. Default: "
        "AWS_SDK_UA_APP_ID or the profile.",
    ),
    ClientOption(
        "middleware",
        "Sequence[middlewares.Middleware]",
        ANYTHING,
        "async functions around each attempt, the first outermost; see wsclient.middleware. Default: none.",
        default="()",
        is_call_option=True,
    ),
    ClientOption(
        "telemetry",
        "instrumentation.Instrumentation | None",
        optional(
            satisfies("a wsclient.telemetry.OpenTelemetry()", lambda value: callable(getattr(value, "watch", None)))
        ),
        "wsclient.telemetry.OpenTelemetry, for spans and metrics. Default: no telemetry.",
        is_call_option=True,
    ),
    ClientOption(
        "on_retry",
        "Callable[[RetryEvent], None] | None",
        optional(CALLBACK),
        "function called with a RetryEvent before the delay of each retry. Its exception ends the call; one of "
        "Python's own classes becomes a MiddlewareError.",
        is_call_option=True,
    ),
    ClientOption(
        "transport",
        "AsyncTransport | None",
        ANYTHING,
        "asynchronous transport of httpx or httpx2 (AsyncBaseTransport) that sends the requests instead of wsclient's "
        "own connections; excludes tls and proxy. The TLS of a stock AsyncHTTPTransport is checked, that of any other "
        "transport is the caller's.",
    ),
    ClientOption(
        "config",
        "ClientConfig | None",
        optional(instance_of(ClientConfig, expected="a ClientConfig, such as ClientConfig.load(...)")),
        "ClientConfig loaded before, together with its profile. It alone decides about endpoints, also those of STS "
        "and SSO, TLS and proxy. It holds no secrets: access keys, roles, logins and settings of IMDS still come from "
        "the environment and files of the process, or from credentials=, for example default_chain(environ=...).",
        replaced_by={"fleet": "pass clients of your own, as in over((account, WorkSpacesClient(config=config)), …)"},
    ),
)
"""All options of a client, in the order of the constructor's signature."""

KINDS: Final = {option.name: option.kind for option in OPTIONS}
CALL_OPTIONS: Final = frozenset(option.name for option in OPTIONS if option.is_call_option)
"""Options that affect neither endpoint nor credentials: a copy that changes only these shares all connections."""


def options_for(taker: Taker) -> tuple[ClientOption, ...]:
    """Return the options that a taker passes on."""
    return tuple(option for option in OPTIONS if taker not in option.replaced_by)


def replaced_options(taker: Taker) -> Mapping[str, str]:
    """Return what to use instead of each option that a taker does not take, by name."""
    return {option.name: option.replaced_by[taker] for option in OPTIONS if taker in option.replaced_by}


FLEET_KINDS: Final = {option.name: option.kind for option in options_for("fleet")}
FLEET_HINTS: Final = replaced_options("fleet")
EMULATOR_KINDS: Final = {option.name: option.kind for option in options_for("emulator")}
EMULATOR_HINTS: Final = replaced_options("emulator")
