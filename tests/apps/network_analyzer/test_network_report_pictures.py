"""Pictures are taken from wherever they are, in order, a batch at a time; what is wrong with them is told."""

import json
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from network_analyzer.opened import Opened
from network_analyzer.report.pictures import BATCH, PictureSet, picture_set
from network_analyzer.report.sources import Source
from rlviz_cam import PREPROCESSINGS, LayerInfo
from rlviz_video import H264Sink, VideoSpec

SIZE = (24, 32)


def network(*shape: int, layer: tuple[int, ...] = (4, 8, 8), **further: tuple[int, ...]) -> Opened:
    """A network of which only inputs and layers are asked."""
    backend: Any = SimpleNamespace(
        inputs=lambda: {"image": shape, **further},
        layers=lambda: (LayerInfo("conv", "conv", layer, is_spatial=True),),
    )
    return Opened(backend, "any", PREPROCESSINGS["unit"], "given")


COLOUR, STACK, STEPS = network(3, *SIZE), network(4, *SIZE), network(3, 3, *SIZE)


def write_picture(path: Path, level: int, size: tuple[int, int] = SIZE) -> None:
    path.write_bytes(cv2.imencode(".png", np.full((*size, 3), level, np.uint8))[1].tobytes())


def names_and_levels(pictures: PictureSet) -> list[tuple[str, int]]:
    """Every picture's name, and the level of its first pixel in its last frame."""
    return [
        (name, int(levels.reshape(-1, *SIZE)[-1, 0, 0]))
        for batch in pictures
        for name, levels in zip(batch.names, batch.levels, strict=True)
    ]


@pytest.fixture
def folder(tmp_path):
    for number in (10, 9, 2):
        write_picture(tmp_path / f"p{number}.png", number)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "._p3.png").write_bytes(b"left by another system")
    return tmp_path


@pytest.fixture
def tub(tmp_path):
    """Six records in two catalogs, the third and the last one marked as deleted."""
    (tmp_path / "images").mkdir()
    for number in range(6):
        write_picture(tmp_path / "images" / f"{number}_cam.png", 10 * number)
    for name, numbers in (("catalog_0.catalog", range(4)), ("catalog_1.catalog", range(4, 6))):
        lines = [json.dumps({"_index": n, "cam/image_array": f"{n}_cam.png"}) for n in numbers]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    last = {"paths": ["catalog_0.catalog", "catalog_1.catalog"], "deleted_indexes": [2, 5]}
    (tmp_path / "manifest.json").write_text("[]\n[]\n{}\n{}\n" + json.dumps(last) + "\n")
    return tmp_path


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "run.mp4"
    with H264Sink(path, VideoSpec(64, 48, Fraction(10))) as sink:
        for number in range(5):
            sink.write(np.full((48, 64, 3), 40 * number + 20, np.uint8))
    return path


# ---------------------------------------------------------------------- where pictures come from


def test_a_folders_pictures_come_in_natural_order(folder):
    assert names_and_levels(picture_set(folder, COLOUR)) == [("p2.png", 2), ("p9.png", 9), ("p10.png", 10)]


def test_one_picture_is_a_set_of_one(folder):
    assert names_and_levels(picture_set(folder / "p9.png", COLOUR)) == [("p9.png", 9)]


def test_a_tubs_pictures_come_in_the_order_of_its_records_without_deleted_ones(tub):
    pictures = picture_set(str(tub), COLOUR)
    assert (pictures.kind, pictures.count) == ("tub", 4)
    assert names_and_levels(pictures) == [
        ("0_cam.png", 0),
        ("1_cam.png", 10),
        ("3_cam.png", 30),
        ("4_cam.png", 40),
    ]


def test_a_video_gives_its_frames(video):
    found = names_and_levels(picture_set(video, COLOUR))
    assert [name for name, _ in found] == [f"frame {number}" for number in range(5)]
    np.testing.assert_allclose([level for _, level in found], [20, 60, 100, 140, 180], atol=3)


def test_an_array_gives_its_pictures():
    array = np.arange(3, dtype=np.uint8)[:, None, None, None] * np.ones((1, *SIZE, 3), np.uint8)
    assert names_and_levels(picture_set(array, COLOUR)) == [(f"picture {n}", n) for n in range(3)]


def test_a_list_may_hold_arrays_and_paths(folder):
    given = [folder / "p9.png", np.full((*SIZE, 3), 4, np.uint8), str(folder / "p2.png")]
    assert [level for _, level in names_and_levels(picture_set(given, COLOUR))] == [9, 4, 2]


