"""Facts about donkeycar's pilots: told apart by structure, read as donkeycar reads them."""

import math

import numpy as np
import pytest

pytest.importorskip("donkey_gradcam")

from donkey_gradcam.pilots import Reading, VectorInput, inferred_throttle, open_pilot

PICTURE = {"img_in": (3, 120, 160)}
PICTURES = {"img_in": (3, 3, 120, 160)}
TWO = {"n_outputs0": (1,), "n_outputs1": (1,)}
BINS = {"angle_out": (15,), "throttle_out": (20,)}

STRUCTURES = {
    "linear": (PICTURE, TWO),
    "categorical": (PICTURE, BINS),
    "inferred": (PICTURE, {"n_outputs0": (1,)}),
    "memory": (PICTURE | {"mem_in": (6,)}, TWO),
    "imu": (PICTURE | {"imu_in": (6,)}, {"out_0": (1,), "out_1": (1,)}),
    "behavior": (PICTURE | {"xbehavior_in": (2,)}, BINS),
    "localizer": (PICTURE, {"angle": (1,), "throttle": (1,), "zloc": (8,)}),
    "rnn": (PICTURES, {"model_outputs": (2,)}),
    "latent": (PICTURE, {"img_out": (1, 127, 127), "n_outputs0": (1,), "n_outputs1": (1,)}),
}


@pytest.mark.parametrize(("name", "structure"), STRUCTURES.items())
def test_a_pilots_type_follows_from_its_inputs_and_outputs(name, structure):
    assert open_pilot(*structure).type == name


def test_a_convolution_over_time_makes_it_3d():
    assert open_pilot(PICTURES, {"outputs": (2,)}, convolves_time=True).type == "3d"


def test_the_picture_is_described_rows_first():
    pilot = open_pilot(PICTURES, {"model_outputs": (2,)})
    assert (pilot.image_shape, pilot.steps, pilot.run_up) == ((120, 160, 3), 3, 2)


def test_bins_are_read_as_donkeycar_unbins_them():
    pilot = open_pilot(*STRUCTURES["categorical"], throttle_range=0.8)
    outputs = {"angle_out": np.eye(15, dtype=np.float32), "throttle_out": np.eye(20, dtype=np.float32)[:15]}
    angles = [command.angle for command in pilot.commands(outputs)]
    assert angles == pytest.approx([number * 2 / 14 - 1 for number in range(15)], abs=1e-6)
    assert pilot.commands(outputs)[5].throttle == pytest.approx(5 * 0.8 / 20)


def test_two_units_of_one_output_are_steering_and_throttle():
    (command,) = open_pilot(PICTURES, {"out": (2,)}).commands({"out": np.array([[0.25, 0.5]], np.float32)})
    assert (command.angle, command.throttle) == (0.25, 0.5)


def test_the_latent_pilots_picture_is_no_command():
    outputs = {"img_out": np.zeros((1, 1, 9, 9), np.float32), "n_outputs0": np.array([[-0.5]], np.float32)}
    outputs["n_outputs1"] = np.array([[0.75]], np.float32)
    (command,) = open_pilot(*STRUCTURES["latent"]).commands(outputs)
    assert (command.angle, command.throttle) == (-0.5, 0.75)


@pytest.mark.parametrize(("angle", "magnitude"), [(-1, 0), (-3, 0), (0, 0.5), (1, 1), (2, 1)])
def test_an_inferred_throttle_falls_from_full_left_to_full_right(angle, magnitude):
    assert inferred_throttle(angle) == pytest.approx(math.exp(-magnitude / 2) - magnitude / 20)


def test_a_type_of_the_same_form_may_be_named():
    assert open_pilot(PICTURE, TWO, type_name="latent").type == "latent"


def test_a_type_of_another_form_is_an_error_that_lists_the_inputs():
    with pytest.raises(ValueError, match=r"--type rnn: .* like a linear pilot \(inputs img_in 3x120x160; "):
        open_pilot(PICTURE, TWO, type_name="rnn")


def test_an_unknown_vector_is_an_error_that_says_what_to_name():
    with pytest.raises(ValueError, match=r"input 'lidar' \(4 numbers\) is none of donkeycar's .* --type"):
        open_pilot(PICTURE | {"lidar": (4,)}, TWO)


def test_two_pictures_are_no_pilot():
    with pytest.raises(ValueError, match="one input of pictures and at most one vector"):
        open_pilot(PICTURE | {"rear": (3, 120, 160)}, TWO)


def test_a_vector_is_read_from_its_keys_in_order():
    vector = VectorInput("imu_in", 2, ("imu/a", "imu/b"))
    assert vector.read(0, {"imu/b": 2, "imu/a": 1.5}).tolist() == [1.5, 2]
    assert VectorInput("xbehavior_in", 2, ("state",)).read(0, {"state": [0, 1]}).tolist() == [0, 1]


@pytest.mark.parametrize(
    "values", [{}, {"imu/a": 1}, {"imu/a": 1, "imu/b": "x"}, {"imu/a": 1, "imu/b": [2, 3]}]
)
def test_missing_numbers_are_an_error_that_names_the_record(values):
    with pytest.raises(ValueError, match=r"record 7 does not hold the 2 numbers .*'imu_in'.*\(imu/a, "):
        VectorInput("imu_in", 2, ("imu/a", "imu/b")).read(7, values)


def test_a_reading_without_bins_has_none():
    assert Reading("n_outputs0").bins({"n_outputs0": np.zeros((2, 1), np.float32)}) is None
