"""Screenshots of the documentation: an emulated account is audited, and Chromium takes pictures of the report.

    python -m docs.screenshots
    python -m docs.screenshots --browser /usr/bin/chromium

They are written to docs/pages/assets; the report itself stays in build/audit.html, to look at as a page and in print.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wsclient.audit import Audit, AuditException
from wsclient.fleet import Fleet
from wsclient.testing import Emulator, Route, Rule
from wsclient.types import IpRuleItem, WorkspaceAccessProperties, WorkspaceCreationProperties

if TYPE_CHECKING:
    from wsclient import WorkSpacesClient
    from wsclient.audit import AuditReport

ROOT: Final = Path(__file__).parents[1]
REPORT: Final = ROOT / "build" / "audit.html"
ASSETS: Final = ROOT / "docs" / "pages" / "assets"
FINDING: Final = "network.security_groups"
"""Check that the second picture shows."""
SECONDS: Final = 60


def main() -> None:
    """Write the report, and take the pictures."""
    parser = argparse.ArgumentParser(prog="python -m docs.screenshots", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--browser", default="chromium", help="program of Chromium or Chrome")
    browser: str = parser.parse_args().browser
    REPORT.parent.mkdir(exist_ok=True)
    asyncio.run(_write_report())
    take_picture(browser, REPORT, ASSETS / "audit-summary.png", (1280, 1000))
    part = REPORT.with_name("audit-finding.html")
    part.write_text(only_check(REPORT.read_text(encoding="utf-8"), FINDING), encoding="utf-8")
    take_picture(browser, part, ASSETS / "audit-finding.png", (400, 840))


def take_picture(browser: str, page: Path, picture: Path, size: tuple[int, int]) -> None:
    """Have the browser write a picture of a page in a window of this size."""
    options = ["--headless=new", "--no-sandbox", "--hide-scrollbars", f"--window-size={size[0]},{size[1]}"]
    program = [browser, *options, f"--screenshot={picture}", page.as_uri()]
    subprocess.run(program, check=True, capture_output=True, timeout=SECONDS)


def only_check(document: str, check: str) -> str:
    """Return a report's document with nothing but one check's section."""
    head, _, body = document.partition("<body>")
    section = next(part for part in body.split('<section class="check"') if f"<code>{check}</code></h3>" in part)
    return f"{head}<body><main><section{section.partition('</section>')[0]}</section></main></body></html>"


async def _write_report() -> None:
    report = await example_report()
    await report.write_html(REPORT)


async def example_report() -> AuditReport:
    """Audit an account with 40 WorkSpaces and some faults."""
    with Emulator(region="eu-west-1") as aws:
        aws.add_workspaces(40)
        network, directory_id = aws.network, aws.directory_id
        network.set_directory(directory_id, kind="ADConnector", radius_status="Failed")
        async with aws.client() as workspaces:
            await _set_up(workspaces, directory_id)
            (directory,) = (await workspaces.describe_workspace_directories()).directories
            group_id = directory.workspace_security_group_id or ""
            network.set_rules(group_id, [Rule(sources=("0.0.0.0/1", "128.0.0.0/1"))])
            subnets, internet = network.private_subnet_ids, Route(destination="0.0.0.0/0", target="igw-0a1b2c3d")
            network.add_route_table(network.vpc_id, subnet_ids=subnets[:1], routes=[internet])
            report = await Audit.over(Fleet.over(("prod", workspaces))).run(keep="all")
    until = report.sites[0].ended.date() + timedelta(days=90)
    accepted = AuditException(check="access.web", reason="kiosks", owner="security@example.com", until=until)
    return report.with_exceptions([accepted])


async def _set_up(workspaces: WorkSpacesClient, directory_id: str) -> None:
    group = await workspaces.create_ip_group(group_name="office", user_rules=[IpRuleItem(ip_rule="203.0.113.0/24")])
    await workspaces.associate_ip_groups(directory_id=directory_id, group_ids=[group.group_id or ""])
    await workspaces.modify_workspace_access_properties(
        resource_id=directory_id,
        workspace_access_properties=WorkspaceAccessProperties(device_type_web="ALLOW", device_type_ios="ALLOW"),
    )
    await workspaces.modify_workspace_creation_properties(
        resource_id=directory_id,
        workspace_creation_properties=WorkspaceCreationProperties(
            enable_internet_access=False, user_enabled_as_local_administrator=True, enable_maintenance_mode=True
        ),
    )


if __name__ == "__main__":
    main()
