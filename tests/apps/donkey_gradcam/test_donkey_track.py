"""The drawn track, the camera that drives round it, and the tub that is made of it."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from donkey_gradcam.drives.drive import open_drive
from donkey_gradcam.sample.sample_drive import drive_poses, drive_track
from donkey_gradcam.sample.sample_tub import write_tub
from donkey_gradcam.sample.track import HALF_WIDTH, STEP, curvature, make_track
from donkey_gradcam.sample.track_camera import CAMERA_HEIGHT, FOCAL, Camera, Pose, project
from donkey_gradcam.sample.track_scenery import make_scenery
from donkey_gradcam.views import Command

SEEDS = (0, 1, 7)
PICTURE = np.full((4, 6, 3), 90, np.uint8)


def on_the_line(track, point: int = 0) -> Pose:
    """A car on the centre line that looks along it."""
    (x, y), (dx, dy) = track.centre[point], track.tangent[point]
    return Pose(float(x), float(y), float(np.arctan2(dy, dx)))


def commands(seed: int) -> np.ndarray:
    """Steering and throttle of a drive, (400, 2)."""
    drive = drive_poses(make_track(seed), 400, seed)
    return np.array([(command.angle, command.throttle) for _, command in drive], float)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_track_closes_and_its_points_are_a_step_apart(seed):
    centre = make_track(seed).centre
    gaps = np.linalg.norm(np.roll(centre, -1, axis=0) - centre, axis=1)
    np.testing.assert_allclose(gaps, STEP, rtol=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_track_turns_to_both_sides_and_nowhere_too_sharply(seed):
    turning = curvature(make_track(seed).centre)
    assert turning.max() > 0.3
    assert turning.min() < -0.3
    assert np.abs(turning).max() < 1 / HALF_WIDTH


@pytest.mark.parametrize("seed", SEEDS)
def test_a_border_is_half_a_width_from_the_centre_line_everywhere(seed):
    track = make_track(seed)
    for side in (-1, 1):
        far = track.distance(track.beside(side * HALF_WIDTH)[::10])
        np.testing.assert_allclose(far, HALF_WIDTH, rtol=0.02)


def test_a_seed_gives_one_track_and_another_seed_another():
    assert np.array_equal(make_track(3).centre, make_track(3).centre)
    assert not np.array_equal(make_track(3).centre[:100], make_track(4).centre[:100])


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed -1: give 0 or more"):
        make_track(-1)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_stands_on_the_track(seed):
    track = make_track(seed)
    for thing in make_scenery(track).things:
        clear = float(track.distance(np.array([[thing.x, thing.y]]))[0]) - HALF_WIDTH
        assert clear > np.hypot(*thing.size[:2]) / 2


def test_the_horizon_lies_on_row_40():
    pixels, _ = project(Pose(0, 0, 0), np.array([[50.0, 0.0], [50.0, 9.0]]), np.full(2, CAMERA_HEIGHT))
    np.testing.assert_allclose(pixels[:, 1] + 0.5, 40)


def test_what_is_to_the_right_is_seen_to_the_right():
    pixels, _ = project(Pose(0, 0, np.pi / 2), np.array([[0.5, 2.0], [-0.5, 2.0]]), np.zeros(2))
    assert pixels[0, 0] > 79.5 > pixels[1, 0]


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_are_drawn_where_a_pinhole_camera_sees_them(seed):
    track = make_track(seed)
    camera, pose = Camera(track, seed), on_the_line(track)
    frame = camera.look(pose).astype(int)

    def colour(points) -> np.ndarray:
        pixels, _ = project(pose, points, np.zeros(len(points)))
        columns, rows = np.round(pixels).astype(int).T
        inside = (columns >= 0) & (columns < 160) & (rows >= 0) & (rows < 120)
        assert inside.any()
        return frame[rows[inside], columns[inside]]

    period = len(track.centre) / round(len(track.centre) / 27)
    dash = colour(track.centre[[round(2 * period) + 7]])  # the middle of the third
    assert (dash[:, 0] - dash[:, 2] > 90).all()  # yellow: red and no blue
    borders = np.concatenate([track.beside(side * HALF_WIDTH)[50:80:10] for side in (-1, 1)])
    assert (colour(borders).min(axis=1) > 130).all()
    floor = colour(track.beside(HALF_WIDTH / 2)[[50, 60, 70]])
    assert (floor.max(axis=1) < 140).all()


def test_a_turn_to_the_left_moves_the_walls_to_the_right():
    track = make_track(2)
    camera, pose, turn = Camera(track, 2), on_the_line(track), 0.12
    walls = camera.look(pose)[2:34].astype(float)
    turned = camera.look(Pose(pose.x, pose.y, pose.heading + turn))[2:34].astype(float)
    strip = walls[:, 60:100]
    misfit = [np.abs(turned[:, 60 + shift : 100 + shift] - strip).mean() for shift in range(-25, 26)]
    assert np.argmin(misfit) - 25 == pytest.approx(FOCAL * np.tan(turn), abs=2)


def test_a_frame_is_what_a_donkey_car_records():
    frame, command = next(drive_track(1, 5))
    assert (frame.shape, frame.dtype) == ((120, 160, 3), np.uint8)
    assert isinstance(command, Command)


def test_a_seed_gives_one_drive():
    one, two = (list(drive_track(3, 5)) for _ in range(2))
    assert [command for _, command in one] == [command for _, command in two]
    assert np.array_equal([frame for frame, _ in one], [frame for frame, _ in two])


def test_a_drive_is_made_picture_by_picture():
    assert len(list(islice(drive_track(10**12, 5), 2))) == 2


@pytest.mark.parametrize("seed", SEEDS)
def test_the_driver_stays_between_the_borders_for_three_laps(seed):
    track = make_track(seed)
    places = np.array([(pose.x, pose.y) for pose, _ in drive_poses(track, 1000, seed)])
    assert np.linalg.norm(np.diff(places, axis=0), axis=1).sum() > 2.5 * track.length
    assert track.distance(places).max() < HALF_WIDTH / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_the_driver_steers_to_the_right_where_the_track_does(seed):
    track = make_track(seed)
    ahead = [track.nearest(pose.x, pose.y) + 25 for pose, _ in drive_poses(track, 400, seed)]
    to_the_right = -curvature(track.centre)[np.array(ahead) % len(track.centre)]
    assert np.corrcoef(commands(seed)[:, 0], to_the_right)[0, 1] > 0.6  # the rest corrects the sway


def test_commands_are_what_a_tub_may_hold():
    steering, throttle = commands(1).T
    assert (np.abs(steering) <= 1).all()
    assert ((throttle > 0) & (throttle < 1)).all()


def test_the_driver_is_slower_in_curves():
    steering, throttle = commands(1).T
    assert np.corrcoef(np.abs(steering), throttle)[0, 1] < -0.99


def plain_drive(count: int):
    """Small grey pictures, and steering that tells them apart."""
    return ((PICTURE, Command(number / 4096, 0.25)) for number in range(count))


def test_a_tub_is_read_back_as_it_was_driven(tmp_path: Path):
    drive = list(drive_track(4, 5))
    assert write_tub(tmp_path / "tub", drive, about="test") == 4
    tub = open_drive(tmp_path / "tub")
    records = list(tub.records())
    assert tub.kind == "tub v2"
    assert [record.user for record in records] == [command for _, command in drive]
    worst = max(
        np.abs(tub.read(record).astype(int) - frame).mean()
        for record, (frame, _) in zip(records, drive, strict=True)
    )
    assert worst < 4  # JPEG


def test_a_tub_has_donkeycars_manifest_and_catalogs(tmp_path: Path):
    tub = tmp_path / "tub"
    write_tub(tub, plain_drive(1003), about="test")
    inputs, types, metadata, own, catalogs = map(json.loads, (tub / "manifest.json").read_text().splitlines())
    assert inputs == ["cam/image_array", "user/angle", "user/throttle", "user/mode"]
    assert types == ["image_array", "float", "float", "str"]
    assert metadata == {"made_by": "donkey-gradcam", "about": "test"}
    assert own["sessions"]["all_full_ids"] == ["26-01-01_0"]
    assert catalogs == {
        "paths": ["catalog_0.catalog", "catalog_1.catalog"],
        "current_index": 1003,
        "max_len": 1000,
        "deleted_indexes": [],
    }


def test_a_catalogs_manifest_says_where_its_lines_begin(tmp_path: Path):
    tub = tmp_path / "tub"
    write_tub(tub, plain_drive(1003), about="test")
    own = json.loads((tub / "catalog_1.catalog_manifest").read_text())
    data = (tub / "catalog_1.catalog").read_bytes()
    assert (own["start_index"], len(own["line_lengths"])) == (1000, 3)
    start = own["line_lengths"][0]
    second = json.loads(data[start : start + own["line_lengths"][1]])
    assert (second["_index"], second["cam/image_array"]) == (1001, "1001_cam_image_array_.jpg")
    assert sum(own["line_lengths"]) == len(data)


def test_the_same_drive_gives_the_same_files(tmp_path: Path):
    for name in ("one", "two"):
        write_tub(tmp_path / name, drive_track(2, 5), about="test")
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 5
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_sample_tub_is_replaced_only_with_force(tmp_path: Path):
    write_tub(tmp_path / "tub", plain_drive(5), about="test")
    with pytest.raises(FileExistsError, match="--force"):
        write_tub(tmp_path / "tub", plain_drive(2), about="test")
    write_tub(tmp_path / "tub", plain_drive(2), about="test", force=True)
    assert len(list((tmp_path / "tub" / "images").iterdir())) == 2


def test_a_tub_of_somebody_elses_is_never_touched(tub_v2):
    tub = tub_v2(5)
    before = sorted(path.name for path in tub.rglob("*"))
    with pytest.raises(FileExistsError, match="no sample of ours"):
        write_tub(tub, plain_drive(2), about="test", force=True)
    assert sorted(path.name for path in tub.rglob("*")) == before


def test_a_drive_that_breaks_off_leaves_no_tub(tmp_path: Path):
    def broken():
        yield PICTURE, Command(0.0, 0.2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_tub(tmp_path / "tub", broken(), about="test")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("drive", "message"),
    [([], "no pictures"), ([(PICTURE, Command(0.1))], "record 0: .* leaves steering or throttle open")],
)
def test_a_drive_that_makes_no_tub_is_refused(drive, message, tmp_path: Path):
    with pytest.raises(ValueError, match=message):
        write_tub(tmp_path / "tub", drive, about="test")
    assert list(tmp_path.iterdir()) == []
