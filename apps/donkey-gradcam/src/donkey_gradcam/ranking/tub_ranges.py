"""Ranges of records in the form that donkeycar's tub cleaner takes; the tub itself is only read."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from donkey_gradcam.drives.drive import Drive
from donkey_gradcam.drives.tub_v2 import MANIFEST
from donkey_gradcam.drives.tub_values import parse_object

_V2 = """\
# donkeycar's tub manager (`donkey ui`) has the same ranges, [first, end): go to the record `first`, press
# "Set left", go to the record `end`, press "Set right", then "Delete". Where `end` is past the tub's last
# record, set the right one at record 0.
# Or in Python, where donkeycar is installed; `tub.restore_records` instead takes it back:
#
#   from donkeycar.parts.tub_v2 import Tub
#   tub = Tub({tub!r})
#   for line in open({file!r}):
#       if not line.startswith("#"):
#           tub.delete_records(range(*map(int, line.split())))
#   tub.close()
"""

_V1 = """\
# A tub of donkeycar 3 leaves out what its exclude.json lists. In Python, where donkeycar is installed;
# `tub.include_index` instead takes it back:
#
#   from donkeycar.parts.datastore import Tub
#   tub = Tub({tub!r})
#   for line in open({file!r}):
#       if not line.startswith("#"):
#           for number in range(*map(int, line.split())):
#               tub.exclude_index(number)
#   tub.write_exclude()
"""

_ADVICE = {"tub v2": _V2, "tub v1": _V1}


def check_numbering(drive: Drive) -> None:
    """Refuse a drive whose records cannot be named to donkeycar by their numbers.

    donkeycar marks records by their place in the catalogs, counted from 0, and its tub manager takes a
    record's `_index` for that place. In a tub that donkeycar wrote they are the same.

    Raises:
        ValueError: the drive is no tub, or a record's number is not its place.
    """
    if drive.kind not in _ADVICE:
        msg = f"--ranges: {drive.path} is no tub ({drive.kind}), so there is nothing to clean; leave it out"
        raise ValueError(msg)
    if drive.kind == "tub v2":
        for place, number in enumerate(_numbers(drive.path)):
            if number not in {None, place}:
                msg = (
                    f"--ranges: record {number} of {drive.path} is at place {place} of its catalogs, and "
                    "donkeycar would delete another by that number; leave --ranges out and use the table"
                )
                raise ValueError(msg)


def _numbers(tub: Path) -> Iterator[int | None]:
    """The `_index` of every record of a tub v2, deleted ones too, in the order of the catalogs."""
    lines = [line for line in (tub / MANIFEST).read_bytes().splitlines() if line.strip()]
    for name in json.loads(lines[-1])["paths"]:
        with (tub / name).open("rb") as catalog:
            for line in catalog:
                if not line.strip():  # the end, for donkeycar
                    break
                values = parse_object(line)
                yield None if values is None else values.get("_index")


def ranges_text(drive: Drive, file: Path, ranges: Sequence[range], notes: Sequence[str]) -> str:
    """The file of ranges: what they are and how to use them as comments, then `first end` a line.

    Args:
        drive: a tub that `check_numbering` has not refused.
        file: where the text will lie.
        ranges: of the records' numbers, in order.
        notes: what was ranked and how ranges were joined, a line each.
    """
    head = "".join(f"# {note}\n" for note in notes)
    advice = _ADVICE[drive.kind].format(tub=str(drive.path.absolute()), file=str(file.absolute()))
    lines = "".join(f"{one.start} {one.stop}\n" for one in ranges)
    return f"{head}#\n{advice}#\n# first end (the record `end` itself is not in the range)\n{lines}"