def test_a_recording_gives_what_the_network_received(tmp_path):
    pytest.importorskip("pyarrow")
    agents = pytest.importorskip("rlviz_agents")
    observed = np.random.default_rng(0).integers(0, 256, (3, 2, 4, *SIZE), dtype=np.uint8)
    path = tmp_path / "run.arrow"
    with agents.RecordingWriter(path, {}) as writer:
        for index, observations in enumerate(observed):
            writer.write(recorded_step(agents, index, observations))
        writer.finish(
            agents.FinalState(np.zeros((2, 2, 3), np.uint8), np.zeros(2), np.zeros(2, np.int64), None)
        )
    pictures = picture_set(path, STACK)
    (batch,) = pictures
    np.testing.assert_array_equal(batch.levels, observed.reshape(-1, 4, *SIZE))
    assert batch.names[:3] == ("step 0, environment 0", "step 0, environment 1", "step 1, environment 0")
    assert pictures.notes == ()


def test_a_recording_that_was_cut_off_says_so(tmp_path):
    pytest.importorskip("pyarrow")
    agents = pytest.importorskip("rlviz_agents")
    with agents.RecordingWriter(tmp_path / "run.arrow", {}) as writer:
        writer.write(recorded_step(agents, 0, np.zeros((1, 4, *SIZE), np.uint8)))
    pictures = picture_set((tmp_path / "run.part.arrow"), STACK)
    assert len(names_and_levels(pictures)) == 1
    assert any("was cut off" in note for note in pictures.notes)


def recorded_step(agents, index: int, observations: np.ndarray):
    count = len(observations)
    return agents.Step(
        index=index,
        observations=observations,
        actions=np.zeros(count, np.int64),
        chosen="greedy",
        rewards=np.zeros(count, np.float32),
        unclipped_rewards=np.zeros(count),
        scores=np.zeros(count),
        lives_left=np.zeros(count, np.int64),
        dones=np.zeros(count, np.bool_),
        frame=np.zeros((2, 2, 3), np.uint8),
        rams=None,
    )


# ---------------------------------------------------------------------- how they are given


def test_inputs_are_the_levels_through_the_preprocessing_and_zeros_for_the_rest(folder):
    (batch,) = picture_set(folder, network(3, *SIZE, memory=(6,)))
    np.testing.assert_allclose(batch.inputs["image"], batch.levels / np.float32(255), rtol=1e-6)
    np.testing.assert_array_equal(batch.inputs["memory"], np.zeros((3, 6)))


def test_every_iteration_reads_anew(folder):
    pictures = picture_set(folder, COLOUR)
    assert names_and_levels(pictures) == names_and_levels(pictures)
    assert pictures.seen == 3


def test_no_more_pictures_are_read_than_one_batch_holds():
    read: list[int] = []

    def items():
        for number in range(1000):
            yield str(number), lambda number=number: read.append(number) or np.zeros((*SIZE, 3), np.uint8)

    batches = iter(PictureSet(Source("any", "pictures", 1000, follows=False, read=items), COLOUR))
    for number in (1, 2):
        assert len(next(batches).names) == BATCH
        assert len(read) == number * BATCH


def test_a_layer_whose_activations_would_fill_the_memory_gets_one_picture_at_a_time(folder):
    large = network(3, *SIZE, layer=(64, 224, 224))
    assert [len(batch.names) for batch in picture_set(folder, large)] == [1, 1, 1]


def test_references_are_the_same_pictures_one_by_one(folder):
    pictures = picture_set(folder, COLOUR)
    (batch,) = pictures
    for reference, levels in zip(pictures.references(), batch.levels, strict=True):
        np.testing.assert_array_equal(reference.levels, levels)


def test_a_stack_is_the_newest_frames_of_a_video_the_first_one_repeated_before_it(video):
    (batch,) = picture_set(video, STACK)
    brightness = batch.levels.reshape(5, 4, -1).mean(axis=2)
    np.testing.assert_allclose(brightness[0], [20] * 4, atol=3)
    np.testing.assert_allclose(brightness[4], [60, 100, 140, 180], atol=3)


def test_steps_over_time_are_a_tubs_newest_pictures(tub):
    pictures = picture_set(tub, STEPS)
    (batch,) = pictures
    np.testing.assert_array_equal(
        batch.levels[:, :, 0, 0, 0], [[0, 0, 0], [0, 0, 10], [0, 10, 30], [10, 30, 40]]
    )
    assert pictures.overlap
    assert any("3 pictures that follow each other" in note for note in pictures.notes)


def test_pictures_of_a_folder_do_not_follow_each_other_so_each_is_repeated(folder):
    pictures = picture_set(folder, STEPS)
    (batch,) = pictures
    np.testing.assert_array_equal(batch.levels[:, :, 0, 0, 0], [[2] * 3, [9] * 3, [10] * 3])
    assert any("repeated" in note for note in pictures.notes)


@pytest.mark.parametrize(
    ("values", "expected"), [([0, 1, 200], [0, 1, 200]), ([0, 0.2, 1], [0, 51, 255])], ids=["255", "1"]
)
def test_the_pictures_of_a_float_array_have_one_scale_a_dark_one_too(values, expected):
    array = np.array(values, np.float32)[:, None, None, None] * np.ones((1, *SIZE, 3), np.float32)
    assert [level for _, level in names_and_levels(picture_set(array, COLOUR))] == expected


