"""Typed async Python SDK for the Amazon WorkSpaces API.

    import wsclient

    async with wsclient.WorkSpacesClient(region="us-west-2") as ws:
        async for workspace in ws.describe_workspaces():
            print(workspace.workspace_id, workspace.state)

Clients:      WorkSpacesClient, StsClient, Paginator
Credentials:  Credentials, CredentialsProvider, Identity, and the providers in wsclient.credentials
Endpoints:    VpcEndpoint, PrivateDns, StsRouting, Endpoint, EndpointKind, EndpointParameters, resolve_endpoint
Options:      RetryPolicy, RetryEvent, Pace, PaceState, Timeout, TLSPolicy, NegotiatedTLS, ClientConfig, ClientOptions
Data types:   wsclient.types (structures and enumerations), wsclient.errors (every error)
Middleware:   wsclient.middleware (functions that wrap each attempt), wsclient.telemetry (OpenTelemetry)
Waiters:      wait_until_… methods of WorkSpacesClient; wsclient.waiters (their arguments and results)
Fleets:       wsclient.fleet (inventory and bulk actions across accounts and regions)
Audits:       wsclient.audit (checks of accounts against AWS's security page and the CIS benchmark)
Networks:     wsclient.vpc (find, create and verify the interface endpoint of a VPC)
Tables:       wsclient.tables (data frames and HTML; extras wsclient[pandas], wsclient[polars])
Notebooks:    wsclient.progress (progress bars), wsclient.plots (plots of a fleet; extra wsclient[notebook])
Policies:     wsclient.policy (build, lint and evaluate IAM and VPC endpoint policies)
Signing:      wsclient.signing.SigV4Signer
Tests:        wsclient.testing (a local WorkSpaces and STS service; extra wsclient[testing])
Command line: wsclient doctor, audit, endpoints, endpoint (extra wsclient[cli])
"""

import sys
from typing import TYPE_CHECKING

from wsclient._core.lazy_imports import lazy_exports
from wsclient._version import __version__

if TYPE_CHECKING:
    from wsclient import (
        audit,
        config,
        credentials,
        endpoints,
        errors,
        fleet,
        middleware,
        pacing,
        plots,
        policy,
        progress,
        retries,
        signing,
        sts,
        tables,
        telemetry,
        testing,
        tls,
        types,
        vpc,
        waiters,
        workspaces,
    )
    from wsclient._client.account_guard import Identity
    from wsclient._client.client_options import ClientOptions
    from wsclient._client.pagination import Paginator
    from wsclient._core.http import Timeout
    from wsclient.config import ClientConfig
    from wsclient.credentials import Credentials, CredentialsProvider
    from wsclient.endpoints import (
        Endpoint,
        EndpointKind,
        EndpointParameters,
        PrivateDns,
        StsRouting,
        VpcEndpoint,
        resolve_endpoint,
    )
    from wsclient.errors import WsclientError
    from wsclient.pacing import Pace, PaceState
    from wsclient.retries import RetryEvent, RetryPolicy
    from wsclient.signing import SigV4Signer
    from wsclient.sts import StsClient
    from wsclient.tls import NegotiatedTLS, TLSPolicy
    from wsclient.workspaces import WorkSpacesClient
else:
    # On first use, so that the pytest plugin, which pytest imports in every project that has wsclient installed, costs
    # a test run nothing.
    __getattr__, __dir__ = lazy_exports(
        __name__,
        "wsclient._client.account_guard:Identity",
        "wsclient._client.client_options:ClientOptions",
        "wsclient._client.pagination:Paginator",
        "wsclient._core.http:Timeout",
        "wsclient.config:ClientConfig",
        "wsclient.credentials:Credentials",
        "wsclient.credentials:CredentialsProvider",
        "wsclient.endpoints:Endpoint",
        "wsclient.endpoints:EndpointKind",
        "wsclient.endpoints:EndpointParameters",
        "wsclient.endpoints:PrivateDns",
        "wsclient.endpoints:StsRouting",
        "wsclient.endpoints:VpcEndpoint",
        "wsclient.endpoints:resolve_endpoint",
        "wsclient.errors:WsclientError",
        "wsclient.pacing:Pace",
        "wsclient.pacing:PaceState",
        "wsclient.retries:RetryEvent",
        "wsclient.retries:RetryPolicy",
        "wsclient.signing:SigV4Signer",
        "wsclient.sts:StsClient",
        "wsclient.tls:NegotiatedTLS",
        "wsclient.tls:TLSPolicy",
        "wsclient.workspaces:WorkSpacesClient",
        audit="wsclient.audit",
        config="wsclient.config",
        credentials="wsclient.credentials",
        endpoints="wsclient.endpoints",
        errors="wsclient.errors",
        fleet="wsclient.fleet",
        middleware="wsclient.middleware",
        pacing="wsclient.pacing",
        plots="wsclient.plots",
        policy="wsclient.policy",
        progress="wsclient.progress",
        retries="wsclient.retries",
        signing="wsclient.signing",
        sts="wsclient.sts",
        tables="wsclient.tables",
        telemetry="wsclient.telemetry",
        testing="wsclient.testing",
        tls="wsclient.tls",
        types="wsclient.types",
        vpc="wsclient.vpc",
        waiters="wsclient.waiters",
        workspaces="wsclient.workspaces",
    )

if "IPython" in sys.modules:
    from wsclient._core.tables.notebooks import register_lists

    register_lists()

__all__ = [
    "ClientConfig",
    "ClientOptions",
    "Credentials",
    "CredentialsProvider",
    "Endpoint",
    "EndpointKind",
    "EndpointParameters",
    "Identity",
    "NegotiatedTLS",
    "Pace",
    "PaceState",
    "Paginator",
    "PrivateDns",
    "RetryEvent",
    "RetryPolicy",
    "SigV4Signer",
    "StsClient",
    "StsRouting",
    "TLSPolicy",
    "Timeout",
    "VpcEndpoint",
    "WorkSpacesClient",
    "WsclientError",
    "__version__",
    "audit",
    "config",
    "credentials",
    "endpoints",
    "errors",
    "fleet",
    "middleware",
    "pacing",
    "plots",
    "policy",
    "progress",
    "resolve_endpoint",
    "retries",
    "signing",
    "sts",
    "tables",
    "telemetry",
    "testing",
    "tls",
    "types",
    "vpc",
    "waiters",
    "workspaces",
]
