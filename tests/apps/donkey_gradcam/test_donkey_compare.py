"""Facts about `compare`: pilots of every size over the same drive, on one video and in one table."""

import json
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tf_keras")
pytestmark = pytest.mark.keras

from donkey_gradcam.comparing.compare import CompareSettings, compare  # noqa: E402
from donkey_gradcam.comparing.contest import pilot_names  # noqa: E402
from donkey_gradcam.drawing.comparison_canvas import ComparisonCanvas  # noqa: E402
from donkey_gradcam.settings import DriveSettings, MapSettings, OutputSettings, PilotSettings  # noqa: E402
from donkey_pilots import build_pilot, save_model  # noqa: E402
from rlviz_video import VideoSource, read_manifest, read_timeline  # noqa: E402


@pytest.fixture(scope="module")
def pilots(tmp_path_factory):
    """A file of each kind, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("pilots")

    def get(kind):
        import tf_keras

        path = folder / f"{kind}.h5"
        return path if path.exists() else save_model(build_pilot(tf_keras, kind), path)

    return get


@pytest.fixture
def compared(tmp_path, pilots, tub_v2):
    """Compare pilots on a small tub; the result, and what was said."""

    def run(*kinds, data=None, drive=None, maps=None, output=None, **settings):
        data = data or tub_v2(6, size=(64, 48), name=f"tub{len(list(tmp_path.iterdir()))}")
        models = tuple(kind if isinstance(kind, Path) else pilots(kind) for kind in kinds)
        said = []
        options: dict[str, Any] = {"placement": "field"} | (maps or {})
        made = compare(
            CompareSettings(models, **settings),
            DriveSettings(data, **(drive or {})),
            PilotSettings(models[0]),
            MapSettings(**options),
            OutputSettings(tmp_path / "out", "comparison", **(output or {})),
            said.append,
        )
        return made, "\n".join(said)

    return run


def rows_of(timeline: Path) -> list[dict[str, Any]]:
    return read_timeline(timeline)


def test_the_same_file_twice_agrees_fully(compared):
    made, said = compared("linear", "linear")
    (pair,) = made.pairs
    assert pair.maps == pytest.approx(1)
    assert pair.steering_distance == 0
    assert pair.steering_correlation == pytest.approx(1)
    first, second = made.pilots
    assert (first.name, second.name) == ("linear.h5 (1)", "linear.h5 (2)")
    assert asdict(first) | {"name": ""} == asdict(second) | {"name": ""}
    assert "linear.h5 (1) / linear.h5 (2)" in said


def test_each_pilots_strongest_cell_can_be_framed(compared):
    made, _ = compared("linear", "inferred")
    plain = [frame.copy() for frame in VideoSource(made.video)]
    made, _ = compared("linear", "inferred", maps={"show_field": True}, output={"force": True})
    framed = list(VideoSource(made.video))
    assert len(framed) == len(plain)
    assert framed[0].shape[1] == plain[0].shape[1]
    half = framed[0].shape[1] // 2
    for side in (slice(half), slice(half, None)):
        above = (slice(120), side)  # pictures; below, one more note makes the frame higher
        assert any((one[above] != other[above]).any() for one, other in zip(plain, framed, strict=True))


def test_pilots_of_every_kind_and_input_size_run_in_step(compared):
    made, _ = compared("linear", "categorical", "memory")
    assert [pilot.type for pilot in made.pilots] == ["linear", "categorical", "memory"]
    assert len(made.pairs) == 3
    assert made.frames == len(list(VideoSource(made.video))) == 6
    assert [row["index"] for row in rows_of(made.timeline)] == list(range(6))


def test_stride_leaves_the_pilots_in_step_after_a_first_picture_that_is_missing(compared, tub_v2):
    tub = tub_v2(9, size=(64, 48))
    (tub / "images" / "0_cam_image_array_.jpg").unlink()
    made, said = compared("linear", "memory", data=tub, drive={"stride": 2, "max_frames": 3})
    assert [row["index"] for row in rows_of(made.timeline)] == [1, 3, 5]
    assert "1 x no good picture yet, skipped" in said


def test_a_pilot_in_a_comparison_drives_as_it_does_alone(compared, pilots, tub_v2):
    from donkey_gradcam.opening import open_ride

    tub = tub_v2(6, size=(64, 48))
    made, _ = compared("linear", "memory", data=tub)
    ride = open_ride(DriveSettings(tub), PilotSettings(pilots("memory")), MapSettings(), lambda _: None)
    alone = [item.pilot.angle for item in ride.explained()]
    assert [row["pilot_2_angle"] for row in rows_of(made.timeline)] == pytest.approx(alone, rel=1e-4)


def test_the_timeline_has_columns_of_every_pilot_and_pair_that_add_up_to_the_table(compared):
    made, _ = compared("linear", "inferred", maps={"horizon": 20})
    rows = rows_of(made.timeline)
    for number, pilot in enumerate(made.pilots, 1):
        errors = [abs(row["user_angle"] - row[f"pilot_{number}_angle"]) for row in rows]
        assert np.mean(errors) == pytest.approx(pilot.steering_mae, abs=1e-5)
        shares = [row[f"pilot_{number}_share_road"] for row in rows]
        assert np.mean([s for s in shares if s is not None]) == pytest.approx(pilot.shares["road"], abs=1e-5)
        assert sum(row[f"pilot_{number}_empty"] for row in rows) == pilot.empty
    assert np.mean([row["agreement_1_2"] for row in rows]) == pytest.approx(made.pairs[0].maps, abs=1e-5)


def test_the_table_has_the_road_where_it_is_given_and_the_thirds_otherwise(compared):
    made, said = compared("linear", "inferred", maps={"horizon": 20, "exclude_regions": "0,0,64,10"})
    assert "on the road" in said
    assert "excluded" in said
    assert "top third" not in said
    thirds, _ = compared("linear", "inferred", output={"force": True})
    assert "top third" in thirds.table()
    assert sum(thirds.pilots[0].shares.values()) == pytest.approx(1, abs=1e-3)
    assert {"road", "excluded"} <= set(made.pilots[0].shares)


def test_pictures_without_a_driver_have_no_errors_and_the_table_says_why(compared, picture_folder):
    made, said = compared("linear", "inferred", data=picture_folder(range(4), size=(64, 48)))
    assert [pilot.steering_mae for pilot in made.pilots] == [None, None]
    assert "the drive holds no commands of a person" in said
    assert all(row["user_angle"] is None for row in rows_of(made.timeline))


def test_each_pilot_may_have_a_layer_of_its_own(compared):
    made, _ = compared("linear", "inferred", layers=("conv2d_4", "conv2d_5"))
    assert [pilot.layer for pilot in made.pilots] == ["conv2d_4", "conv2d_5"]
    made, _ = compared("linear", "inferred", layers=("conv2d_4",), output={"force": True})
    assert [pilot.layer for pilot in made.pilots] == ["conv2d_4", "conv2d_4"]


def test_the_manifest_tells_each_pilots_model_maps_and_score(compared, pilots):
    made, _ = compared("linear", "categorical")
    manifest = read_manifest(made.manifest)
    assert [one["model"]["pilot"] for one in manifest["pilots"]] == ["linear", "categorical"]
    assert manifest["pilots"][1]["model"]["path"] == pilots("categorical").as_posix()
    assert [one["maps"]["layer"] for one in manifest["pilots"]] == [pilot.layer for pilot in made.pilots]
    assert manifest["pilots"][0]["score"]["steering_mae"] == pytest.approx(made.pilots[0].steering_mae)
    assert (manifest["frames"], manifest["interrupted"]) == (6, False)


def test_the_result_is_json(compared):
    made, _ = compared("linear", "inferred")
    found = json.loads(json.dumps(asdict(made), default=str))
    assert found["pairs"][0]["first"] == "linear.h5"


def test_ctrl_c_keeps_a_whole_video_of_what_was_compared(compared, monkeypatch):
    draw, drawn = ComparisonCanvas.draw, []

    def interrupted(self, *given):
        drawn.append(1)
        if len(drawn) == 3:
            signal.raise_signal(signal.SIGINT)
        return draw(self, *given)

    monkeypatch.setattr(ComparisonCanvas, "draw", interrupted)
    made, said = compared("linear", "inferred")
    assert made.interrupted
    assert made.frames == len(list(VideoSource(made.video))) == len(rows_of(made.timeline)) == 3
    assert made.pilots[0].user_frames == 3
    assert "Interrupted: the video holds the first 3 frames." in said


def test_nothing_is_opened_when_an_output_exists(compared, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "comparison.timeline.csv").write_text("mine")
    with pytest.raises(FileExistsError, match="--force"):
        compared(Path("no.h5"), Path("such.h5"))
    made, _ = compared("linear", "inferred", output={"force": True})
    assert made.frames == 6


@pytest.mark.parametrize("count", [1, 5])
def test_two_to_four_pilots_are_compared(count):
    with pytest.raises(ValueError, match=f"takes 2 to 4 models and got {count}"):
        CompareSettings((Path("a.h5"),) * count)


def test_layers_are_given_for_all_or_for_each():
    with pytest.raises(ValueError, match="--layer is given 3 times for 2 models"):
        CompareSettings((Path("a.h5"), Path("b.h5")), layers=("x", "y", "z"))


def test_raw_maps_are_not_kept(compared):
    with pytest.raises(ValueError, match="--save-maps"):
        compared("linear", "linear", output={"save_maps": Path("maps.npz")})


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a/one.h5", "b/two.h5"], ("one.h5", "two.h5")),
        (["a/pilot.h5", "b/pilot.h5"], ("a/pilot.h5", "b/pilot.h5")),
        (["a/x/pilot.h5", "b/x/pilot.h5", "c.h5"], ("a/x/pilot.h5", "b/x/pilot.h5", None)),
        (["a.h5", "b.h5", "a.h5"], ("a.h5 (1)", "b.h5", "a.h5 (2)")),
    ],
)
def test_pilots_are_named_by_what_tells_them_apart(paths, names):
    found = pilot_names([Path(path) for path in paths])
    assert len(set(found)) == len(found)
    assert all(expected in {None, name} for name, expected in zip(found, names, strict=True))


@pytest.mark.shared
def test_real_pilots_err_as_their_table_says(shared_donkey, tmp_path):
    """Every second frame, as the data's own table was made: 0.206 (r 0.74) and 0.110 (r 0.96)."""
    made = compare(
        CompareSettings((shared_donkey / "linear.h5", shared_donkey / "inferred.h5")),
        DriveSettings(shared_donkey / "tub", stride=2),
        PilotSettings(Path()),
        MapSettings(placement="field"),
        OutputSettings(tmp_path, scale=1),
        lambda _: None,
    )
    linear, inferred = made.pilots
    assert (linear.steering_mae, inferred.steering_mae) == pytest.approx((0.206, 0.110), abs=1e-3)
    assert (linear.steering_correlation, inferred.steering_correlation) == pytest.approx(
        (0.74, 0.96), abs=0.01
    )
