"""moto's standalone server in a separate process, as an independent service."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.error import URLError

import boto3

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def moto_server() -> Generator[str]:
    """Run the server and yield its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Poll until the server responds, since it has no output when it is ready."""
    for _ in range(100_000):
        assert process.poll() is None, "moto's server ended"
        try:
            urllib.request.urlopen(f"{url}moto-api/", timeout=5).close()
        except (URLError, ConnectionError):
            time.sleep(0.01)
            continue
        return
    raise AssertionError("moto's server never answered")


def moto_directory(url: str, region: str) -> str:
    """Make a directory with boto3, for it is another service's to make, and return its id."""
    settings = {"region_name": region, "endpoint_url": url.rstrip("/")}
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
    ec2 = boto3.client("ec2", **settings, **keys)
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
    vpc = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    ds = boto3.client("ds", **settings, **keys)
    answer = ds.create_directory(
        Name="test.example.com", Password="Password1!", Size="Small", VpcSettings={"VpcId": vpc, "SubnetIds": subnets}
    )
    return str(answer["DirectoryId"])
