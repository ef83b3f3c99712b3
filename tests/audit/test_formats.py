"""ASFF, OCSF and JUnit of a report: valid against what others publish, with every finding, and hostile names inert."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, cast

import botocore.loaders
import botocore.model
import botocore.validate
import jsonschema
import pytest
from hypothesis import given
from ocsf_json_schema import (  # type: ignore[import-untyped]
    OcsfJsonSchemaEmbedded,
    get_ocsf_schema,
)

from tests.audit.reports import NOW, exception, finding, report, reports, unknown
from tests.support.loops import on_a_loop
from wsclient.audit import AuditReport, CheckCount, ExceptionKind, Outcome, Reason
from wsclient.audit._render.junit import junit_parts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def security_hub() -> botocore.model.Shape:
    """Return the input of BatchImportFindings in AWS's model."""
    model = botocore.loaders.Loader().load_service_model("securityhub", "service-2")
    shape = botocore.model.ServiceModel(model).operation_model("BatchImportFindings").input_shape
    assert shape is not None
    return cast("botocore.model.Shape", shape)


@pytest.fixture(scope="module")
def ocsf() -> jsonschema.Draft202012Validator:
    """Return a validator of the class Compliance Finding with the profile cloud, in OCSF 1.6.0."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.6.0"))
    return jsonschema.Draft202012Validator(schema.get_class_schema(class_name="compliance_finding", profiles=["cloud"]))


@given(reports())
def test_asff_passes_the_validation_of_security_hub(security_hub: botocore.model.Shape, made: AuditReport) -> None:
    """Every finding is there; botocore's validator finds no fault, and the lengths of the page hold."""
    found = made.to_asff()
    if found:  # the call takes at least one
        errors = botocore.validate.ParamValidator().validate({"Findings": found}, security_hub)
        assert not errors.has_errors(), errors.generate_report()
    assert len(found) == len(made.findings)
    for each in found:
        limits = {"Id": 512, "Title": 256, "Description": 1024, "GeneratorId": 512}
        assert all(0 < len(str(each[name]).strip()) <= limit for name, limit in limits.items())
        assert len(str(each["AwsAccountId"])) == 12
        assert len(json.dumps(each)) < 240_000
        assert _is_visible(each)


def test_asff_status_of_each_outcome() -> None:
    """Unknown is a warning with the reason, and never PASSED; an exception suppresses."""
    marked = report(
        finding(first_seen=NOW.replace(year=2025)), unknown(), finding(outcome=Outcome.PASS), finding("data.key")
    ).with_exceptions([exception("data.key")])
    failed, undecided, passed, accepted = marked.to_asff()
    assert [each["Compliance"] for each in (failed, passed)] == [{"Status": "FAILED"}, {"Status": "PASSED"}]
    reasons = [{"ReasonCode": "DECIDED_ELSEWHERE", "Description": "it is so"}]
    assert undecided["Compliance"] == {"Status": "WARNING", "StatusReasons": reasons}
    assert (failed["CreatedAt"], failed["UpdatedAt"]) == ("2025-11-28T12:00:00Z", "2026-11-28T12:00:00Z")
    assert (failed["Workflow"], accepted["Workflow"]) == ({"Status": "NEW"}, {"Status": "SUPPRESSED"})
    assert failed["ProductArn"] == "arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default"


@on_a_loop
async def test_asff_files_hold_100_findings_each(tmp_path: Path) -> None:
    """Three files for 201 findings; a folder that has files is refused."""
    made = report(*[finding() for _ in range(201)])
    paths = await made.write_asff(tmp_path / "asff")
    assert [len(json.loads(path.read_text(encoding="utf-8"))) for path in paths] == [100, 100, 1]
    assert [path.name for path in paths] == ["findings-0001.json", "findings-0002.json", "findings-0003.json"]
    with pytest.raises(FileExistsError):
        await made.write_asff(tmp_path / "asff")


@given(reports())
def test_ocsf_is_valid_against_the_published_schema(ocsf: jsonschema.Draft202012Validator, made: AuditReport) -> None:
    """Every finding is an event of the class Compliance Finding of OCSF 1.6.0."""
    events = made.to_ocsf()
    assert len(events) == len(made.findings)
    for event in events:
        ocsf.validate(event)
        assert _is_visible(event)


def test_ocsf_status_of_each_outcome() -> None:
    """The numbers of the schema: Pass 1, Fail 3, Unknown 0, anything else 99; an update has an earlier time."""
    outcomes = [finding(outcome=Outcome.PASS), finding(), unknown(), finding(outcome=Outcome.NOT_APPLICABLE)]
    events = report(*outcomes, finding(first_seen=NOW.replace(year=2025))).to_ocsf()
    assert [event["compliance"]["status_id"] for event in events] == [1, 3, 0, 99, 3]  # type: ignore[index]
    assert [event["type_uid"] for event in events] == [200301] * 4 + [200302]


@on_a_loop
async def test_ocsf_file_is_a_json_list(tmp_path: Path) -> None:
    """The file is a JSON list of the events, an empty one too."""
    for made in (report(), report(finding(), unknown())):
        path = await made.write_ocsf(tmp_path / "ocsf.json")
        assert json.loads(path.read_text(encoding="utf-8")) == made.to_ocsf()


@given(reports())
def test_junit_is_well_formed_and_has_every_finding(made: AuditReport) -> None:
    """The totals of each suite are its cases, whatever AWS names things."""
    root = ET.fromstring("".join(junit_parts(made)))
    assert len(root.findall(".//testcase")) == len(made.findings)
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite)
        assert int(suite.get("failures", "")) == len(suite.findall("./testcase/failure"))
        assert int(suite.get("skipped", "")) == len(suite.findall("./testcase/skipped"))
    assert len(root.findall(".//failure")) == len(made.failures())


def test_junit_counts_dropped_passes_and_strict_makes_unknown_an_error() -> None:
    """Passes are a case a check; unknown is skipped, or an error unless it is attested."""
    made = report(unknown(), unknown("monitoring.access_events", Reason.NO_API))
    site = made.sites[0].site
    counted = CheckCount(check="access.web", site=site, outcome=Outcome.PASS, count=3)
    marked = report(*made.findings, check_counts=(*made.check_counts, counted)).with_exceptions(
        [exception("image.hardening", kind=ExceptionKind.ATTESTATION)]
    )
    lenient, strict = (ET.fromstring("".join(junit_parts(marked, fail_on_unknown=each))) for each in (False, True))
    assert [case.get("name") for case in lenient.iter("testcase") if not len(case)] == ["3 resources"]
    assert (len(lenient.findall(".//skipped")), len(lenient.findall(".//error"))) == (2, 0)
    assert (len(strict.findall(".//skipped")), len(strict.findall(".//error"))) == (1, 1)


def _is_visible(value: object) -> bool:
    """Return whether a document shows every character: no control, no bidirectional override."""
    if isinstance(value, dict):
        return all(_is_visible(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return all(map(_is_visible, value))
    return not isinstance(value, str) or value.isprintable()
