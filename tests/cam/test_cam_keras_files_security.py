"""Model files that carry code or point at other files do not run, and are refused by what they hold.

The canary is a file that the code in a model writes. Where it can be, the same model is loaded as Keras does
it, to show that the canary sings.
"""

import json
import shutil
import sys
import zipfile

import numpy as np
import pytest
from donkey_pilots import save_model
from keras_tampering import edit_config, layer, rewrite_archive
from rlviz_cam.keras_config import ConfigChecker, UnsafeModelError

h5py = pytest.importorskip("h5py")

pytestmark = pytest.mark.keras

H5_AND_KERAS = pytest.mark.parametrize("name", ["pilot.h5", "pilot.keras"])
EVERY_FORMAT = pytest.mark.parametrize("name", ["pilot.h5", "pilot.keras", "pilot.savedmodel"])


def load(path, **options):
    from rlviz_cam.backends.keras_loading import load_keras

    return load_keras(path, **options)


@pytest.fixture(scope="module", params=["tf_keras", "keras"])
def keras(request):
    """Keras 2, then Keras 3."""
    pytest.importorskip("tensorflow")
    return pytest.importorskip(request.param)


@pytest.fixture(scope="module")
def tf_keras():
    """Keras 2."""
    pytest.importorskip("tensorflow")
    return pytest.importorskip("tf_keras")


@pytest.fixture
def canary(tmp_path):
    """A path at which nothing is, unless code in a file has run."""
    return tmp_path / "canary"


def network(keras, *extra):
    """A convolution, and layers after it."""
    layers = keras.layers
    stem = [keras.Input((8, 8, 3), name="img_in"), layers.Conv2D(2, 3, name="seen"), *extra]
    return keras.Sequential([*stem, layers.Flatten(), layers.Dense(1, name="out")], name="pilot")


@pytest.fixture(scope="module")
def originals(tf_keras, tmp_path_factory):
    """A network of Keras 2 that holds no code, in each format."""
    folder = tmp_path_factory.mktemp("harmless")
    model = network(tf_keras)
    return {
        name: save_model(model, folder / name) for name in ("pilot.h5", "pilot.keras", "pilot.savedmodel")
    }


@pytest.fixture
def harmless(originals, tmp_path):
    """Copy the network in the format of a name, to be tampered with."""

    def copy(name):
        original, target = originals[name], tmp_path / name
        return shutil.copytree(original, target) if original.is_dir() else shutil.copyfile(original, target)

    return copy


def singing_lambda(keras, canary):
    """A Lambda layer whose code, in the file as compiled bytes, writes the canary."""
    program = f"lambda x: (__import__('pathlib').Path({str(canary)!r}).touch(), x)[1]"
    return keras.layers.Lambda(eval(program), name="crop")


def refused(path, canary, found):
    """Load a file: it is refused for what it holds, in one line, and nothing has run."""
    with pytest.raises(UnsafeModelError, match=found) as raised:
        load(path)
    message = str(raised.value)
    assert message.startswith(str(path))
    assert message.endswith("load it with --trust")
    assert "\n" not in message
    assert not canary.exists()


# Code in the file


@H5_AND_KERAS
def test_a_lambda_does_not_run_unless_the_file_is_trusted(keras, canary, tmp_path, name):
    path = save_model(network(keras, singing_lambda(keras, canary)), tmp_path / name)
    canary.unlink(missing_ok=True)
    refused(path, canary, "layer 'crop' asks for the class 'Lambda' of 'keras")
    load(path, trust=True)
    assert canary.exists()


def test_a_lambda_in_a_savedmodel_does_not_run(tf_keras, canary, tmp_path):
    path = save_model(network(tf_keras, singing_lambda(tf_keras, canary)), tmp_path / "pilot.savedmodel")
    canary.unlink(missing_ok=True)
    refused(path, canary, "layer 'crop' asks for the class 'Lambda'")


