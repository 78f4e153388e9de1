"""Trainings of tiny pilots by both generations of Keras, watched."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from donkey_gradcam import GradCamCallback
from donkey_pilots import build_pilot
from PIL import Image
from rlviz_video import VideoSource

pytestmark = pytest.mark.keras

MakeTub = Callable[..., Path]
Watch = Callable[..., GradCamCallback]

EPOCHS = 2
CAPTION = 90
"""Rows of a strip above its pictures."""


@pytest.fixture(params=["tf_keras", "keras"])
def keras(request: pytest.FixtureRequest) -> ModuleType:
    """Either generation of Keras."""
    pytest.importorskip("tensorflow")
    return pytest.importorskip(request.param)


@pytest.fixture
def tf_keras() -> ModuleType:
    """The older generation alone, where what is tested does not depend on Keras."""
    pytest.importorskip("tensorflow")
    return pytest.importorskip("tf_keras")


@pytest.fixture
def said() -> list[str]:
    """What callbacks of `watch` said."""
    return []


@pytest.fixture
def watch(tub_v2: MakeTub, tmp_path: Path, said: list[str]) -> Watch:
    """A callback on a tub of its own."""

    def make(**settings: Any) -> GradCamCallback:
        given = {"data_path": tmp_path / "tub", "log_dir": tmp_path / "logs", "frames": 2} | settings
        return GradCamCallback(**given, say=said.append)

    tub_v2(6)
    return make


def tiny_pilot(keras: ModuleType) -> Any:
    """A pilot with everything that draws random numbers or is moved by looking: dropout, normalisation."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(3)
    layers = keras.layers
    image = keras.Input((24, 32, 3), name="img_in")
    x = layers.Conv2D(4, 5, strides=2, activation="relu", name="conv")(image)
    x = layers.Dropout(0.3)(layers.BatchNormalization()(x))
    x = layers.Flatten()(x)
    heads = [layers.Dense(1, name=f"n_outputs{number}")(x) for number in range(2)]
    model = keras.Model(image, heads)
    model.compile("adam", "mse")
    return model


def batch() -> tuple[np.ndarray, list[np.ndarray]]:
    generator = np.random.default_rng(5)
    pictures = generator.random((12, 24, 32, 3), dtype=np.float32)
    return pictures, [generator.random((12, 1), dtype=np.float32) for _ in range(2)]


def train(model: Any, *callbacks: object, epochs: int = EPOCHS, first: int = 0) -> dict[str, list[float]]:
    pictures, commands = batch()
    done = model.fit(
        pictures, commands, batch_size=4, epochs=epochs, initial_epoch=first,
        callbacks=list(callbacks), verbose=0,
    )  # fmt: skip
    return done.history


def at_epoch_end(keras: ModuleType, act: Callable[[int], object]) -> Any:
    """A callback that acts after each epoch; the first is 0."""
    return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: act(epoch))


def strips(callback: GradCamCallback) -> list[str]:
    assert callback.folder is not None
    return sorted(path.name for path in callback.folder.glob("*.png"))


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened)


def events(callback: GradCamCallback) -> list[tuple[int, list[bytes]]]:
    """Steps and contents of the pictures in TensorBoard's file."""
    import tensorflow as tf

    assert callback.folder is not None
    (path,) = callback.folder.glob("events.out.tfevents.*")
    found = [tf.compat.v1.Event.FromString(one.numpy()) for one in tf.data.TFRecordDataset(str(path))]
    assert found[0].file_version == "brain.Event:2"
    values = [(event.step, value) for event in found for value in event.summary.value]
    assert {(value.tag, value.metadata.plugin_data.plugin_name) for _, value in values} == {
        ("gradcam", "images")
    }
    return [(step, list(value.tensor.string_val)) for step, value in values]


def test_there_is_a_strip_before_the_training_and_one_after_each_epoch(keras: ModuleType, watch: Watch):
    callback = watch()
    train(tiny_pilot(keras), callback)
    assert strips(callback) == ["epoch_0000.png", "epoch_0001.png", "epoch_0002.png"]


