"""Script that ensures an interface endpoint at an emulator, run as several concurrent processes.

python -m tests.support.endpoint_process URL CA_FILE KEY SECRET VPC GROUP    prints the endpoint's id
"""

from __future__ import annotations

import asyncio
import sys

import wsclient
from wsclient.endpoints import Reach, ServiceRouting
from wsclient.vpc import InterfaceEndpoint


async def main(url: str, ca_file: str, key: str, secret: str, vpc_id: str, group_id: str) -> str:
    """Plan after a line of input, run, and return the endpoint's id."""
    routing = ServiceRouting(endpoint_url=url)
    client = wsclient.WorkSpacesClient(
        region="us-west-2",
        endpoint_url=url,
        credentials=wsclient.Credentials(key, secret),
        sts=wsclient.StsRouting(endpoint_url=url),
        tls=wsclient.TLSPolicy(ca_file=ca_file),
    )
    async with client:
        plan = await InterfaceEndpoint.ensure(
            vpc_id=vpc_id,
            subnet_ids="auto",
            security_group_ids=[group_id],
            private_dns=True,
            client=client,
            reach=Reach(ec2=routing),
        )
        sys.stdout.write("planned\n")
        sys.stdout.flush()
        sys.stdin.readline()
        return (await plan.run()).id


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(main(*sys.argv[1:])))
