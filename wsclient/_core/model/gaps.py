"""Values for members that AWS's model requires and a response lacks, so that a successful response always parses.

"Client error correction", https://smithy.io/2.0/spec/aggregate-types.html#client-error-correction
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, get_args, get_origin

import msgspec

from wsclient._core.absence import EPOCH
from wsclient._core.dates import parse_time
from wsclient._core.model.fields import structure_fields
from wsclient._core.utils import is_list, is_mapping

_EMPTY: Final[Mapping[object, object]] = {bool: False, int: 0, float: 0.0, bytes: b"", datetime: EPOCH}


def fill_gaps(value: object, annotation: object, *, has_any_time: bool = False) -> object:
    """Return decoded JSON with an empty value for every required member that it lacks, at any depth.

    With has_any_time, texts of times may have any format that parse_time() knows.
    """
    if is_mapping(value):
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
            return _filled(value, annotation, has_any_time=has_any_time)
        inner = get_args(annotation)[1] if get_origin(annotation) in (dict, Mapping) else None
        return {key: fill_gaps(item, inner, has_any_time=has_any_time) for key, item in value.items()}
    if is_list(value) and get_origin(annotation) in (list, Sequence):
        inner = get_args(annotation)[0]
        return [fill_gaps(item, inner, has_any_time=has_any_time) for item in value]
    if has_any_time and annotation is datetime and isinstance(value, str):
        return parse_time(value) or value
    return value


def _filled(
    members: Mapping[object, object], structure: type[msgspec.Struct], *, has_any_time: bool = False
) -> dict[object, object]:
    filled = dict(members)
    for field in structure_fields(structure):
        if field.name in filled:
            filled[field.name] = fill_gaps(filled[field.name], field.annotation, has_any_time=has_any_time)
        elif field.required:
            filled[field.name] = _empty(field.annotation)
    return filled


def _empty(annotation: object) -> object:
    scalar = _EMPTY.get(annotation, "")  # an enumeration takes "" as an unknown value
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return _filled({}, annotation)
    if get_origin(annotation) in (list, dict):
        return [] if get_origin(annotation) is list else {}
    return scalar
