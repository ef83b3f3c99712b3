"""wsclient against a service that is not ours: moto's standalone server."""

import asyncio
from collections.abc import Iterator

import pytest

import wsclient
from tests.support.moto_server import moto_directory, moto_server
from wsclient import types
from wsclient._client.operations.ds import DsOperations
from wsclient._client.operations.ec2 import Ec2Operations
from wsclient._client.operations.iam import IamOperations
from wsclient._client.other_service_clients import side_client
from wsclient._generated.ec2 import enums as t
from wsclient._generated.ec2 import structures as s
from wsclient.endpoints import Reach, ServiceRouting
from wsclient.errors import ServiceError

REGION = "us-east-1"

ENVIRONMENT = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="us-east-1")
KEYS = wsclient.Credentials("AKIDEXAMPLE", "secret")


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    """Run moto's server in a process of its own."""
    with moto_server() as url:
        yield url


def test_workspace_lifecycle_against_moto(moto_url: str) -> None:
    """A directory is registered, a WorkSpace created, listed and tagged, by a service that wsclient did not write."""

    async def main() -> None:
        client = wsclient.WorkSpacesClient(
            endpoint_url=moto_url,
            allow_http=True,
            credentials=KEYS,
            config=ENVIRONMENT,
            timeout=wsclient.Timeout(read=30),
        )
        assert client.endpoint.insecure
        async with client as ws:
            directory = await asyncio.to_thread(moto_directory, moto_url, "us-east-1")
            await ws.register_workspace_directory(directory_id=directory, enable_self_service=False)
            request = types.WorkspaceRequest(
                directory_id=directory,
                user_name="jane",
                bundle_id="wsb-bh8rsxt14",
                tags=[types.Tag(key="a", value="b")],
            )
            created = (await ws.create_workspaces(workspaces=[request])).raise_for_failures()
            workspace_id = created.pending_requests[0].workspace_id or ""
            listed = await ws.describe_workspaces(directory_id=directory).collect()
            assert [workspace.workspace_id for workspace in listed] == [workspace_id]
            assert listed[0].user_name == "jane"
            await ws.create_tags(resource_id=workspace_id, tags=[types.Tag(key="team", value="blue")])
            tags = (await ws.describe_tags(resource_id=workspace_id)).tag_list
            assert {tag.key: tag.value for tag in tags} == {"a": "b", "team": "blue"}
            gone = await ws.terminate_workspaces(
                terminate_workspace_requests=[types.TerminateRequest(workspace_id=workspace_id)]
            )
            assert gone.failed_requests == []
            assert await ws.describe_workspaces(directory_id=directory).collect() == []

    asyncio.run(main())


def test_ec2_requests_and_responses_against_moto(moto_url: str) -> None:
    """Every operation on networks and endpoints is sent and read as a service that wsclient did not write does it.

    moto creates a second endpoint for the same token, creates on DryRun and ignores private DNS: these aren't tested.
    """
    directory = moto_directory(moto_url, REGION)
    routing = ServiceRouting(endpoint_url=moto_url)

    async def main() -> None:
        ws = wsclient.WorkSpacesClient(credentials=KEYS, config=ENVIRONMENT, endpoint_url=moto_url, allow_http=True)
        reach = Reach(ec2=routing, ds=routing, iam=routing)
        async with ws, side_client(ws, Ec2Operations, reach) as ec2:
            vpc = (await ec2.describe_vpcs().collect())[0].vpc_id or ""
            by_vpc = [s.Filter(name="vpc-id", values=[vpc])]
            subnets = await ec2.describe_subnets(filters=by_vpc).collect()
            group = (await ec2.describe_security_groups(filters=by_vpc).collect())[0].group_id or ""
            attribute = await ec2.describe_vpc_attribute(attribute=t.VpcAttributeName.ENABLEDNSSUPPORT, vpc_id=vpc)
            assert attribute.enable_dns_support is not None
            assert attribute.enable_dns_support.value is True
            tables = await ec2.describe_route_tables(filters=by_vpc).collect()
            assert any(each.main for table in tables for each in table.associations)
            service = f"com.amazonaws.{REGION}.workspaces"
            tags = [s.TagSpecification(resource_type=t.ResourceType.VPC_ENDPOINT, tags=[s.Tag(key="a", value="b")])]
            created = await ec2.create_vpc_endpoint(
                vpc_endpoint_type=t.VpcEndpointType.INTERFACE,
                vpc_id=vpc,
                service_name=service,
                subnet_ids=[subnets[0].subnet_id or ""],
                security_group_ids=[group],
                private_dns_enabled=False,
                tag_specifications=tags,
            )
            endpoint_id = created.vpc_endpoint.vpc_endpoint_id if created.vpc_endpoint else None
            assert endpoint_id is not None
            (found,) = await ec2.describe_vpc_endpoints(vpc_endpoint_ids=[endpoint_id]).collect()
            assert (found.vpc_id, found.service_name, found.subnet_ids) == (vpc, service, [subnets[0].subnet_id])
            assert [(tag.key, tag.value) for tag in found.tags] == [("a", "b")]
            assert (await ec2.modify_vpc_endpoint(vpc_endpoint_id=endpoint_id, policy_document="{}")).return_ is True
            await ec2.create_tags(resources=[endpoint_id], tags=[s.Tag(key="c", value="d")])
            deleted = await ec2.delete_vpc_endpoints(vpc_endpoint_ids=[endpoint_id])
            assert deleted.unsuccessful == []
            assert await ec2.describe_nat_gateways().collect() == []
            assert isinstance(await ec2.describe_network_interfaces(max_results=5).collect(), list)
            names = await ec2.describe_vpc_endpoint_services(max_results=1000).first_page()
            assert service in names.service_names or names.service_names
            with pytest.raises(ServiceError) as caught:
                await ec2.describe_subnets(subnet_ids=["subnet-0"]).collect()
            assert (caught.value.code, caught.value.is_from_aws) == ("InvalidSubnetID.NotFound", True)
        async with ws, side_client(ws, DsOperations, reach) as ds, side_client(ws, IamOperations, reach) as iam:
            descriptions = await ds.describe_directories().collect()
            assert directory in [each.directory_id for each in descriptions]
            details = await iam.get_account_authorization_details()
            assert details.is_truncated is False

    asyncio.run(main())
