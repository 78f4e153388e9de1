"""Model files told apart, described without TensorFlow, loaded with the right Keras; bad ones in one line."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from donkey_pilots import pilot_inputs, pilot_outputs, save_model
from keras_tampering import edit_config, layer, layers, rewrite_archive
from rlviz_cam.keras_files import find_model, inspect_model

h5py = pytest.importorskip("h5py")

pytestmark = pytest.mark.keras


def load(path, **options):
    from rlviz_cam.backends.keras_loading import load_keras

    return load_keras(path, **options)


def small_network(keras):
    """Seven layers, three of them with weights."""
    keras.backend.clear_session()
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 16, 3), name="img_in"),
            layers.Conv2D(4, 3, activation="relu", kernel_regularizer="l2", name="seen"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(2, name="out"),
        ],
        name="small",
    )


@pytest.fixture(scope="module")
def tf_keras():
    """Keras 2, as it is kept for TensorFlow."""
    pytest.importorskip("tensorflow")
    return pytest.importorskip("tf_keras")


@pytest.fixture(scope="module")
def keras3():
    """Keras 3."""
    pytest.importorskip("tensorflow")
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def network(tf_keras):
    """A small network of Keras 2."""
    return small_network(tf_keras)


@pytest.fixture
def saved(network, tmp_path):
    """Save the network under a name."""
    return lambda name="pilot.h5": save_model(network, tmp_path / name)


@pytest.fixture(params=["pilot.h5", "pilot.keras", "pilot.savedmodel"])
def any_format(request, saved):
    """The network in each format."""
    return saved(request.param)


def same_answers(model, other):
    answers = (pilot_outputs(asked, pilot_inputs(asked)) for asked in (model, other))
    pairs = zip(*answers, strict=True)
    return all(np.array_equal(one, two) for one, two in pairs)


def edit_weights(path, edit):
    """Change the arrays in an .h5, or in the one inside a .keras."""
    if path.suffix != ".keras":
        with h5py.File(path, "r+") as file:
            edit(file["model_weights"])
        return path
    inside = path.with_name("inside.h5")
    with zipfile.ZipFile(path) as archive:
        inside.write_bytes(archive.read("model.weights.h5"))
    with h5py.File(inside, "r+") as file:
        edit(file)
    return rewrite_archive(path, "model.weights.h5", lambda _: inside.read_bytes())


# What a file says of itself


def test_a_file_says_its_format_its_keras_and_its_layers(any_format, tf_keras):
    file = inspect_model(any_format)
    assert file.format == {"h5": "h5", "keras": "keras", "savedmodel": "savedmodel"}[any_format.suffix[1:]]
    assert file.keras_version == tf_keras.__version__
    assert not file.by_keras3
    assert [found["config"]["name"] for found in layers(dict(file.config))][1] == "seen"


def test_a_file_of_keras_3_says_so(keras3, tmp_path):
    for name in ("pilot.h5", "pilot.keras"):
        file = inspect_model(save_model(small_network(keras3), tmp_path / name))
        assert file.by_keras3
        assert file.keras_version == keras3.__version__


def test_inspection_imports_neither_tensorflow_nor_keras(any_format):
    program = (
        "import sys; from rlviz_cam.keras_files import inspect_model; inspect_model(sys.argv[1]);"
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'tf_keras', 'keras', 'google')))"
    )
    assert subprocess.run([sys.executable, "-c", program, any_format], check=False).returncode == 0


def test_the_format_is_told_by_content_not_by_name(saved, network):
    for name in ("pilot.h5", "pilot.keras"):
        path = saved(name)
        renamed = path.rename(path.with_name(f"{path.suffix[1:]}-without-suffix"))
        assert same_answers(load(renamed), network)


def test_a_whole_model_named_like_weights_alone_loads(saved, network):
    path = saved()
    assert same_answers(load(path.rename(path.with_name("pilot.weights.h5"))), network)


# Loading


def test_loading_leaves_the_file_as_it_was(any_format):
    files = (
        [any_format] if any_format.is_file() else [item for item in any_format.rglob("*") if item.is_file()]
    )
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files}
    load(any_format)
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files} == before


def test_what_training_left_in_the_file_is_ignored(tf_keras, tmp_path):
    model = small_network(tf_keras)
    model.compile("adam", "mse")
    model.train_on_batch(np.zeros((2, 12, 16, 3)), np.ones((2, 2)))
    for name in ("pilot.h5", "pilot.keras", "pilot.savedmodel"):
        loaded = load(save_model(model, tmp_path / name))
        assert loaded.optimizer is None
        assert same_answers(loaded, model)


def test_training_settings_of_an_unknown_loss_do_no_harm(keras3, tmp_path):
    model = small_network(keras3)
    model.compile("adam", "mse")
    path = save_model(model, tmp_path / "pilot.keras")
    edit_config(path, lambda config: config["compile_config"].update(loss="no such loss"))
    assert same_answers(load(path), model)


def test_a_config_of_keras_2_2_loads(saved, network):
    """Before Keras 2.12: no modules, shapes on the first layer, longer names of layers, bare lists."""

    def age(config):
        for found in layers(config):
            settings = found["config"]
            for key in [key for key in settings if key.endswith("initializer")]:
                settings[key] = {"class_name": settings[key]["class_name"], "config": {}}
            settings.pop("groups", None)
        layer(config, "Conv2D")["class_name"] = "Convolution2D"
        layer(config, "MaxPooling2D")["class_name"] = "MaxPool2D"
        first = layer(config, "Convolution2D")
        first["config"]["batch_input_shape"] = config["config"]["layers"].pop(0)["config"][
            "batch_input_shape"
        ]
        config["config"] = config["config"]["layers"]

    path = edit_config(saved(), age)
    with h5py.File(path, "r+") as file:
        file.attrs["keras_version"] = "2.2.4-tf"
    assert same_answers(load(path), network)


def test_a_file_that_does_not_name_its_keras_is_read_as_keras_2(saved, network):
    path = saved()
    with h5py.File(path, "r+") as file:
        del file.attrs["keras_version"]
    assert same_answers(load(path), network)


def test_a_network_without_a_convolution_loads(tf_keras, tmp_path):
    model = tf_keras.Sequential([tf_keras.Input((3,)), tf_keras.layers.Dense(1)])
    assert same_answers(load(save_model(model, tmp_path / "pilot.h5")), model)


def test_arithmetic_between_layers_loads(tf_keras, keras3, tmp_path):
    for keras in (tf_keras, keras3):
        image = keras.Input((4, 4, 3), name="img_in")
        flat = keras.layers.Flatten()(image)
        one, two = keras.layers.Dense(4)(flat), keras.layers.Dense(4)(flat)
        outputs = [one + two, 2.0 * one - two, one / 2.0, 1.0 - one, -two, one * two, one[:, 1:3]]
        model = keras.Model([image], outputs)
        for name in ("pilot.h5", "pilot.keras"):
            assert same_answers(load(save_model(model, tmp_path / name)), model)


def test_networks_within_networks_and_recurrent_wrappers_load(tf_keras, keras3, tmp_path):
    for keras in (tf_keras, keras3):
        layers = keras.layers
        frame = keras.Input((8, 8, 3))
        seen = keras.Model(
            [frame], layers.GlobalAveragePooling2D()(layers.SeparableConv2D(5, 3)(frame)), name="eye"
        )
        clip = keras.Input((3, 8, 8, 3), name="img_in")
        steps = layers.TimeDistributed(seen)(clip)
        both = layers.Bidirectional(layers.GRU(4, return_sequences=True))(steps)
        cells = layers.RNN(layers.StackedRNNCells([layers.LSTMCell(3), layers.SimpleRNNCell(2)]))(both)
        model = keras.Model([clip], layers.Dense(2, activation=layers.LeakyReLU())(cells))
        for name in ("pilot.h5", "pilot.keras"):
            assert same_answers(load(save_model(model, tmp_path / name)), model)


# Finding the model in a folder


def test_a_folder_stands_for_the_one_model_in_it(any_format):
    (any_format.parent / "database.json").write_text("[]")
    assert find_model(any_format.parent) == any_format


def test_models_without_gradients_and_weights_alone_do_not_make_a_folder_ambiguous(tmp_path):
    for name in ("pilot.h5", "pilot.tflite", "pilot.weights.h5", ".hidden.h5"):
        (tmp_path / name).touch()
    (tmp_path / "pilot.trt").mkdir()
    (tmp_path / "pilot.trt/saved_model.pb").touch()
    assert find_model(tmp_path) == tmp_path / "pilot.h5"


def test_a_folder_with_several_models_lists_them(tmp_path):
    for name in ("b.keras", "a.h5", "c.HDF5"):
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=r"there are 3 models in .*; name one of: a\.h5, b\.keras, c\.HDF5$"):
        find_model(tmp_path)


def test_a_folder_without_a_model_is_an_error(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"there is no model in .*; expected one of \.h5, \.keras or a Saved"
    ):
        find_model(tmp_path)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no .*pilot\.h5; give a Keras model"):
        load(tmp_path / "pilot.h5")


# Files that cannot be explained


def test_a_tflite_model_is_refused_by_name_or_content_and_what_is_beside_it_is_named(tmp_path):
    for name in ("pilot.tflite", "pilot.bin"):
        path = tmp_path / name
        path.write_bytes(b"\x1c\0\0\0TFL3\0\0")
        with pytest.raises(
            ValueError, match="Lite model, which has no gradients; give the model that it was made"
        ):
            load(path)
    (tmp_path / "pilot.h5").touch()
    (tmp_path / "other.h5").touch()
    with pytest.raises(ValueError, match=r"which has no gradients; give \S*pilot\.h5$"):
        load(tmp_path / "pilot.tflite")


def test_a_graph_exported_by_keras_3_is_refused_and_what_is_beside_it_is_named(keras3, tmp_path):
    model = small_network(keras3)
    model.export(tmp_path / "pilot.savedmodel", verbose=False)
    save_model(model, tmp_path / "pilot.keras")
    with pytest.raises(ValueError, match=r"is an exported graph without layers; give \S*pilot\.keras$"):
        load(tmp_path / "pilot.savedmodel")


def test_weights_alone_are_no_model(network, tmp_path):
    for name in ("pilot_weights.h5", "pilot.weights.h5"):
        network.save_weights(tmp_path / name)
        with pytest.raises(
            ValueError, match=r"holds weights, but no layers; give the file that model\.save\(\) wrote"
        ):
            load(tmp_path / name)


def test_an_optimizer_state_alone_is_no_model(tmp_path):
    with h5py.File(tmp_path / "pilot.h5", "w") as file:
        file.create_group("optimizer_weights")
    with pytest.raises(ValueError, match="holds an optimizer's state, but no layers"):
        load(tmp_path / "pilot.h5")


def test_layers_without_weights_are_no_model(saved):
    path = saved()
    with h5py.File(path, "r+") as file:
        del file["model_weights"]
    with pytest.raises(ValueError, match="holds layers without weights"):
        load(path)


@pytest.mark.parametrize("name", ["pilot.h5", "pilot.keras", "pilot"])
def test_an_empty_file_is_an_error(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(ValueError, match="is empty; save the model again"):
        load(tmp_path / name)


def test_a_file_of_something_else_is_an_error(tmp_path):
    (tmp_path / "pilot.h5").write_text("a pilot")
    (tmp_path / "pilot.keras").write_text("a pilot")
    with pytest.raises(ValueError, match="is not an HDF5 file; give a Keras model"):
        load(tmp_path / "pilot.h5")
    with pytest.raises(ValueError, match=r"is no \.keras archive, or is damaged"):
        load(tmp_path / "pilot.keras")


@pytest.mark.parametrize("kept", [0.05, 0.5, 0.99])
@pytest.mark.parametrize("name", ["pilot.h5", "pilot.keras"])
def test_a_truncated_file_is_an_error(saved, name, kept):
    path = saved(name)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(ValueError, match="damaged or cut short"):
        load(path)


def test_a_damaged_table_inside_a_file_is_an_error(saved):
    path = saved()
    content = bytearray(path.read_bytes())
    at = content.rindex(b"SNOD")  # HDF5's list of what a group holds
    content[at : at + 4] = b"oops"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"pilot\.h5 is damaged or cut short; save the model again"):
        load(path)


def test_a_truncated_savedmodel_is_an_error(saved):
    path = saved("pilot.savedmodel")
    source = path / "keras_metadata.pb"
    content = source.read_bytes()
    for kept in (1, 3, 100):
        source.write_bytes(content[:kept])
        with pytest.raises(ValueError, match=r"keras_metadata\.pb is damaged .*; save the model again"):
            load(path)
    source.write_bytes(b"")
    with pytest.raises(ValueError, match="describes no model"):
        load(path)


def test_a_savedmodel_without_its_weights_is_an_error(saved):
    path = saved("pilot.savedmodel")
    (path / "variables/variables.index").unlink()
    with pytest.raises(ValueError, match="no weights; copy the whole folder"):
        load(path)


@pytest.mark.parametrize("name", ["metadata.json", "config.json", "model.weights.h5"])
def test_an_archive_that_lacks_an_entry_is_an_error(saved, name):
    path = rewrite_archive(saved("pilot.keras"), name, lambda _: None)
    with pytest.raises(ValueError, match=f"has no {name}, so it is no whole .keras model"):
        load(path)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'"Sequential"', b"[" * 100_000, b"\xff\xfe"])
def test_a_damaged_description_is_an_error(saved, text):
    path = rewrite_archive(saved("pilot.keras"), "config.json", lambda _: text)
    with pytest.raises(ValueError, match="the description of the layers is"):
        load(path)


def test_a_lost_weight_is_an_error(tf_keras, keras3, tmp_path):
    def lose(group):
        names = []
        group.visit(names.append)
        del group[next(name for name in names if name.split("/")[-1] in ("out", "dense"))]

    for keras in (tf_keras, keras3):
        for name in ("pilot.h5", "pilot.keras"):
            path = edit_weights(save_model(small_network(keras), tmp_path / name), lose)
            with pytest.raises(ValueError, match=r"\(by Keras .*\): the weights do not fit the layers: ."):
                load(path)


def test_a_weight_lost_from_a_savedmodel_is_an_error(saved):
    path = saved("pilot.savedmodel")
    edit_config(path, lambda config: layer(config, "Dense")["config"].update(units=3))
    with pytest.raises(ValueError, match="the weights do not fit the layers"):
        load(path)


def test_weights_that_are_no_numbers_are_an_error(tf_keras, tmp_path):
    model = small_network(tf_keras)
    model.set_weights([weight * np.nan for weight in model.get_weights()])
    with pytest.raises(
        ValueError, match=r"lacks weights, or has NaN for weights: seen/kernel:0, .* \.\.\.; train"
    ):
        load(save_model(model, tmp_path / "pilot.h5"))


def test_settings_that_keras_refuses_are_one_line(any_format):
    edit_config(any_format, lambda config: layer(config, "Dense")["config"].update(units="many"))
    with pytest.raises(ValueError, match=r"\(by Keras .*\): it does not load: .*many") as raised:
        load(any_format)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("missing", ["tensorflow", "tf_keras"])
def test_a_missing_framework_is_named_with_the_extra_that_brings_it(saved, monkeypatch, missing):
    path = saved()
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(
        ModuleNotFoundError, match=rf"by Keras 2.*{missing} is missing; install rlviz-cam\[keras\]"
    ):
        load(path)


def test_a_missing_h5py_is_named_with_the_extra_that_brings_it(saved, monkeypatch):
    path = saved()
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ModuleNotFoundError, match=r"needs h5py to be read; install rlviz-cam\[keras\]"):
        inspect_model(path)


def test_keras_3_on_another_backend_is_an_error(keras3, tmp_path, monkeypatch):
    path = save_model(small_network(keras3), tmp_path / "pilot.keras")
    monkeypatch.setattr(keras3.backend, "backend", lambda: "jax")
    with pytest.raises(
        ValueError, match="Keras runs on jax here, expected TensorFlow; set KERAS_BACKEND=tensorflow"
    ):
        load(path)


def test_trust_does_not_open_what_has_no_gradients(tmp_path):
    path = Path(tmp_path / "pilot.tflite")
    path.write_bytes(b"\x1c\0\0\0TFL3\0\0")
    with pytest.raises(ValueError, match="which has no gradients"):
        load(path, trust=True)
