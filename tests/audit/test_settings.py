"""Settings of audits: values in a program and in a TOML file, and which of them a check looks at."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from wsclient.audit import AuditSettings
from wsclient.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

WRONG = [
    {"trusted_accounts": ["12345"]},
    {"uncertified_devices": ["iphone"]},
    {"uncertified_devices": ["web"]},
    {"self_service": ["everything"]},
    {"instance_roles": ["desktops"]},
    {"administrators": ["arn:aws:sts::123456789012:assumed-role/admins/ann"]},
    {"api_vpcs": ["vpce-0123"]},
    {"approved_bundles": ["Standard"]},
    {"expected_issuers": [" "]},
    {"required_tags": [""]},
    {"idle_days": 0},
    {"image_days": "90"},
    {"widest_source": 33},
    {"approved_bundles": 5},
    {"fips": "no"},
]
FILE = """
idle_days = 45
fips = true
approved_bundles = ["wsb-123456789"]
required_tags = ["Team", "Stage"]
"""


@pytest.mark.parametrize("wrong", WRONG)
def test_invalid_setting_values_are_rejected(wrong: dict[str, object]) -> None:
    """The error names the setting; lists are taken for tuples."""
    with pytest.raises(ConfigurationError, match=f"AuditSettings.{next(iter(wrong))}"):
        AuditSettings(**wrong)  # type: ignore[arg-type]
    assert AuditSettings(required_tags=["Team"]).required_tags == ("Team",)  # type: ignore[arg-type]


def test_settings_are_read_from_a_file(tmp_path: Path) -> None:
    """Each value is that of the file, whatever editor wrote it; what the file leaves out has its default."""
    path = tmp_path / "settings.toml"
    for encoding in ("utf-8", "utf-8-sig"):
        path.write_text(FILE, encoding=encoding)
        assert AuditSettings.read(path) == AuditSettings(
            idle_days=45, fips=True, approved_bundles=("wsb-123456789",), required_tags=("Team", "Stage")
        )
    path.write_text("", encoding="utf-8")
    assert AuditSettings.read(str(path)) == AuditSettings()


@pytest.mark.parametrize("name", [field.name for field in fields(AuditSettings)])
def test_misspelt_setting_in_a_file_is_rejected_with_a_suggestion(tmp_path: Path, name: str) -> None:
    """The error names the file, the name, and the one that was meant."""
    path = tmp_path / "settings.toml"
    path.write_text(f"{name}x = 1", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=rf"settings\.toml has no option '{name}x'; did you mean '{name}'\?"):
        AuditSettings.read(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"idle_days = " + b"9" * 5000, r"settings\.toml is not a TOML file"),
        (b"idle_days = 0", r"settings\.toml: AuditSettings\.idle_days must be a whole number of days from 1 to 36,500"),
        (b"idle_days = true", "idle_days"),
        (b"required_tags = 'Team'", "required_tags must be a list of strings"),
        (b"approved_bundles = [1]", "approved_bundles"),
        (b"idle_days = ", "is not a TOML file"),
        (b"\xff\xfe", "is not a TOML file"),
        (b"a = " + b"[" * 100_000, "is not a TOML file"),
        (b"[settings]\nidle_days = 45", "has no option 'settings'"),
    ],
)
def test_invalid_settings_file_is_rejected_with_place(tmp_path: Path, content: bytes, words: str) -> None:
    """Wrong values and files that are not TOML: the error names the file and what is wrong."""
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=words):
        AuditSettings.read(path)


def test_missing_settings_file_raises_os_error(tmp_path: Path) -> None:
    """As everywhere, a file that cannot be read is the system's error."""
    with pytest.raises(FileNotFoundError):
        AuditSettings.read(tmp_path / "none.toml")