@H5_AND_KERAS
def test_a_lambda_in_a_nested_network_does_not_run(keras, canary, tmp_path, name):
    inner = keras.Sequential([keras.Input((6, 6, 2)), singing_lambda(keras, canary)], name="inner")
    path = save_model(network(keras, inner), tmp_path / name)
    canary.unlink(missing_ok=True)
    refused(path, canary, "layer 'crop' asks for the class 'Lambda'")


@H5_AND_KERAS
def test_a_lambda_in_a_time_distributed_network_does_not_run(keras, canary, tmp_path, name):
    inner = keras.Sequential([keras.Input((6, 6, 2)), singing_lambda(keras, canary)], name="inner")
    clip = keras.Input((2, 6, 6, 2))
    model = keras.Model([clip], keras.layers.TimeDistributed(inner)(clip))
    path = save_model(model, tmp_path / name)
    canary.unlink(missing_ok=True)
    refused(path, canary, "layer 'crop' asks for the class 'Lambda'")


@EVERY_FORMAT
def test_a_lambda_in_place_of_an_initializer_is_refused(harmless, canary, name):
    code = {"class_name": "__lambda__", "module": "builtins", "config": {"value": ["4wAAAA==", None, None]}}
    path = edit_config(harmless(name), lambda config: settings(config).update(kernel_initializer=code))
    refused(path, canary, "layer 'seen' asks for the class '__lambda__' of 'builtins'")


def settings(config, class_name="Conv2D"):
    return layer(config, class_name)["config"]


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("activation", "custom_gradient", "the activation 'custom_gradient'"),
        ("activation", {"class_name": "function", "config": "exec"}, "the class 'function' of 'keras'"),
        ("activation", {"class_name": "Lambda", "config": {}}, "the class 'Lambda' of 'keras'"),
        ("kernel_initializer", "Evil", "the initializer 'Evil'"),
        ("bias_regularizer", {"class_name": "Evil", "config": {}}, "the class 'Evil' of 'keras'"),
        (
            "kernel_constraint",
            {"class_name": "MaxNorm", "module": "os", "config": {}},
            "the class 'MaxNorm' of 'os'",
        ),
        ("dtype", {"class_name": "QuantizedDTypePolicy", "config": {}}, "the class 'QuantizedDTypePolicy'"),
        (
            "filters",
            {"class_name": "TypeSpec", "type_spec": "Evil"},
            "the class 'TypeSpec'",
        ),
        ("strides", [{"class_name": "__typespec__", "config": []}], "the class '__typespec__'"),
        ("anything", {"deep": [{"class_name": "__lambda__", "config": {}}]}, "the class '__lambda__'"),
        ("filters", {"class_name": ["Dense"], "config": {}}, r"the class \['Dense'\]"),
    ],
)
@EVERY_FORMAT
def test_a_setting_that_asks_for_more_than_keras_has_is_refused(harmless, canary, name, key, value, found):
    path = edit_config(harmless(name), lambda config: settings(config).update({key: value}))
    refused(path, canary, f"layer 'seen' asks for {found}")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"class_name": "Evil"}, "the class 'Evil' of 'keras.*'"),
        ({"module": "evil"}, "the class 'Conv2D' of 'evil'"),
        ({"module": "keras.layers/../evil"}, "the class 'Conv2D' of 'keras.layers/../evil'"),
        ({"module": "kerasx.layers"}, "the class 'Conv2D' of 'kerasx.layers'"),
        ({"module": "keras.layers\n"}, "the class 'Conv2D' of"),
        ({"module": ["keras"]}, "the class 'Conv2D' of"),
        ({"registered_name": "evil>Conv2D"}, "the registered class 'evil>Conv2D'"),
        ({"class_name": "evil>Conv2D"}, "the class 'evil>Conv2D' of 'keras.*'"),
        ({"class_name": "StringLookup"}, "the class 'StringLookup'"),
        ({"class_name": "IntegerLookup"}, "the class 'IntegerLookup'"),
        ({"class_name": "TextVectorization"}, "the class 'TextVectorization'"),
        ({"class_name": "TFSMLayer"}, "the class 'TFSMLayer'"),
        ({"class_name": "TorchModuleWrapper"}, "the class 'TorchModuleWrapper'"),
        ({"class_name": "TensorFlowOpLayer"}, "the class 'TensorFlowOpLayer'"),
        ({"class_name": "InstanceMethod"}, "the class 'InstanceMethod'"),
        ({"class_name": "Layer"}, "the class 'Layer'"),
        ({"class_name": "deserialize"}, "the class 'deserialize'"),
    ],
)
@EVERY_FORMAT
def test_a_class_that_is_not_on_the_list_is_refused(harmless, canary, name, change, found):
    path = edit_config(harmless(name), lambda config: layer(config, "Conv2D").update(change))
    refused(path, canary, f"layer 'seen' asks for {found}")


