"""Facts about `rank`: every frame in the table, the worst on the sheet and in ranges, the tub untouched."""

import json
import signal
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("tf_keras")
pytestmark = pytest.mark.keras

from donkey_gradcam.drives.drive import open_drive  # noqa: E402
from donkey_gradcam.ranking.orders import Worst  # noqa: E402
from donkey_gradcam.ranking.rank import RankSettings, rank  # noqa: E402
from donkey_gradcam.settings import DriveSettings, MapSettings, PilotSettings  # noqa: E402
from donkey_pilots import build_pilot, save_model  # noqa: E402
from rlviz_video import read_manifest, read_timeline  # noqa: E402


@pytest.fixture(scope="module")
def pilot(tmp_path_factory):
    """A linear pilot's file."""
    import tf_keras

    return save_model(build_pilot(tf_keras, "linear"), tmp_path_factory.mktemp("pilots") / "linear.h5")


@pytest.fixture
def ranked(tmp_path, pilot, tub_v2):
    """Rank the frames of a small tub; the result, and what was said."""

    def run(data=None, *, drive=None, maps=None, **settings):
        said = []
        options: dict[str, Any] = {"placement": "field"} | (maps or {})
        made = rank(
            DriveSettings(data or tub_v2(12, size=(64, 48)), **(drive or {})),
            PilotSettings(pilot),
            MapSettings(**options),
            RankSettings(**({"top": 4, "folder": tmp_path / "out"} | settings)),
            said.append,
        )
        return made, "\n".join(said)

    return run


def rows_of(timeline: Path) -> list[dict[str, Any]]:
    return read_timeline(timeline)


