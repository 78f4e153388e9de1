"""Every kind of network that donkeycar trains, in every format that either Keras writes, loads as it was."""

from pathlib import Path

import numpy as np
import pytest
from donkey_pilots import KINDS, build_pilot, pilot_inputs, pilot_outputs, save_model

DONKEY = Path(__file__).parents[2] / "../shared/data/donkey"

pytestmark = pytest.mark.keras


WRITERS = [
    ("tf_keras", "pilot.h5"),
    ("tf_keras", "pilot.keras"),
    ("tf_keras", "pilot.savedmodel"),
    ("keras", "pilot.h5"),
    ("keras", "pilot.keras"),
]


@pytest.fixture(scope="module")
def keras(request):
    """Keras 2 or Keras 3."""
    pytest.importorskip("tensorflow")
    return pytest.importorskip(request.param)


@pytest.fixture(scope="module", params=KINDS)
def pilot(request, keras):
    """A network of one kind."""
    return build_pilot(keras, request.param)


@pytest.mark.parametrize(("keras", "name"), WRITERS, indirect=["keras"], scope="module")
def test_a_loaded_pilot_answers_as_the_one_that_was_saved(keras, pilot, name, tmp_path):
    from rlviz_cam.backends.keras_loading import load_keras

    model = pilot
    inputs = pilot_inputs(model)
    expected = pilot_outputs(model, inputs)
    loaded = load_keras(save_model(model, tmp_path / name))
    assert type(loaded).__module__.startswith(f"{keras.__name__}.")
    assert loaded.name == model.name
    for output, saved in zip(pilot_outputs(loaded, inputs), expected, strict=True):
        np.testing.assert_allclose(output, saved, rtol=0, atol=1e-6)


@pytest.mark.shared
@pytest.mark.skipif(not DONKEY.is_dir(), reason="there are no pilots beside the checkout")
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("linear.h5", "linear"),
        ("linear.keras", "linear"),
        ("linear.savedmodel", "linear"),
        ("categorical.h5", "categorical"),
        ("inferred.h5", "inferred"),
        ("memory.h5", "memory"),
    ],
)
def test_a_pilot_trained_by_donkeycar_drives_as_it_did_there(name, reference):
    pytest.importorskip("tensorflow")
    cv2 = pytest.importorskip("cv2")
    from rlviz_cam.backends.keras_loading import load_keras

    expected = np.load(DONKEY / f"reference_{reference}.npz")
    images = DONKEY / "tub/images"
    frames = [cv2.imread(str(images / f"{index}_cam_image_array_.jpg")) for index in expected["frames"]]
    model = load_keras(DONKEY / name)
    inputs = {
        "img_in": np.stack(frames)[..., ::-1] * np.float32(1 / 255),
        "mem_in": np.zeros((len(frames), 6), np.float32),
    }
    outputs = np.concatenate(pilot_outputs(model, inputs), axis=1)
    np.testing.assert_allclose(outputs, expected["outputs"], rtol=0, atol=1e-5)


@pytest.mark.shared
@pytest.mark.skipif(not DONKEY.is_dir(), reason="there are no pilots beside the checkout")
def test_a_pilot_of_several_frames_trained_by_donkeycar_loads():
    pytest.importorskip("tensorflow")
    from rlviz_cam.backends.keras_loading import load_keras

    model = load_keras(DONKEY / "rnn.h5")
    (outputs,) = pilot_outputs(model, pilot_inputs(model))
    assert outputs.shape == (2, 2)
    assert np.isfinite(outputs).all()