@EVERY_FORMAT
def test_a_whole_model_of_an_own_class_is_refused(harmless, canary, name):
    path = edit_config(harmless(name), lambda config: config.update(class_name="Pilot"))
    refused(path, canary, "layer 'pilot' asks for the class 'Pilot'")


@pytest.mark.parametrize("function", ["io.read_file", "io.write_file", "py_function", "eval", None])
@pytest.mark.parametrize("kind", ["TFOpLambda", "SlicingOpLambda"])
@EVERY_FORMAT
def test_a_tensorflow_function_that_is_not_on_the_list_is_refused(harmless, canary, name, kind, function):
    def replace(config):
        layer(config, "Conv2D").update(class_name=kind, config={"name": "read", "function": function})

    path = edit_config(harmless(name), replace)
    refused(path, canary, f"layer 'read' asks for the TensorFlow function {function!r}")


def test_a_module_that_a_file_names_is_imported_for_trusted_files_only(
    harmless, canary, tmp_path, monkeypatch
):
    (tmp_path / "evil_module.py").write_text(f"import pathlib\npathlib.Path({str(canary)!r}).touch()\n")
    monkeypatch.syspath_prepend(tmp_path)
    path = edit_config(harmless("pilot.keras"), lambda config: config.update(module="evil_module"))
    refused(path, canary, "layer 'pilot' asks for the class 'Sequential' of 'evil_module'")
    assert "evil_module" not in sys.modules
    with pytest.raises(ValueError, match=r"pilot\.keras .*: it does not load: "):
        load(path, trust=True)
    assert canary.exists()
    del sys.modules["evil_module"]


def test_a_class_registered_in_this_program_is_not_used_unless_the_file_is_trusted(keras, canary, tmp_path):
    class Conv2D(keras.layers.Conv2D):
        @classmethod
        def from_config(cls, config):
            canary.touch()
            return super().from_config(config)

    path = save_model(network(keras), tmp_path / "pilot.keras")
    edit_config(path, lambda config: layer(config, "Conv2D").update(registered_name="evil>Conv2D"))
    with keras.saving.custom_object_scope({"evil>Conv2D": Conv2D}):
        refused(path, canary, "layer 'seen' asks for the registered class 'evil>Conv2D'")
        load(path, trust=True)
    assert canary.exists()


def test_code_in_the_training_settings_is_not_read(keras, canary, tmp_path):
    model = network(keras)
    model.compile("adam", "mse")
    path = save_model(model, tmp_path / "pilot.keras")
    code = {"class_name": "Lambda", "module": "evil", "config": {}, "registered_name": None}
    edit_config(path, lambda config: config["compile_config"].update(optimizer=code, loss=code))
    load(path)