def files_of(folder):
    return {
        file: (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.rglob("*") if file.is_file()
    }


def numbers_in(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [number for line in lines if not line.startswith("#") for number in range(*map(int, line.split()))]


def test_all_frames_are_in_the_table_the_largest_error_first(ranked):
    made, _ = ranked()
    rows = rows_of(made.table)
    assert [row["rank"] for row in rows] == list(range(1, 13))
    assert sorted(row["index"] for row in rows) == list(range(12))
    errors = [row["error"] for row in rows]
    assert errors == sorted(errors, reverse=True)
    assert errors == pytest.approx([abs(row["user_angle"] - row["pilot_angle"]) for row in rows], abs=1e-5)
    assert [row.index for row in made.worst] == [row["index"] for row in rows[:4]]


def test_the_tub_is_not_changed_in_any_way(ranked, tub_v2, tmp_path):
    tub = tub_v2(12, size=(64, 48), deleted=[2])
    before, folders = files_of(tub), {path: path.stat().st_mtime_ns for path in (tub, tub / "images")}
    ranked(tub, ranges=tmp_path / "out" / "ranges.txt")
    assert files_of(tub) == before
    assert {path: path.stat().st_mtime_ns for path in folders} == folders


def test_ranges_hold_the_worst_and_what_lies_between_them(ranked, tmp_path):
    made, said = ranked(ranges=tmp_path / "out" / "ranges.txt", join=1)
    worst = sorted(row.index for row in made.worst)
    assert numbers_in(made.ranges) == worst
    assert "of which 0 lie between the worst" in said
    made, _ = ranked(tmp_path / "tub", ranges=tmp_path / "out" / "ranges.txt", join=12, force=True)
    assert numbers_in(made.ranges) == list(range(worst[0], worst[-1] + 1))


def test_records_that_are_deleted_already_are_not_ranked(ranked, tub_v2):
    made, _ = ranked(tub_v2(12, size=(64, 48), deleted=[0, 5]))
    assert {row["index"] for row in rows_of(made.table)} == set(range(12)) - {0, 5}


def test_the_share_outside_the_road_ranks_frames(ranked):
    made, said = ranked(by="outside", maps={"horizon": 30})
    shares = [row["outside"] for row in rows_of(made.table) if row["outside"] is not None]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    assert "evidence off the road" in said


def test_outside_needs_to_know_where_the_road_is(ranked):
    with pytest.raises(ValueError, match="--by outside: say where the road is"):
        ranked(Path("never opened"), by="outside")


def test_frames_without_evidence_come_first_then_the_weakest(ranked, monkeypatch):
    from donkey_gradcam.ranking import review

    row_of = review.row_of

    def without_evidence_in_two(item, road):
        if item.view.record.index in {4, 9}:
            item = replace(item, heat=np.zeros_like(item.heat))
        return row_of(item, road)

    monkeypatch.setattr(review, "row_of", without_evidence_in_two)
    made, said = ranked(by="empty")
    rows = rows_of(made.table)
    assert [(row["index"], row["empty"]) for row in rows[:2]] == [(4, True), (9, True)]
    peaks = [row["evidence_peak"] for row in rows]
    assert peaks == sorted(peaks)
    assert made.empty == 2
    assert "Worst records: 4 (none), 9 (none)" in said


def test_the_sheet_shows_as_many_as_asked_for_and_a_row_more_is_higher(ranked, tmp_path):
    small, _ = ranked(top=6)
    large, _ = ranked(tmp_path / "tub", top=12, name="more")
    with Image.open(small.sheet) as first, Image.open(large.sheet) as second:
        assert first.size[0] == second.size[0]
        assert first.size[1] < second.size[1]
    assert len(small.worst) == 6


def test_a_drive_shorter_than_the_sheet_is_shown_whole(ranked):
    made, _ = ranked(drive={"max_frames": 3})
    assert (made.frames, len(made.worst)) == (3, 3)


def test_a_record_without_a_persons_steering_comes_last_without_a_rank(ranked, tub_v2):
    tub = tub_v2(6, size=(64, 48), values=lambda number: {"user/angle": None} if number == 3 else {})
    made, said = ranked(tub)
    last = rows_of(made.table)[-1]
    assert (last["rank"], last["index"], last["error"]) == (None, 3, None)
    assert (made.frames, made.judged) == (6, 5)
    assert "Not ranked: 1 frames without a person's steering" in said


def test_a_held_picture_is_named_in_the_table(ranked, tub_v2):
    tub = tub_v2(6, size=(64, 48))
    (tub / "images" / "3_cam_image_array_.jpg").unlink()
    made, said = ranked(tub)
    assert {row["index"]: row["held"] for row in rows_of(made.table)}[3] == "missing"
    assert "picture missing, the one before is held" in said


def test_pictures_cannot_be_ranked_by_error_but_by_what_they_rest_on(ranked, picture_folder):
    folder = picture_folder(range(4), size=(64, 48))
    with pytest.raises(ValueError, match=r"no frame of .* \(pictures\) has a person's steering"):
        ranked(folder)
    made, _ = ranked(folder, by="empty")
    assert made.judged == 4


def test_ranges_of_pictures_are_refused_before_the_work(ranked, picture_folder, tmp_path):
    with pytest.raises(ValueError, match="--ranges"):
        ranked(picture_folder(range(3), size=(64, 48)), by="empty", ranges=tmp_path / "r.txt")
    assert not (tmp_path / "r.txt").exists()


def test_ctrl_c_ranks_what_was_seen(ranked, monkeypatch):
    offer = Worst.offer

    def interrupted(self, *given):
        offer(self, *given)
        if self._came == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Worst, "offer", interrupted)
    made, said = ranked()
    assert made.interrupted
    assert made.frames == len(rows_of(made.table)) == 3
    assert "Interrupted: the first 3 frames are ranked." in said


def test_the_manifest_and_the_result_tell_how_it_was_ranked(ranked):
    made, _ = ranked()
    manifest = read_manifest(made.manifest)
    assert (manifest["rank"]["by"], manifest["frames"], manifest["judged"]) == ("error", 12, 12)
    assert manifest["model"]["pilot"] == "linear"
    assert json.loads(json.dumps(asdict(made), default=str))["worst"][0]["index"] == made.worst[0].index


def test_what_exists_is_not_replaced_unless_forced(ranked, tmp_path):
    made, _ = ranked()
    sheet = made.sheet.read_bytes()
    with pytest.raises(FileExistsError, match="--force"):
        ranked(tmp_path / "tub")
    again, _ = ranked(tmp_path / "tub", force=True)
    assert again.sheet.read_bytes() == sheet


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"by": "size"}, "--by size: choose one of error, outside, empty"),
        ({"top": 0}, "--top 0"),
        ({"top": 1000}, "--top 1000"),
        ({"join": 0}, "--join 0"),
        ({"name": "a/b"}, "--name 'a/b'"),
    ],
)
def test_settings_that_rank_nothing_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        RankSettings(**settings)


@pytest.mark.parametrize("maps", [{"heat_scale": "clip"}, {"heat_scale": "recent"}, {"smooth": 2.0}])
def test_what_follows_a_drive_is_refused_since_the_worst_frames_do_not_follow_each_other(ranked, maps):
    with pytest.raises(ValueError, match="do not follow each other"):
        ranked(Path("never opened"), maps=maps)


@pytest.mark.shared
def test_the_hardest_frames_of_the_borrowed_tub_are_found_again(shared_donkey, tmp_path):
    made = rank(
        DriveSettings(shared_donkey / "tub", start=100, end=160),
        PilotSettings(shared_donkey / "inferred.h5"),
        MapSettings(placement="field"),
        RankSettings(top=3, folder=tmp_path, ranges=tmp_path / "ranges.txt"),
        lambda _: None,
    )
    assert {row.index for row in made.worst} == {116, 117, 150}
    numbers = {record.index for record in open_drive(shared_donkey / "tub").records()}
    assert set(numbers_in(made.ranges)) == {116, 117, 150} <= numbers
