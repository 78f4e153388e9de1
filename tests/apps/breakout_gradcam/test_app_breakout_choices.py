"""Every choice of `record` runs, from one recording, and stands in the manifest."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from breakout_gradcam.__main__ import main
from rlviz_cam import EVIDENCE, METHODS, PLACEMENTS
from rlviz_overlay import COLORMAPS, SCALES

STEPS = 4
LEFT, RIGHT = 3, 2


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory, sample) -> Path:
    """A recording of a few steps of the sample agent."""
    folder = tmp_path_factory.mktemp("short")
    path = folder / "run.arrow"
    run = ["record", "-f", sample, "-n", STEPS, "--seed", 3, "--placement", "field"]
    assert main([str(part) for part in (*run, "-o", folder / "videos", "--save-recording", path)]) == 0
    return path


@pytest.fixture
def draw(cli, short, made):
    """Draw the recording with some options; returns the files made."""

    def run(*options: object, folder: str = "videos"):
        files = made(steps=STEPS, folder=folder)
        options = options if "--placement" in options else (*options, "--placement", "field")
        outcome = cli("record", "--from-recording", short, "-o", files.folder, *options)
        assert outcome.status == 0, outcome.err
        return files

    return run


@pytest.mark.parametrize("method", METHODS)
def test_every_method_makes_a_video(method, draw, decode):
    files = draw("--method", method)
    assert len(decode(files.video).frames) == STEPS
    assert files.manifest["maps"]["method"] == method


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_every_evidence_makes_a_video(evidence, draw, decode):
    files = draw("--evidence", evidence)
    assert len(decode(files.video).frames) == STEPS
    assert files.manifest["maps"]["evidence"] == evidence


@pytest.mark.parametrize("placement", ["auto", *PLACEMENTS])
def test_every_placement_makes_a_video(placement, draw, decode):
    files = draw("--placement", placement)
    assert len(decode(files.video).frames) == STEPS
    assert files.manifest["maps"]["placement"] in ([placement] if placement != "auto" else PLACEMENTS)


@pytest.mark.parametrize("scale", [name for name in SCALES if not SCALES[name].measured])
def test_every_scale_makes_a_video(scale, draw, decode):
    value = ("--scale-value", 0.5) if scale == "fixed" else ()
    files = draw("--scale", scale, *value)
    assert len(decode(files.video).frames) == STEPS
    assert files.manifest["maps"]["scale"] == scale


def test_the_scale_has_a_second_name(draw):
    assert draw("--heat-scale", "clip").manifest["maps"]["scale"] == "clip"


def test_a_scale_that_is_measured_beforehand_is_not_offered(cli):
    cli("record", "--scale", "typical").fails_with_one_line("'typical'", "'recent'", status=2)


@pytest.mark.parametrize("colormap", COLORMAPS)
def test_every_colormap_makes_a_video(colormap, draw, decode):
    assert len(decode(draw("--colormap", colormap).video).frames) == STEPS


def test_the_background_can_be_what_the_network_received(draw, decode):
    shown = decode(draw("--background", "observation").video).frames[0]
    assert (shown[:60, :480] < 32).all()  # the square observation leaves a band above it
    assert (shown[240:400, :480] > 64).any()


def test_the_field_of_the_strongest_cell_is_framed_on_request(draw, decode):
    plain, framed = draw(folder="plain"), draw("--show-field", folder="framed")
    changed = np.abs(decode(plain.video).frames[0].astype(int) - decode(framed.video).frames[0]) > 60
    rows, columns = np.nonzero(changed.any(axis=-1))
    # 36 of 84 input pixels of a game drawn 480 wide and 630 high, and the line around them
    assert np.ptp(columns) == pytest.approx(36 / 84 * 480, abs=8)
    assert np.ptp(rows) == pytest.approx(36 / 84 * 630, abs=8)


@pytest.mark.parametrize("target", ["action", "advantage", "value", "contrast:LEFT,RIGHT", "left", "2"])
def test_every_target_makes_a_video(target, draw):
    assert draw("--target", target).manifest["maps"]["target"] == target


def test_the_contrast_of_two_actions_is_the_difference_of_their_values(draw):
    for row in draw("--target", "contrast:LEFT,RIGHT").rows:
        assert row["target_score"] == pytest.approx(row["value_LEFT"] - row["value_RIGHT"], abs=1e-5)


def test_turning_a_contrast_around_exchanges_the_evidence_for_and_against(draw):
    one = draw("--target", "contrast:LEFT,RIGHT", folder="one").rows
    other = draw("--target", "contrast:RIGHT,LEFT", folder="other").rows
    for row, turned in zip(one, other, strict=True):
        assert row["evidence_for"] == pytest.approx(turned["evidence_against"], rel=1e-4, abs=1e-6)


def test_the_advantage_is_the_actions_value_less_the_mean_of_all(draw):
    for row in draw("--target", "advantage").rows:
        values = [value for name, value in row.items() if name.startswith("value_")]
        assert row["target_score"] == pytest.approx(values[row["action"]] - np.mean(values), abs=1e-5)


def test_the_value_of_a_q_learner_is_its_highest_q_value(draw):
    for row in draw("--target", "value").rows:
        assert row["target_score"] == pytest.approx(row["value"], abs=1e-5)
        assert row["value"] == max(value for name, value in row.items() if name.startswith("value_"))


def test_an_earlier_layer_has_a_finer_grid(draw):
    files = draw("--layer", "features_extractor.cnn.0")
    field = files.manifest["maps"]["receptive_field"]
    assert (field["cells"], field["size"], field["jump"]) == ([20, 20], [8, 8], [4, 4])


def test_smoothing_changes_the_pictures_and_no_figure_of_the_maps(draw):
    plain, smooth = draw(folder="plain"), draw("--smooth", 3, folder="smooth")
    assert plain.video.read_bytes() != smooth.video.read_bytes()
    columns = ("evidence_for", "evidence_against", "target_score", "cell_y", "cell_x")
    for row, other in zip(plain.rows, smooth.rows, strict=True):
        assert [row[name] for name in columns] == [other[name] for name in columns]


def test_the_original_name_of_the_method_option_is_understood(draw):
    assert draw("--gradcam-method", "hirescam").manifest["maps"]["method"] == "hirescam"


def test_a_method_of_pytorch_grad_cam_names_the_extra_where_it_is_missing(cli, short, made):
    if find_spec("pytorch_grad_cam") is not None:
        pytest.skip("pytorch-grad-cam is installed here")
    outcome = cli("record", "--from-recording", short, "-o", made().folder, "--method", "scorecam")
    outcome.fails_with_one_line("pytorch-grad-cam", "grad-cam]")
    assert made().names == []