def test_a_watched_training_ends_with_the_same_weights_bit_by_bit(keras: ModuleType, watch: Watch):
    def trained(*callbacks: object) -> tuple[list[np.ndarray], dict[str, list[float]], list[Any]]:
        model = tiny_pilot(keras)
        history = train(model, *callbacks)
        drawn = [random.random(), np.random.random()]  # noqa: NPY002 - the generators that Keras seeds
        return model.get_weights(), history, drawn

    weights, history, drawn = trained()
    watched_weights, watched_history, watched_drawn = trained(watch())
    assert all(np.array_equal(one, other) for one, other in zip(weights, watched_weights, strict=True))
    assert (watched_history, watched_drawn) == (history, drawn)


def test_what_may_be_trained_and_what_losses_there_are_stays_as_it_was(keras: ModuleType, watch: Watch):
    model = tiny_pilot(keras)
    model.get_layer("conv").trainable = False
    before = [(layer.trainable, len(layer.losses)) for layer in model.layers]
    callback = watch()
    callback.set_model(model)
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    assert [(layer.trainable, len(layer.losses)) for layer in model.layers] == before


def test_evaluation_and_prediction_may_have_the_callback_too(keras: ModuleType, watch: Watch):
    model, callback = tiny_pilot(keras), watch()
    pictures, commands = batch()
    model.evaluate(pictures, commands, callbacks=[callback], verbose=0)
    model.predict(pictures, callbacks=[callback], verbose=0)
    assert callback.folder is None


def test_strips_come_every_so_many_epochs(tf_keras: ModuleType, watch: Watch):
    callback = watch(every=2, tensorboard=False)
    train(tiny_pilot(tf_keras), callback, epochs=5)
    assert strips(callback) == ["epoch_0000.png", "epoch_0002.png", "epoch_0004.png"]


def test_a_training_that_goes_on_counts_on_in_a_folder_of_its_own(tf_keras: ModuleType, watch: Watch):
    model, callback = tiny_pilot(tf_keras), watch(tensorboard=False)
    train(model, callback, epochs=1)
    first = callback.folder
    train(model, callback, epochs=2, first=1)
    assert [folder.name for folder in (first, callback.folder) if folder] == ["gradcam", "gradcam_2"]
    assert strips(callback) == ["epoch_0001.png", "epoch_0002.png"]


def test_tensorboard_gets_the_same_pictures_with_the_epoch_as_step(tf_keras: ModuleType, watch: Watch):
    callback = watch()
    train(tiny_pilot(tf_keras), callback)
    assert callback.folder is not None
    for step, (width, height, png) in events(callback):
        path = callback.folder / f"epoch_{step:04d}.png"
        assert png == path.read_bytes()
        assert (int(height), int(width)) == picture(path).shape[:2]
    assert [step for step, _ in events(callback)] == [0, 1, 2]


def test_tensorboard_itself_reads_them(tf_keras: ModuleType, watch: Watch):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    callback = watch()
    train(tiny_pilot(tf_keras), callback, epochs=1)
    read = accumulator.EventAccumulator(str(callback.folder)).Reload()
    assert [event.step for event in read.Tensors("gradcam")] == [0, 1]


def test_the_strips_become_a_video(tf_keras: ModuleType, watch: Watch):
    callback = watch(video=True)
    train(tiny_pilot(tf_keras), callback)
    assert callback.folder is not None
    assert sum(1 for _ in VideoSource(callback.folder / "training.mp4")) == 3