def test_numbers_for_a_network_that_sees_no_picture_are_taken_as_they_are():
    numbers = np.array([[0.5, -3], [700, 2]], np.float32)
    (batch,) = picture_set(numbers, network(2))
    np.testing.assert_array_equal(batch.inputs["image"], numbers)


# ---------------------------------------------------------------------- what is wrong with them


def test_a_broken_picture_in_the_middle_is_left_out_and_told(folder):
    (folder / "p9.png").write_bytes(b"not a picture")
    pictures = picture_set(folder, COLOUR)
    assert names_and_levels(pictures) == [("p2.png", 2), ("p10.png", 10)]
    assert [note for note in pictures.notes if "1 could not be read" in note and "p9.png" in note]


def test_a_picture_that_a_tub_lists_and_does_not_have_is_told(tub):
    (tub / "images" / "1_cam.png").unlink()
    pictures = picture_set(tub, COLOUR)
    assert len(names_and_levels(pictures)) == 3
    assert any("1_cam.png" in note for note in pictures.notes)


def test_a_video_that_is_damaged_later_on_gives_what_comes_before(video, monkeypatch):
    pictures = picture_set(video, COLOUR)
    read = pictures._source.read

    def damaged():
        items = read()
        yield next(items)
        yield next(items)
        raise ValueError("run.mp4 is damaged after 2 frames")

    monkeypatch.setattr(pictures, "_source", Source("run.mp4", "video", 5, follows=True, read=damaged))
    assert len(names_and_levels(pictures)) == 2
    assert any("damaged after 2 frames" in note for note in pictures.notes)


def test_pictures_of_other_sizes_are_resized_and_counted(folder):
    write_picture(folder / "p11.png", 11, (48, 64))
    pictures = picture_set(folder, COLOUR)
    assert len(names_and_levels(pictures)) == 4
    assert "resized from 64x48 to 32x24 (1 of 4 pictures)" in pictures.notes


def test_what_was_done_to_every_picture_is_said_once(tmp_path):
    for number in range(3):
        write_picture(tmp_path / f"{number}.png", number, (48, 64))
    pictures = picture_set(tmp_path, COLOUR)
    names_and_levels(pictures)
    assert pictures.notes == ("resized from 64x48 to 32x24",)


def test_many_different_changes_are_summed_up(tmp_path):
    for number in range(9):
        write_picture(tmp_path / f"{number}.png", number, (40 + number, 64))
    pictures = picture_set(tmp_path, COLOUR)
    names_and_levels(pictures)
    assert len(pictures.notes) == 4
    assert pictures.notes[-1] == "and 6 more such changes"


def test_a_folder_of_broken_pictures_is_an_error_that_names_the_first(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no")
    with pytest.raises(ValueError, match=r"no picture that can be read; the first: .*a\.png"):
        list(picture_set(tmp_path, COLOUR))


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (Path("nothing/here"), FileNotFoundError, "is not there"),
        (7, TypeError, "pictures as int"),
        ([], ValueError, "no pictures"),
        (np.zeros((0, *SIZE, 3)), ValueError, "no pictures"),
        (np.zeros((*SIZE, 3)), ValueError, "is one picture"),
        (np.zeros(SIZE), ValueError, "is one picture"),
    ],
)
def test_what_holds_no_pictures_is_refused_in_one_line(given, error, message):
    with pytest.raises(error, match=message) as raised:
        picture_set(given, COLOUR)
    assert "\n" not in str(raised.value)


def test_a_folder_without_pictures_says_what_is_expected(tmp_path):
    with pytest.raises(ValueError, match=r"has no pictures; expected files ending in \.png"):
        picture_set(tmp_path, COLOUR)


@pytest.mark.parametrize(
    "damage", ["{}", "not json", '{"paths": ["gone.catalog"], "deleted_indexes": []}', ""]
)
def test_a_damaged_tub_is_an_error_that_offers_its_pictures(tub, damage):
    (tub / "manifest.json").write_text(damage)
    with pytest.raises(ValueError, match="images are its pictures alone"):
        picture_set(tub, COLOUR)


def test_a_tub_whose_records_are_all_deleted_is_an_error(tub):
    last = {"paths": ["catalog_0.catalog"], "deleted_indexes": [0, 1, 2, 3]}
    (tub / "manifest.json").write_text(json.dumps(last))
    with pytest.raises(ValueError, match="no records that are not deleted"):
        picture_set(tub, COLOUR)


def test_a_picture_that_does_not_fit_the_network_is_an_error_and_not_left_out():
    with pytest.raises(ValueError, match="finite"):
        list(picture_set([np.full((*SIZE, 3), np.nan)], COLOUR))
