"""The contributor's page agrees with README, with the steps of .ci/run and with the workflow that calls them."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def _commands(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)


def test_contributing_uses_the_command_of_readme() -> None:
    """The one command of CONTRIBUTING is README's second, letter for letter."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert _commands(CONTRIBUTING) == _commands(readme)[1:2]


def test_ci_steps_equal_the_documented_steps() -> None:
    """The steps of .ci/run are those in the table of CONTRIBUTING and those of the workflow, in the same order."""
    (listed,) = re.findall(r'^all_steps="(.*)"$', RUN, re.MULTILINE)
    (rest,) = re.findall(r'^other_steps="(.*)"$', RUN, re.MULTILINE)
    steps = listed.split()
    assert sorted(re.findall(r"^step_(\w+)\(\)", RUN, re.MULTILINE)) == sorted([*steps, *rest.split()])
    assert re.findall(r"^\| `(\w+)` \|", CONTRIBUTING, re.MULTILINE) == steps
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert re.findall(r"\.ci/run (\w+)$", workflow, re.MULTILINE) == steps


def test_workflow_checks_the_newest_model_weekly() -> None:
    """The workflow has a schedule, and on it a job that compares the generated code with the newest botocore."""
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert re.search(r"^  schedule:\n    - cron: \"\d+ \d+ \* \* 1\"", workflow, re.MULTILINE)
    job = workflow.partition("\n  model:\n")[2].partition("\n  checks:\n")[0]
    assert "github.event_name == 'schedule'" in job
    assert ".ci/run newest" in job
    assert "`.ci/run newest`" in CONTRIBUTING


def test_workflow_tests_every_supported_python() -> None:
    """The classifiers' versions of Python are those of the workflow's matrix; 3.14 is among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    (tested,) = re.findall(r"^        python: \[(.*)\]$", workflow, re.MULTILINE)
    assert re.findall(r"3\.\d+", tested) == promised
    assert "3.14" in promised


def test_paths_of_contributing_exist() -> None:
    """Each file or folder that CONTRIBUTING names is in the checkout."""
    named = re.findall(r"`((?:wsclient|tests|docs|examples)/[\w/.]+)`", CONTRIBUTING)
    assert len(named) > 15
    assert [path for path in named if "NAME" not in path and not (ROOT / path).exists()] == []
