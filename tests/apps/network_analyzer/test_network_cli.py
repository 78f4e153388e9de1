"""The command line on saved networks: what it makes, and what it says of bad input."""

import json
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from network_analyzer.__main__ import main

SAMPLE = Path(str(files("network_analyzer") / "sample"))
PICTURE = SAMPLE / "frames" / "20.jpg"


@pytest.fixture(params=["pilot", "agent"])
def model(request: pytest.FixtureRequest):
    """The sample of the framework that is here, its first convolution, and a picture that it takes."""
    if request.param == "pilot":
        pytest.importorskip("tensorflow")
        return SAMPLE / "pilot.h5", "conv2d_1"
    agents = pytest.importorskip("rlviz_agents")
    with agents.sample_agents() as folder:
        found = agents.find_agent(folder, "dqn", "BreakoutNoFrameskip-v4")
        return Path(found.model_path), "features_extractor.cnn.0"


def test_the_layers_are_listed_with_their_shapes(model, capsys):
    path, layer = model
    assert main(["layers", str(path)]) == 0
    said = capsys.readouterr().out
    assert layer in said
    assert "parameters" in said


def test_the_layers_are_given_as_json(model, capsys):
    path, layer = model
    assert main(["layers", str(path), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    (row,) = [row for row in rows if row["name"] == layer]
    assert row["kind"] == "conv"
    assert row["features"] == row["output_shape"][0]
    assert row["parameters"] > 100


@pytest.mark.parametrize(
    "arguments",
    [
        ["weights"],
        ["maximize", "--features", "0-2,5", "--steps", "2"],
        ["maps", "--image", str(PICTURE)],
        ["maps", "--image", str(PICTURE), "--mode", "heat", "--scale", "channel"],
        ["maps", "--image", str(PICTURE.parent), "--frame", "7", "--mode", "plot"],
        ["saliency", "--image", str(PICTURE), "--neuron", "1"],
    ],
    ids=lambda arguments: "-".join(one.strip("-") for one in arguments if "/" not in one),
)
def test_a_figure_is_made_where_it_is_asked_for_with_its_manifest(model, here, capsys, arguments):
    path, layer = model
    command = [arguments[0], str(path), *arguments[1:], "--layer", layer, "--out", "figure.png", "--json"]
    assert main(command) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["figure"] == "figure.png"
    assert cv2.imread("figure.png") is not None
    facts = json.loads(Path("figure.manifest.json").read_text())
    assert facts["layer"] == layer
    assert sorted(one.name for one in here.iterdir()) == ["figure.manifest.json", "figure.png"]


def test_without_a_place_a_figure_goes_to_the_documented_folder(model, here):
    path, layer = model
    assert main(["weights", str(path), "--layer", layer]) == 0
    (figure,) = (here / "docs" / "analysis" / "figures").glob("*.png")
    assert figure.name.startswith("weights_")


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_a_report_is_made_as_page_or_document(model, here, suffix):
    path, layer = model
    arguments = ["report", str(path), "--layer", layer, "--images", str(PICTURE.parent), "--features", "0-2"]
    assert main([*arguments, "--steps", "2", "--top", "3", "--out", f"r{suffix}"]) == 0
    assert Path(f"r{suffix}").stat().st_size > 10_000


def test_an_output_that_exists_is_replaced_only_by_force(model, here, capsys):
    path, layer = model
    command = ["weights", str(path), "--layer", layer, "--out", "w.png"]
    assert main(command) == 0
    assert main(command) == 1
    assert "--force" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["weights", "--layer", "nothing"], "nothing"),
        (["weights", "--features", "9999"], "numbered 0 to"),
        (["weights", "--out", "figure.jpg"], ".png"),
        (["weights", "--show", "--out", "figure.png"], "--show"),
        (["weights", "--preprocessing", "vgg"], "choose one of"),
        (["weights", "--preprocessing", "1,0"], "empty"),
        (["maximize", "--steps", "0"], "steps"),
        (["maps", "--image", "nowhere.png"], "nowhere.png"),
        (["maps", "--image", str(PICTURE), "--frame", "3"], "numbered from 0"),
        (["maps", "--image", str(PICTURE), "--frame", "-1"], "numbered from 0"),
        (["report", "--images", str(PICTURE.parent), "--out", "r.txt"], ".html"),
        (["report", "--images", "nowhere"], "nowhere"),
        (["report", "--images", str(PICTURE.parent), "--top", "0", "--steps", "1"], "top"),
    ],
    ids=lambda value: (
        "-".join(one.strip("-") for one in value if "/" not in one) if isinstance(value, list) else ""
    ),
)
def test_bad_input_is_one_line(model, here, capsys, arguments, told):
    path, layer = model
    given = [arguments[0], str(path), "--layer", layer, *arguments[1:]]
    assert main(given) == 1
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("features", ["", "a", "3-", "-2", "5-2", "1,,2"])
def test_a_list_of_features_that_is_none_is_bad_usage(model, here, capsys, features):
    path, layer = model
    assert main(["weights", str(path), "--layer", layer, f"--features={features}"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_network_that_is_not_there_is_one_line(here, capsys):
    assert main(["layers", "nowhere.h5"]) == 1
    assert "nowhere.h5" in capsys.readouterr().err


def test_the_same_command_gives_the_same_bytes(model, here):
    path, layer = model
    pictures: list[np.ndarray] = []
    for name in ("a.png", "b.png"):
        command = [
            "maximize",
            str(path),
            "--layer",
            layer,
            "--features",
            "0-3",
            "--steps",
            "3",
            "--seed",
            "4",
        ]
        assert main([*command, "--out", name]) == 0
        pictures.append(np.fromfile(name, np.uint8))
    np.testing.assert_array_equal(pictures[0], pictures[1])