def test_the_graph_of_a_savedmodel_is_never_loaded(tf_keras, canary, tmp_path):
    import tensorflow as tf

    class Singing(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((), tf.string)])
        def __call__(self, path):
            with tf.control_dependencies([tf.io.write_file(path, "sung")]):
                return tf.zeros(())

    tf.saved_model.save(Singing(), tmp_path / "evil")
    tf.saved_model.load(str(tmp_path / "evil"))(tf.constant(str(canary)))
    assert canary.exists()
    canary.unlink()

    # The layers of one SavedModel, the graph of the other; then no graph at all.
    path = save_model(network(tf_keras), tmp_path / "pilot.savedmodel")
    (path / "saved_model.pb").write_bytes((tmp_path / "evil/saved_model.pb").read_bytes())
    model = load(path)
    model(np.zeros((1, 8, 8, 3), np.float32))
    (path / "saved_model.pb").write_bytes(b"no graph")
    load(path)
    assert not canary.exists()


def test_a_layer_of_an_own_class_in_a_savedmodel_does_not_run_unless_it_is_trusted(
    tf_keras, canary, tmp_path
):
    import tensorflow as tf

    class Singing(tf_keras.layers.Layer):
        def call(self, inputs):
            tf.io.write_file(str(canary), "sung")
            return inputs

    path = save_model(network(tf_keras, Singing(name="sings")), tmp_path / "pilot.savedmodel")
    canary.unlink(missing_ok=True)
    refused(path, canary, "layer 'sings' asks for the class '.*Singing'")
    load(path, trust=True)(np.zeros((1, 8, 8, 3), np.float32))
    assert canary.exists()


def test_a_model_of_an_own_class_in_a_savedmodel_is_refused(tf_keras, canary, tmp_path):
    class Pilot(tf_keras.Model):
        def call(self, inputs):
            return inputs

    model = Pilot()
    model(np.zeros((1, 2), np.float32))
    refused(save_model(model, tmp_path / "pilot.savedmodel"), canary, "asks for the class 'Pilot'")


# Files beside the file


@pytest.fixture
def secret(tmp_path):
    """An HDF5 file with an array that is none of the model's business."""
    path = tmp_path / "secret.h5"
    with h5py.File(path, "w") as file:
        file["numbers"] = np.ones((1,), np.float32)
    return path


def external_link(group, secret):
    del group["bias:0"]
    group["bias:0"] = h5py.ExternalLink(str(secret), "/numbers")


def soft_link(group, secret):
    del group["bias:0"]
    group["bias:0"] = h5py.SoftLink("/elsewhere")


def external_storage(group, secret):
    del group["bias:0"]
    group.create_dataset("bias:0", (1,), np.float32, external=[(str(secret), 0, 4)])


def virtual_array(group, secret):
    del group["bias:0"]
    layout = h5py.VirtualLayout((1,), np.float32)
    layout[:] = h5py.VirtualSource(str(secret), "numbers", (1,))
    group.create_virtual_dataset("bias:0", layout)


@pytest.mark.parametrize("tamper", [external_link, soft_link, external_storage, virtual_array])
def test_weights_that_lie_in_another_file_are_refused(harmless, secret, tamper):
    path = harmless("pilot.h5")
    with h5py.File(path, "r+") as file:
        tamper(file["model_weights/out/out"], secret)
    with pytest.raises(
        ValueError, match=r"pilot\.h5: /model_weights/out/out/bias:0 is .*; weights have to lie"
    ):
        load(path)


def test_weights_inside_an_archive_that_lie_in_another_file_are_refused(harmless, secret, tmp_path):
    def tamper(content):
        inside = tmp_path / "inside.h5"
        inside.write_bytes(content)
        with h5py.File(inside, "r+") as file:
            file["layers/evil"] = h5py.ExternalLink(str(secret), "/numbers")
        return inside.read_bytes()

    path = rewrite_archive(harmless("pilot.keras"), "model.weights.h5", tamper)
    with pytest.raises(ValueError, match=r"pilot\.keras: /layers/evil is a link; weights have to lie"):
        load(path)


