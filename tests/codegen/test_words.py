"""Words of operations, parameters and members: there for all, in the package's own words, and where people see them."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import pytest
from botocore.loaders import Loader

import wsclient
from wsclient._codegen.model import load_model
from wsclient._codegen.names import class_name, member_name
from wsclient._codegen.words import MEMBERS, OPERATIONS, PARAMETERS

CLIENTS: dict[str, type[Any]] = {"workspaces": wsclient.WorkSpacesClient, "sts": wsclient.StsClient}
MODELS = {name: load_model(name) for name in CLIENTS}
METHODS = [(name, operation) for name, model in MODELS.items() for operation in model.document.operations]


@pytest.mark.parametrize(("service", "operation"), METHODS)
def test_method_docstrings_describe_operation_and_parameters(service: str, operation: str) -> None:
    """Its docstring begins with the words of the operation; each parameter has words, and its limits behind them."""
    docstring = inspect.getdoc(getattr(CLIENTS[service], member_name(operation))) or ""
    own = operation in {"AssociateIpGroups", "RevokeIpRules", "UpdateRulesOfIpGroup"}
    assert own or docstring.startswith(f"{OPERATIONS[operation]}.\n")
    model = MODELS[service].document
    shape = model.operations[operation].input
    for member in model.shapes[shape.shape].members if shape else ():
        words = PARAMETERS.get(f"{operation}.{member}") or PARAMETERS[member]
        assert own or f"    {member_name(member)}: {words}; " in docstring


def test_every_description_belongs_to_a_model_member() -> None:
    """Each entry is an operation, a parameter or a member of the models; none is left over."""
    operations = {operation: model for model in MODELS.values() for operation in model.document.operations}
    assert OPERATIONS.keys() == operations.keys()
    inputs: dict[str, set[str]] = {}
    for operation, model in operations.items():
        shape = model.document.operations[operation].input
        inputs[operation] = set(model.document.shapes[shape.shape].members) if shape else set()
    names = {name for members in inputs.values() for name in members}
    assert {name for name in PARAMETERS if "." not in name} == names
    dotted = [name.split(".") for name in PARAMETERS if "." in name]
    assert all(member in inputs[operation] for operation, member in dotted)
    shapes = [shape for model in MODELS.values() for shape in model.document.shapes.items()]
    members = {f"{class_name(name)}.{member}" for name, shape in shapes for member in shape.members}
    assert MEMBERS.keys() <= members
    assert len(MEMBERS) >= 100


def test_descriptions_copy_no_sentence_of_the_aws_models() -> None:
    """No words are in the documentation of AWS's models; a few names of things are shorter than a sentence."""
    loader: Any = Loader()
    documents = [json.dumps(loader.load_service_model(name, "service-2")) for name in CLIENTS]
    reference = re.sub(r"<[^>]+>|\s+", " ", " ".join(documents)).lower()
    for words in [*OPERATIONS.values(), *PARAMETERS.values(), *MEMBERS.values()]:
        assert words.count(" ") < 5 or words.lower().rstrip(".") not in reference, words
