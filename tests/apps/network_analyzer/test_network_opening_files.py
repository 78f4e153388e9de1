"""Saved networks are opened as data, and what cannot be opened is said in one line."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from network_analyzer.opening import open_network, open_path
from network_analyzer.references import reference_of

SHARED = Path(__file__).parents[3] / "../shared"
PILOTS = SHARED / "data" / "donkey"

BLOCKED = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
from network_analyzer.opening import open_path
try:
    open_path({path!r})
except Exception as error:
    print(type(error).__name__, error)
"""


def without(missing: set[str], path: Path) -> str:
    """What opening a path says where some packages are not installed."""
    code = BLOCKED.format(missing=missing, path=str(path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def pilot(name: str) -> Path:
    """A borrowed pilot."""
    if not (PILOTS / name).exists():
        pytest.skip("there is no donkey data beside the checkout")
    return PILOTS / name


# ---------------------------------------------------------------------- what is refused without a framework


def test_a_missing_path_is_one_line(tmp_path: Path):
    with pytest.raises(
        FileNotFoundError, match=r"^there is no \S+none\.h5; give a \.keras or \.h5 file[^\n]*$"
    ):
        open_path(tmp_path / "none.h5")


def test_a_folder_without_a_network_is_one_line(tmp_path: Path):
    (tmp_path / "readme.txt").write_text("nothing")
    with pytest.raises(FileNotFoundError, match=r"^there is no network in [^\n]*; give a \.keras[^\n]*$"):
        open_path(tmp_path)


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".PTH", ".ckpt", ".pkl", ".safetensors"])
def test_weights_of_pytorch_are_refused_with_what_to_do(tmp_path: Path, suffix: str):
    path = tmp_path / f"model{suffix}"
    path.write_bytes(b"not even looked at")
    with pytest.raises(ValueError, match=r"^[^\n]*build the module, load_state_dict\([^\n]*NetworkAnalyzer"):
        open_path(path)


def test_a_preprocessing_that_does_not_exist_is_said_before_anything_is_read(tmp_path: Path):
    with pytest.raises(ValueError, match="no preprocessing 'vgg'"):
        open_path(tmp_path / "none.h5", preprocessing="vgg")


def test_a_tensorflow_lite_model_is_refused(tmp_path: Path):
    (tmp_path / "pilot.tflite").write_bytes(b"\0\0\0\0TFL3")
    with pytest.raises(ValueError, match=r"^[^\n]*pilot\.tflite is a TensorFlow Lite model[^\n]*$"):
        open_path(tmp_path / "pilot.tflite")


def test_an_empty_file_is_one_line(tmp_path: Path):
    (tmp_path / "pilot.h5").touch()
    with pytest.raises(ValueError, match=r"^[^\n]*pilot\.h5 is empty[^\n]*$"):
        open_path(tmp_path / "pilot.h5")


def test_a_truncated_keras_file_is_one_line(tmp_path: Path):
    (tmp_path / "pilot.keras").write_bytes(b"PK\3\4 and no more")
    with pytest.raises(ValueError, match=r"^[^\n]*pilot\.keras [^\n]*$"):
        open_path(tmp_path / "pilot.keras")


# ---------------------------------------------------------------------- what is missing


def test_opening_loads_no_framework_before_a_network_arrives():
    code = "import network_analyzer.opening, network_analyzer.references, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    frameworks = {"torch", "tensorflow", "keras", "tf_keras", "stable_baselines3", "rlviz_agents"}
    assert not frameworks & set(done.stdout.split())


@pytest.mark.parametrize("missing", ["tensorflow", "tf_keras", "h5py"])
def test_a_keras_file_without_what_reads_it_says_what_to_install(missing: str):
    pytest.importorskip("tensorflow")
    said = without({missing}, pilot("linear.h5"))
    assert said.startswith("ModuleNotFoundError opening ")
    assert said.endswith(f"linear.h5 as a Keras model needs {missing}; install network-analyzer[keras]")


@pytest.mark.parametrize("missing", ["rlviz_agents", "stable_baselines3", "sb3_contrib", "rl_zoo3"])
def test_an_agent_without_what_reads_it_says_what_to_install(missing: str):
    rlviz_agents = pytest.importorskip("rlviz_agents")
    with rlviz_agents.sample_agents() as folder:
        said = without({missing}, next(folder.glob("*/*/*.zip")))
    assert said.startswith("ModuleNotFoundError opening ")
    assert f"as an agent of Stable-Baselines3 needs {missing}" in said
    assert said.endswith("; install network-analyzer[agents]")