def test_groups_that_hold_each_other_end_the_check(harmless):
    path = harmless("pilot.h5")
    with h5py.File(path, "r+") as file:
        file["model_weights/out/round"] = file["model_weights"]
    load(path)


def test_a_small_file_that_claims_terabytes_of_weights_is_refused(harmless):
    path = harmless("pilot.h5")
    with h5py.File(path, "r+") as file:
        file.create_dataset("model_weights/out/huge", (1 << 40,), np.float32, chunks=(1 << 20,))
    with pytest.raises(ValueError, match=r"claims .* arrays of .* bytes; at most"):
        load(path)


def test_a_small_archive_with_a_huge_description_is_refused(harmless):
    path = rewrite_archive(harmless("pilot.keras"), "config.json", lambda _: b" " * ((64 << 20) + 1))
    with pytest.raises(ValueError, match=r"claims 67108865 bytes of config\.json; at most 67108864 are read"):
        load(path)


def test_an_archive_with_huge_weights_is_refused(harmless, monkeypatch):
    monkeypatch.setattr("rlviz_cam.keras_archive.MAX_WEIGHT_BYTES", 1000)
    with pytest.raises(ValueError, match=r"claims \d+ bytes of weights; at most 1000 are read"):
        load(harmless("pilot.keras"))


def test_an_archive_with_a_changed_byte_is_an_error(harmless):
    path = harmless("pilot.keras")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged or cut short"):
        load(path)


def test_names_that_leave_the_folder_are_never_written(harmless, tmp_path):
    path = harmless("pilot.keras")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../escaped", b"out")
        archive.writestr("assets/../../escaped", b"out")
    load(path)
    assert not list(tmp_path.parent.rglob("escaped"))


# The check itself


def test_settings_nested_without_end_are_an_error(tmp_path):
    deep: dict = {"class_name": "Sequential", "config": {"name": "deep", "layers": []}}
    for _ in range(100):
        deep = {"class_name": "Sequential", "config": {"name": "deep", "layers": [deep]}}
    with pytest.raises(ValueError, match="where a shallower nesting belongs"):
        ConfigChecker(tmp_path, keras3=False).checked(deep)


@pytest.mark.parametrize("config", [{}, {"class_name": "Sequential", "config": 3}, {"class_name": 3}])
def test_a_config_that_describes_nothing_is_an_error(tmp_path, config):
    with pytest.raises(ValueError, match="belongs; save the model again"):
        ConfigChecker(tmp_path, keras3=True).checked(config)


def test_the_checked_config_is_a_copy(tmp_path):
    config = {"class_name": "Sequential", "config": {"layers": []}, "compile_config": {"loss": "mse"}}
    before = json.dumps(config)
    checked = ConfigChecker(tmp_path, keras3=False).checked(config)
    checked["config"]["layers"].append(1)
    assert json.dumps(config) == before
    assert "compile_config" not in checked


def test_every_name_on_the_list_is_one_that_keras_has(tf_keras):
    import keras.src.ops.nn
    import keras.src.ops.numpy
    from rlviz_cam import keras_allowlist as allowed
    from tensorflow.python.util.tf_export import get_symbol_from_name
    from tf_keras.src.layers import serialization

    serialization.populate_deserializable_objects()
    layers = set(serialization.LOCAL.ALL_OBJECTS) | set(dir(keras.layers))
    assert allowed.LAYERS | allowed.TENSOR_OP_LAYERS | set(allowed.ALIASES.values()) <= layers
    assert all(get_symbol_from_name(name) for name in allowed.TENSOR_OPS)
    assert set(dir(keras.src.ops.numpy)) >= allowed.NUMPY_OPERATIONS
    assert set(dir(keras.src.ops.nn)) >= allowed.NN_OPERATIONS
    assert set(dir(keras.initializers)) >= allowed.INITIALIZERS
    assert set(dir(tf_keras.regularizers)) >= allowed.REGULARIZERS
    assert set(dir(tf_keras.constraints)) >= allowed.CONSTRAINTS
