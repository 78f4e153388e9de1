"""Facts about what makes a frame worse than another, and about ranges of the worst."""

import json
import re

import numpy as np
import pytest
from donkey_gradcam.drives.drive import open_drive
from donkey_gradcam.ranking.orders import ORDERS, Row, Worst, count_between, joined, ranked
from donkey_gradcam.ranking.review import row_of
from donkey_gradcam.ranking.tub_ranges import check_numbering, ranges_text
from donkey_views import explained


def row(index=0, *, error=None, outside=None, peak=1.0):
    return Row(index, None, None, None, error, outside, peak == 0, peak, "")


def order_of(rows, by):
    return [one.index for one in ranked(rows, ORDERS[by])]


def test_the_largest_error_comes_first_and_of_equal_ones_the_earlier():
    rows = [row(0, error=0.1), row(1, error=0.5), row(2, error=0.5), row(3, error=0.2)]
    assert order_of(rows, "error") == [1, 2, 3, 0]


def test_what_cannot_be_judged_comes_last():
    rows = [row(0), row(1, outside=0.0), row(2), row(3, outside=0.9)]
    assert order_of(rows, "outside") == [3, 1, 0, 2]


def test_frames_without_evidence_come_before_those_with_weak_evidence():
    assert order_of([row(0, peak=0.5), row(1, peak=0.0), row(2, peak=0.001)], "empty") == [1, 2, 0]


def test_the_worst_are_the_first_of_the_ranking_whatever_comes_when():
    random = np.random.default_rng(0)
    rows = [row(index, error=float(error)) for index, error in enumerate(random.integers(0, 20, 200) / 20)]
    worst = Worst(15)
    for one in rows:
        worst.offer(one.error, lambda one=one: one)
    assert worst.items() == ranked(rows, ORDERS["error"])[:15]


def test_only_what_is_kept_is_made():
    made = []
    worst = Worst(2)
    for badness in (0.5, 0.9, 0.1, None, 0.9, 0.95):
        worst.offer(badness, lambda badness=badness: made.append(badness) or badness)
    assert made == [0.5, 0.9, 0.9, 0.95]
    assert worst.items() == [0.95, 0.9]


def test_a_row_has_the_figures_of_its_frame():
    heat = np.zeros((24, 32), np.float32)
    heat[3, 4], heat[5, 6] = 0.25, -0.75
    item = explained(heat, index=7, pilot=(0.5, 0.1), user=(-0.25, 0.1), held="missing")
    found = row_of(item, 0.25)
    assert found == Row(7, "one", -0.25, 0.5, 0.75, 0.75, False, 0.75, "missing")


def test_a_row_without_person_road_or_evidence_is_empty_there():
    found = row_of(explained(0.0, user=(None, None)), None)
    assert (found.error, found.outside, found.empty, found.evidence_peak) == (None, None, True, 0.0)


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (1, [range(3, 6), range(8, 9), range(20, 21)]),
        (2, [range(3, 6), range(8, 9), range(20, 21)]),
        (3, [range(3, 9), range(20, 21)]),
        (12, [range(3, 21)]),
    ],
)
def test_indexes_at_most_so_far_apart_share_a_range(apart, expected):
    ranges = joined([8, 4, 20, 3, 5, 4], apart)
    assert ranges == expected
    held = {number for one in ranges for number in one}
    assert count_between(ranges, [8, 4, 20, 3, 5, 4]) == len(held - {3, 4, 5, 8, 20})


def numbers_in(text):
    """What the advice in the file itself reads out of it."""
    return [
        number
        for line in text.splitlines()
        if not line.startswith("#")
        for number in range(*map(int, line.split()))
    ]


def test_the_file_of_ranges_holds_them_without_their_ends(tub_v2, tmp_path):
    drive = open_drive(tub_v2())
    text = ranges_text(drive, tmp_path / "r.txt", [range(2, 5), range(7, 8)], ["why"])
    assert numbers_in(text) == [2, 3, 4, 7]
    assert text.startswith("# why\n")
    assert text.endswith("\n2 5\n7 8\n")


def advised_code(text):
    return "".join(f"{line[4:]}\n" for line in text.splitlines() if line.startswith("#   "))


@pytest.mark.parametrize(
    ("make", "call"), [("tub_v2", "tub.delete_records("), ("tub_v1", "tub.exclude_index(")]
)
def test_the_advice_in_the_file_is_python(request, make, call, tmp_path):
    drive = open_drive(request.getfixturevalue(make)())
    code = advised_code(ranges_text(drive, tmp_path / "it's.txt", [range(2)], []))
    compile(code, "advice", "exec")
    assert call in code
    assert repr(str(tmp_path / "it's.txt")) in code


def test_a_tub_as_donkeycar_writes_it_is_numbered_by_place(tub_v2, tub_v1):
    check_numbering(open_drive(tub_v2(deleted=[0, 3, 4])))
    check_numbering(open_drive(tub_v1([3, 7, 9])))


def test_a_tub_whose_numbers_are_not_its_places_is_refused(tub_v2):
    tub = tub_v2()
    catalog = tub / "catalog_1.catalog"
    lines = catalog.read_text().splitlines(keepends=True)
    catalog.write_text("".join(lines[1:]))
    with pytest.raises(ValueError, match=r"record 5 of .* is at place 4 of its catalogs"):
        check_numbering(open_drive(tub))


def test_a_record_without_a_number_of_its_own_is_numbered_by_place(tub_v2):
    tub = tub_v2(3)
    catalog = tub / "catalog_0.catalog"
    records = [json.loads(line) for line in catalog.read_text().splitlines()]
    catalog.write_text(
        "".join(json.dumps({k: v for k, v in one.items() if k != "_index"}) + "\n" for one in records)
    )
    check_numbering(open_drive(tub))


def test_pictures_have_no_tub_to_clean(picture_folder):
    folder = picture_folder()
    with pytest.raises(ValueError, match=re.escape(f"--ranges: {folder} is no tub (pictures)")):
        check_numbering(open_drive(folder))
