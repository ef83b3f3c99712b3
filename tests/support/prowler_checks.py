"""Run Prowler's checks of WorkSpaces and RADIUS against an emulated account: prints status by check and resource.

Arguments: URL, file of the certificate authority, access key id, secret, account, region. Runs in an environment that
has Prowler; its provider is replaced by one whose clients call the URL.
"""

import json
import sys
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3

SERVICES = "prowler.providers.aws.services"
CHECKS = {
    "workspaces": ("workspaces_volume_encryption_enabled", "workspaces_vpc_2private_1public_subnets_nat"),
    "directoryservice": (
        "directoryservice_supported_mfa_radius_enabled",
        "directoryservice_radius_server_security_protocol",
    ),
}


def main(url: str, ca_file: str, key: str, secret: str, account: str, region: str) -> None:
    """Print a JSON object of check, resource and status."""
    session: Any = boto3.Session(key, secret, region_name=region)
    make = session.client

    def client(service: str, region_name: str | None = None, **_: object) -> object:
        made: Any = make(service, region_name=region_name or region, endpoint_url=url, verify=ca_file)
        made.region = region
        return made

    session.client = client
    provider = SimpleNamespace(
        identity=SimpleNamespace(account=account, account_arn=f"arn:aws:iam::{account}:root", partition="aws"),
        audit_resources=None,
        audit_metadata=SimpleNamespace(expected_checks=[]),
        audit_config={},
        fixer_config={},
        scan_unused_services=True,
        session=SimpleNamespace(current_session=session),
        generate_regional_clients=lambda service: {region: client(service)},
        get_default_region=lambda *_, **__: region,
    )
    found: dict[str, dict[str, str]] = {}
    shared = import_module("prowler.providers.common.provider").Provider
    with mock.patch.object(shared, "get_global_provider", return_value=provider):
        for service, names in CHECKS.items():
            for name in names:
                check = getattr(import_module(f"{SERVICES}.{service}.{name}.{name}"), name)
                found[name] = {report.resource_id: report.status for report in check().execute()}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
