"""What both tub formats share: a JSON object with donkeycar's keys, turned into a Record."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from donkey_gradcam.views import Command, Record

PICTURE_KEY = "cam/image_array"
_OWN_FIELDS = ("_index", "_session_id", "user/angle", "user/throttle", PICTURE_KEY)


def parse_object(text: bytes) -> dict[str, Any] | None:
    """Parse a JSON object; None when the text is not one (cut off, zeros, another kind of value)."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # not UTF-8 and numbers of 5000 digits are ValueErrors too
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def make_record(values: Mapping[str, Any], index: int, pictures: Path, where: str) -> Record:
    """The record that a tub's JSON object describes.

    Args:
        values: the object.
        index: number of the record, where the object states none.
        pictures: the folder that its picture lies in.
        where: file and line, for messages.

    Raises:
        ValueError: the object names no picture, or its number is none.
    """
    name = values.get(PICTURE_KEY)
    if not isinstance(name, str) or not name:
        keys = ", ".join(list(values)[:6]) or "nothing"
        msg = f"{where} has no {PICTURE_KEY}, only {keys}; give a tub recorded with a camera"
        raise ValueError(msg)
    number = values.get("_index", index)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        msg = f"{where} has the _index {number!r}; expected a whole number from 0, as donkeycar writes it"
        raise ValueError(msg)
    session = values.get("_session_id")
    return Record(
        index=number,
        user=Command(_number(values.get("user/angle")), _number(values.get("user/throttle"))),
        session=None if session is None else str(session),
        path=pictures / name,
        values={key: value for key, value in values.items() if key not in _OWN_FIELDS},
    )


def _number(value: object) -> float | None:
    """The value as a number, or None where none was recorded."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
