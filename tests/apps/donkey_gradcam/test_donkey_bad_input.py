"""Each bad input is told in one line: what was given, what was expected, what to do."""

import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tf_keras")
pytestmark = pytest.mark.keras

from donkey_gradcam.__main__ import main  # noqa: E402
from donkey_pilots import build_pilot, save_model  # noqa: E402
from PIL import Image  # noqa: E402


@pytest.fixture(scope="module")
def pilot(tmp_path_factory):
    import tf_keras

    return save_model(build_pilot(tf_keras, "linear"), tmp_path_factory.mktemp("pilot") / "linear.h5")


@pytest.fixture
def refused(tmp_path, pilot, tub_v2, capfd):
    """Run the command; the one line on stderr and the status."""

    def run(*more, model=pilot, data=None):
        data = data or tub_v2(4, size=(64, 48))
        out = tmp_path / "out"
        given = ["--model_path", str(model), "--data_path", str(data), "--output_dir", str(out)]
        status = main(["video", *given, *map(str, more)])
        lines = capfd.readouterr().err.splitlines()
        assert len(lines) == 1, lines
        assert status in {1, 2}
        assert not list(out.glob("*.mp4"))
        return lines[0]

    return run


def model_file(tmp_path, build):
    import tf_keras

    return save_model(build(tf_keras), tmp_path / "model.h5")


def without_convolution(keras):
    image = keras.Input((24, 32, 3), name="img_in")
    flat = keras.layers.Flatten()(image)
    return keras.Model(image, [keras.layers.Dense(1, name=f"n_outputs{i}")(flat) for i in range(2)])


def two_cameras(keras):
    cameras = [keras.Input((24, 32, 3), name=name) for name in ("left", "right")]
    flat = keras.layers.Flatten()(keras.layers.Conv2D(2, 3)(keras.layers.concatenate(cameras)))
    return keras.Model(cameras, [keras.layers.Dense(1, name=f"n_outputs{i}")(flat) for i in range(2)])


def test_no_hdf5(refused, tmp_path):
    path = tmp_path / "model.h5"
    path.write_bytes(b"not a model" * 100)
    assert "model.h5 is not" in refused(model=path)


def test_truncated(refused, tmp_path, pilot):
    path = tmp_path / "model.h5"
    path.write_bytes(pilot.read_bytes()[:5000])
    assert "model.h5" in refused(model=path)


def test_no_model_there(refused, tmp_path):
    assert "gone.h5" in refused(model=tmp_path / "gone.h5")


def test_a_folder_of_several_models_lists_them(refused, tmp_path, pilot):
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("a.h5", "b.h5"):
        shutil.copy(pilot, folder / name)
    line = refused(model=folder)
    assert "a.h5" in line
    assert "b.h5" in line


def test_a_folder_with_one_model_is_enough(tmp_path, pilot, tub_v2):
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(pilot, folder / "only.h5")
    given = ["--model_path", str(folder), "--data_path", str(tub_v2(2)), "--output_dir", str(tmp_path / "o")]
    assert main(["video", *given]) == 0


def test_no_convolution(refused, tmp_path):
    line = refused(model=model_file(tmp_path, without_convolution))
    assert "a map needs a convolution with a spatial output" in line


def test_no_pilot(refused, tmp_path):
    assert "one input of pictures" in refused(model=model_file(tmp_path, two_cameras))


def test_an_optimizers_state_only(refused, tmp_path):
    import h5py

    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file.create_group("optimizer_weights")
    assert "weights.h5" in refused(model=path)