def test_what_is_no_model_is_said_where_keras_is_missing_too(tmp_path: Path):
    (tmp_path / "pilot.tflite").write_bytes(b"\0\0\0\0TFL3")
    assert "TensorFlow Lite" in without({"tensorflow", "keras", "tf_keras"}, tmp_path / "pilot.tflite")


# ---------------------------------------------------------------------- Keras files

OLD_FORMAT = pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")


@pytest.fixture(params=["keras", "tf_keras"])
def keras(request: pytest.FixtureRequest) -> Any:
    pytest.importorskip("tensorflow")
    return pytest.importorskip(request.param)


def small(keras: Any, *layers: Any) -> Any:
    return keras.Sequential([keras.Input((12, 10, 3)), *layers, keras.layers.Conv2D(2, 3)], name="inside")


@pytest.mark.keras
@OLD_FORMAT
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_file_is_the_network_that_was_saved(keras: Any, tmp_path: Path, suffix: str):
    model = small(keras)
    model.save(tmp_path / f"pilot{suffix}")
    saved, live = open_path(tmp_path / f"pilot{suffix}"), open_network(model)
    picture = np.random.default_rng(0).integers(0, 256, (12, 10, 3), np.uint8)
    layer = live.backend.layers()[0].name
    found = [
        opened.backend.activations(reference_of(opened, picture).inputs, [layer])[layer]
        for opened in (saved, live)
    ]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5, atol=1e-6)
    assert (saved.name, saved.source, live.name) == ("pilot", tmp_path / f"pilot{suffix}", "inside")


@pytest.mark.keras
def test_a_folder_with_one_model_is_that_model(keras: Any, tmp_path: Path):
    small(keras).save(tmp_path / "pilot.keras")
    (tmp_path / "notes.txt").touch()
    opened = open_path(str(tmp_path))
    assert (opened.name, opened.source) == ("pilot", tmp_path / "pilot.keras")


@pytest.mark.keras
def test_a_file_that_rescales_itself_takes_levels_as_they_are(keras: Any, tmp_path: Path):
    small(keras, keras.layers.Rescaling(1 / 255)).save(tmp_path / "pilot.keras")
    opened = open_path(tmp_path / "pilot.keras")
    assert opened.preprocessing.name == "raw"
    assert opened.stated_by.startswith("the model rescales itself")
    assert open_path(tmp_path / "pilot.keras", preprocessing="unit").stated_by == "given"


@pytest.mark.keras
@OLD_FORMAT
def test_a_file_that_holds_code_is_refused_unless_it_is_trusted(keras: Any, tmp_path: Path):
    model = small(keras, keras.layers.Lambda(lambda x: x * 2))
    model.save(tmp_path / "pilot.h5")
    with pytest.raises(ValueError, match=r"^[^\n]*pilot\.h5[^\n]*Lambda[^\n]*$"):
        open_path(tmp_path / "pilot.h5")
    assert open_path(tmp_path / "pilot.h5", trust=True).backend.layers()[0].kind == "conv"


SHAPES = {
    "linear.h5": (3, 120, 160),
    "linear.keras": (3, 120, 160),
    "linear.savedmodel": (3, 120, 160),
    "categorical.h5": (3, 120, 160),
    "inferred.h5": (3, 120, 160),
    "memory.h5": (3, 120, 160),
    "rnn.h5": (3, 3, 120, 160),
}


@pytest.mark.keras
@pytest.mark.shared
@pytest.mark.parametrize("name", SHAPES)
def test_a_borrowed_pilot_is_opened_and_sees_a_picture_of_its_tub(name: str):
    pytest.importorskip("tensorflow")
    opened = open_path(pilot(name))
    assert opened.name == name.partition(".")[0]
    assert opened.preprocessing.name == "unit"
    reference = reference_of(opened, PILOTS / "tub" / "images" / "100_cam_image_array_.jpg")
    assert reference.levels.shape == opened.backend.inputs()["img_in"] == SHAPES[name]
    outputs = opened.backend.predict(reference.inputs)
    assert all(np.isfinite(values).all() for values in outputs.values())


@pytest.mark.keras
@pytest.mark.shared
@pytest.mark.parametrize("name", ["linear", "inferred", "categorical", "memory"])
def test_a_pilot_answers_to_a_picture_as_the_one_who_trained_it_recorded(name: str):
    pytest.importorskip("tensorflow")
    known = np.load(pilot(f"reference_{name}.npz"))
    opened = open_path(pilot(f"{name}.h5"))
    for number in (0, 17, 49):
        path = PILOTS / "tub" / "images" / f"{known['frames'][number]}_cam_image_array_.jpg"
        outputs = opened.backend.predict(reference_of(opened, path).inputs)
        found = np.concatenate([values[0] for values in outputs.values()])
        np.testing.assert_allclose(found, known["outputs"][number], atol=2e-3)