@pytest.mark.parametrize("kind", ["memory", "rnn"])
def test_pilots_that_rest_on_earlier_records_are_watched(tf_keras: ModuleType, watch: Watch, kind: str):
    callback = watch(tensorboard=False)
    callback.set_model(build_pilot(tf_keras, kind))
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    assert strips(callback) == ["epoch_0000.png"]


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"data_path": "nowhere"}, FileNotFoundError, "nowhere is not there; give a tub"),
        ({"layer": "conv9"}, ValueError, "'conv9'.*choose one of: conv"),
        ({"method": "grad"}, ValueError, "unknown method 'grad'"),
        ({"evidence": "good"}, ValueError, "unknown evidence 'good'"),
        ({"target": "brake"}, ValueError, "brake: choose steering, throttle or one of"),
        ({"type": "rnn"}, ValueError, "the network is built like a linear pilot"),
        ({"config": "nowhere.py"}, FileNotFoundError, "nowhere.py is not there"),
    ],
)
def test_what_is_wrong_is_raised_before_the_first_epoch_and_leaves_nothing(
    tf_keras: ModuleType, watch: Watch, tmp_path: Path, wrong: dict[str, Any], error: Any, message: str
):
    epochs: list[int] = []
    with pytest.raises(error, match=message):
        train(tiny_pilot(tf_keras), watch(**wrong), at_epoch_end(tf_keras, epochs.append))
    assert (epochs, (tmp_path / "logs").exists()) == ([], False)


def test_a_log_folder_that_is_a_file_is_raised_before_the_first_epoch(
    tf_keras: ModuleType, watch: Watch, tmp_path: Path
):
    (tmp_path / "logs").write_text("")
    with pytest.raises(NotADirectoryError, match="logs is a file; expected a folder"):
        train(tiny_pilot(tf_keras), watch())


def test_the_drive_may_be_away_after_the_start(tf_keras: ModuleType, watch: Watch, tmp_path: Path):
    callback = watch()
    away = at_epoch_end(tf_keras, lambda _: shutil.rmtree(tmp_path / "tub", ignore_errors=True))
    train(tiny_pilot(tf_keras), away, callback)
    assert len(strips(callback)) == 3


def test_a_strip_that_cannot_be_saved_is_warned_of_once_and_the_training_goes_on(
    keras: ModuleType, watch: Watch, tmp_path: Path, said: list[str]
):
    callback, epochs = watch(tensorboard=False), list[int]()
    gone = at_epoch_end(keras, lambda _: shutil.rmtree(tmp_path / "logs", ignore_errors=True))
    with pytest.warns(RuntimeWarning, match="strip of epoch 1 failed.*cannot write .*_0001.png") as caught:
        train(tiny_pilot(keras), gone, callback, at_epoch_end(keras, epochs.append), epochs=3)
    assert (epochs, len(caught)) == ([0, 1, 2], 1)
    assert "1 of 4 strips; the strip of epoch 1: cannot write" in said[-1]


def test_a_file_that_fails_does_not_keep_the_strip_from_the_others(
    tf_keras: ModuleType, watch: Watch, tmp_path: Path
):
    callback = watch()
    in_the_way = at_epoch_end(
        tf_keras, lambda epoch: (tmp_path / "logs" / "gradcam" / f"epoch_{epoch + 1:04d}.png").mkdir()
    )
    with pytest.warns(RuntimeWarning, match="strip of epoch 1 failed"):
        train(tiny_pilot(tf_keras), in_the_way, callback)
    assert [step for step, _ in events(callback)] == [0, 1, 2]


def test_a_pilot_that_diverges_is_warned_of_and_watched_again_when_it_recovers(
    tf_keras: ModuleType, watch: Watch
):
    model, callback = tiny_pilot(tf_keras), watch(tensorboard=False)
    good = model.get_weights()
    callback.set_model(model)
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    model.set_weights([np.full_like(weight, np.nan) for weight in good])
    with pytest.warns(RuntimeWarning, match="strip of epoch 1 failed.*not finite"):
        callback.on_epoch_end(0, {"loss": float("nan")})
    model.set_weights(good)
    callback.on_epoch_end(1)
    assert strips(callback) == ["epoch_0000.png", "epoch_0002.png"]


def test_a_strip_shows_the_weights_of_its_epoch(tf_keras: ModuleType, watch: Watch):
    model, callback = tiny_pilot(tf_keras), watch(tensorboard=False)
    callback.set_model(model)
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    callback.on_epoch_end(0)
    layer = model.get_layer("conv")
    layer.set_weights([-weight for weight in layer.get_weights()])
    callback.on_epoch_end(1)
    assert callback.folder is not None
    pictures = [picture(callback.folder / name)[CAPTION:] for name in strips(callback)]
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])