def test_no_pictures(refused, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    assert "is no tub and has no pictures" in refused(data=folder)


def test_an_empty_tub(refused, tub_v2):
    assert "without records" in refused(data=tub_v2(0))


def test_a_broken_catalog_line_is_named(refused, tub_v2):
    tub = tub_v2(4, size=(64, 48))
    catalog = tub / "catalog_0.catalog"
    lines = catalog.read_text().splitlines(keepends=True)
    catalog.write_text("".join([lines[0], '{"_index": 1, "cam/im\n', *lines[2:]]))
    assert "catalog_0.catalog" in refused(data=tub)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--exclude_regions", "1,2,3"), "write it as x1,y1,x2,y2"),
        (("--exclude_regions", "100,0,200,20"), "lies outside the picture of 64x48"),
        (("--exclude_regions", "0,0,64,48"), "covers the whole picture of 64x48"),
        (("--stride", 0), "--stride 0"),
        (("--fps", 0), "--fps 0"),
        (("--fps", -5), "--fps -5"),
        (("--max_frames", 0), "--max_frames 0"),
        (("--scale", 0), "--scale 0"),
        (("--start", 3, "--end", 3), "--start 3 --end 3"),
        (("--start", 99), "no record from 99"),
        (("--target", "brake"), "choose steering, throttle or one of n_outputs0, n_outputs1"),
        (("--type", "rnn"), "built like a linear pilot"),
        (("--layer", "conv9"), "no layer 'conv9' that returns a tensor; choose one of: conv2d_1"),
        (("--layer", "dense_1"), "layer 'dense_1' has no spatial output; choose one of: conv2d_1"),
        (("--method", "guess"), "is not one of 'gradcam'"),
        (("--video_name", "a/b"), "give a plain name"),
        (("--heat-scale", "fixed"), "without a value"),
        (("--scale-value", 3), "for the scale 'typical', which finds its own"),
        (("--smooth", -1), "a half-life of -1.0 frames"),
        (("--horizon", 48), "rows 0 to 47"),
        (("--device", "cuda"), "CUDA"),
        (("--device", "tpu"), "tpu"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_an_option_that_makes_no_sense(refused, option, message):
    assert message in refused(*option)


def test_a_layer_beside_the_way_to_the_target(refused, tmp_path):
    model = model_file(tmp_path, lambda keras: build_pilot(keras, "latent"))
    line = refused("--layer", "deconv2d_1", model=model)
    assert "--layer deconv2d_1: n_outputs0 is not computed from it; choose one of: conv2d_1" in line


def test_an_output_that_exists_is_kept(refused, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    existing = out / "grad_cam_visualization.timeline.csv"
    existing.write_text("mine")
    assert "--force" in refused()
    assert existing.read_text() == "mine"


def test_a_config_that_is_code_is_not_run(refused, tmp_path):
    canary = tmp_path / "ran"
    config = tmp_path / "myconfig.py"
    config.write_text(f"open({str(canary)!r}, 'w')\nIMAGE_W = int(input())\n")
    assert "myconfig.py line 2" in refused("--config", config)
    assert not canary.exists()


def test_another_size_of_pictures_is_resized_and_said(tmp_path, pilot, tub_v2, capsys):
    given = ["--model_path", str(pilot), "--data_path", str(tub_v2(2)), "--output_dir", str(tmp_path / "o")]
    assert main(["video", *given]) == 0
    assert "the pictures are 32x24 and the network takes 96x72: resized" in capsys.readouterr().out


def test_a_video_is_a_drive_too(tmp_path, pilot, tub_v2):
    given = ["--model_path", str(pilot), "--output_dir", str(tmp_path / "o")]
    assert main(["video", *given, "--data_path", str(tub_v2(4, size=(64, 48)))]) == 0
    made = tmp_path / "o" / "grad_cam_visualization.mp4"
    assert main(["video", *given, "--data_path", str(made), "--video_name", "again"]) == 0


def test_pictures_that_cannot_be_read_are_held_and_said(tmp_path, pilot, tub_v2, capsys):
    tub: Path = tub_v2(5, size=(64, 48))
    (tub / "images" / "2_cam_image_array_.jpg").write_bytes(b"\xff\xd8 no picture")
    Image.fromarray(np.zeros((24, 32, 3), np.uint8)).save(tub / "images" / "3_cam_image_array_.jpg")
    given = ["--model_path", str(pilot), "--data_path", str(tub), "--output_dir", str(tmp_path / "o")]
    assert main(["video", *given]) == 0
    said = capsys.readouterr().out
    assert "1 x not a picture that can be read, the one before is held: record 2" in said
    assert "record 3 is 32x24, not 64x48" in said
