"""Facts about donkeycar's own tub and pilots, where they lie beside the checkout."""

from itertools import islice

import numpy as np
import pytest

pytest.importorskip("tf_keras")
pytestmark = [pytest.mark.keras, pytest.mark.shared]

from donkey_gradcam.__main__ import main  # noqa: E402
from donkey_gradcam.drives.drive import views  # noqa: E402
from donkey_gradcam.feed import Feed  # noqa: E402
from donkey_gradcam.opening import open_ride  # noqa: E402
from donkey_gradcam.settings import DriveSettings, MapSettings, PilotSettings  # noqa: E402
from rlviz_video import read_timeline  # noqa: E402

MODELS = (
    "linear.h5", "linear.keras", "linear.savedmodel", "categorical.h5", "inferred.h5", "memory.h5", "rnn.h5",
)  # fmt: skip


@pytest.fixture
def explain(shared_donkey, tmp_path):
    """Run the command on every 10th record; raw maps and timeline."""

    def run(model, *more):
        kept = tmp_path / f"{model}.npz"
        given = ["--model_path", str(shared_donkey / model), "--data_path", str(shared_donkey / "tub")]
        given += ["--output_dir", str(tmp_path), "--video_name", model, "--save-maps", str(kept)]
        assert main(["video", *given, "--stride", "10", "--placement", "center", *map(str, more)]) == 0
        with np.load(kept) as maps:
            return dict(maps), read_timeline(tmp_path / f"{model}.timeline.csv")

    return run


@pytest.mark.parametrize("model", MODELS)
def test_every_pilot_that_can_be_explained_is(explain, model):
    maps, rows = explain(model, "--max_frames", 6)
    assert np.isfinite(maps["maps"]).all()
    assert len(rows) == 6


@pytest.mark.parametrize(
    ("model", "target"),
    [("linear", "n_outputs0"), ("categorical", "angle_out"), ("inferred", "n_outputs0")],
)
@pytest.mark.parametrize("suffix", [".h5"])
def test_raw_maps_and_scores_equal_those_of_tensorflow_2_15(explain, shared_donkey, model, target, suffix):
    maps, _ = explain(model + suffix, "--target", target)
    with np.load(shared_donkey / f"reference_{model}.npz") as reference:
        assert maps["index"].tolist() == reference["frames"].tolist()
        assert str(maps["layer"]) == str(reference["layer"])
        largest = np.abs(reference["raw_cam"]).max(axis=(1, 2), keepdims=True)
        assert (np.abs(maps["maps"] - reference["raw_cam"]) / largest).max() < 1e-4
        np.testing.assert_allclose(maps["score"], reference["score"], atol=1e-5)


def test_in_its_own_direction_no_frame_is_without_evidence(explain):
    """The bare positive part is empty on 6 of these 50 frames."""
    plain, _ = explain("linear.h5", "--target", "n_outputs0")
    assert (plain["maps"].max(axis=(1, 2)) <= 0).sum() == 6
    own, _ = explain("linear.h5", "--force")
    assert (own["maps"].max(axis=(1, 2)) > 0).all()


@pytest.mark.parametrize(("model", "error"), [("linear", 0.206), ("categorical", 0.243), ("inferred", 0.110)])
def test_the_steering_errors_are_those_that_were_measured_with_donkeycar(explain, model, error):
    _, rows = explain(f"{model}.h5", "--stride", 2)
    found = np.mean([abs(row["user_angle"] - row["pilot_angle"]) for row in rows])
    assert found == pytest.approx(error, abs=0.002)


def test_equal_frames_have_equal_maps_wherever_they_are_in_a_batch(shared_donkey):
    drive = DriveSettings(shared_donkey / "tub", max_frames=40)
    ride = open_ride(drive, PilotSettings(shared_donkey / "linear.h5"), MapSettings(), lambda _: None)
    explainer = ride.explainer
    feed = Feed(ride.pilot, explainer.backend)
    moments = [feed(view) for view in islice(views(ride.drive, ride.sight, drive, ride.problems), 3)]
    batch = [moments[number % 3] for number in range(64)]
    maps = explainer.maps(batch).maps
    assert (maps[::3] == maps[0]).all()
    assert (maps[1::3] == maps[1]).all()
    assert (explainer.maps(moments[:1]).maps[0] == maps[0]).all()
