"""A video rebuilt from frames: what is replaced, what is not, and what is said of it."""

import hashlib
import json
import shutil
import signal
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from donkey_gradcam.fixing.fix import fix_frames
from donkey_gradcam.fixing.outliers import LONGEST, threshold
from numpy.typing import NDArray
from PIL import Image
from rlviz_video import H264Sink, VideoSource, read_timeline

SIZE = (48, 36)
BLACK = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
FPS = 10
"""Also the longest run of bad frames that is filled: a second."""


def scene(number: int, shift: float = 0.0, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A frame of a slow drive: soft hills that move by half a pixel a frame; `shift` is another place."""
    width, height = size
    ys, xs = np.mgrid[:height, :width]
    x = xs + 0.5 * number + 40 * shift
    planes = [
        np.sin(x / 9 + ys / 11),
        np.sin(x / 7 - ys / 5 + 1 + shift),
        np.cos(x / 13 + ys / 8 + 3 * shift),
    ]
    return (128 + 90 * np.stack(planes, axis=2)).astype(np.uint8)


Damage = Mapping[int, NDArray[np.uint8] | bytes | None]
"""Frame number -> another picture, other bytes of the file, or None: no file."""


@pytest.fixture
def clip(tmp_path: Path) -> Callable[..., Path]:
    """Write frames `f<number>.png` with damage in some."""

    def write(count: int = 24, damage: Damage | None = None, *, frame=scene, name="f{}.png") -> Path:
        folder = tmp_path / "frames"
        folder.mkdir()
        for number in range(count):
            content = (damage or {}).get(number, frame(number))
            path = folder / name.format(number)
            if isinstance(content, bytes):
                path.write_bytes(content)
            elif content is not None:
                Image.fromarray(content).save(path)
        return folder

    return write


@pytest.fixture
def fix(tmp_path: Path) -> Callable[..., Any]:
    """Fix a folder into `fixed.mp4`."""

    def call(folder: Path, *, fps: float = FPS, force: bool = False, said: list[str] | None = None) -> Any:
        say = (lambda _: None) if said is None else said.append
        return fix_frames(folder, tmp_path / "fixed.mp4", fps, force=force, say=say)

    return call


def changed(fixed) -> dict[int, tuple[str, str]]:
    """Frame number -> (problem, what is held)."""
    return {change.number: (change.problem, change.held_from) for change in fixed.changes}


def shown(fixed) -> list[int | None]:
    """The scene's number that each frame of the video shows, or None."""
    luma = np.array([0.299, 0.587, 0.114])  # the video's colours are coarser than its light
    scenes = [scene(number) @ luma for number in range(80)]
    numbers: list[int | None] = []
    for frame in VideoSource(fixed.video):
        apart = [np.abs(frame @ luma - other).mean() for other in scenes]
        best = int(np.argmin(apart))
        numbers.append(best if apart[best] < 4 else None)
    return numbers


def test_good_frames_are_all_shown_in_natural_order(clip, fix):
    fixed = fix(clip(24))
    assert shown(fixed) == list(range(24))
    assert (fixed.frames, fixed.held, fixed.left_out, fixed.changes) == (24, 0, 0, ())


def test_a_single_glitch_is_replaced_by_the_frame_before(clip, fix):
    fixed = fix(clip(24, {10: BLACK}))
    assert changed(fixed) == {10: ("outlier", "f9.png")}
    assert shown(fixed) == [*range(10), 9, *range(11, 24)]


@pytest.mark.parametrize("count", range(2, LONGEST + 1))
def test_consecutive_glitches_are_replaced_by_the_nearer_good_frame(count, clip, fix):
    noise = np.random.default_rng(0).integers(0, 256, (count, *BLACK.shape), dtype=np.uint8)
    fixed = fix(clip(24, {10 + number: noise[number] for number in range(count)}))
    half = (count + 1) // 2
    assert shown(fixed) == [*range(10), *[9] * half, *[10 + count] * (count - half), *range(10 + count, 24)]
    assert {problem for problem, _ in changed(fixed).values()} == {"outlier"}


def test_what_is_away_for_longer_than_a_glitch_stays(clip, fix):
    fixed = fix(clip(24, dict.fromkeys(range(8, 8 + LONGEST + 1), BLACK)))
    assert not fixed.changes


@pytest.mark.parametrize(("place", "neighbour"), [(0, 1), (23, 22)], ids=["first", "last"])
def test_a_glitch_at_an_end_is_replaced_by_its_only_neighbour(place, neighbour, clip, fix):
    fixed = fix(clip(24, {place: BLACK}))
    assert changed(fixed) == {place: ("outlier", f"f{neighbour}.png")}
    assert shown(fixed)[place] == neighbour


@pytest.mark.parametrize("at", [2, 12, 21, 22])
def test_a_cut_stays(at, clip, fix):
    fixed = fix(clip(24, frame=lambda number: scene(number, shift=2.5 * (number >= at))))
    assert not fixed.changes


def test_a_glitch_just_before_a_cut_is_left_as_it_is(clip, fix):
    def frame(number: int) -> NDArray[np.uint8]:
        return BLACK if number == 11 else scene(number, shift=2.5 * (number > 11))

    assert not fix(clip(24, frame=frame)).changes


@pytest.mark.parametrize("speed", [5, 11, 20, 33])
def test_a_fast_turn_stays(speed, clip, fix):
    def frame(number: int) -> NDArray[np.uint8]:
        return scene(number + speed * max(0, min(number - 8, 6)))

    assert not fix(clip(24, frame=frame)).changes


def test_a_glitch_in_a_still_clip_is_found_and_noise_is_not(clip, fix):
    noise = np.random.default_rng(0).integers(-2, 3, (24, *BLACK.shape))
    noise[7] += 12
    fixed = fix(clip(24, frame=lambda number: np.uint8(scene(0) + noise[number])))
    assert list(changed(fixed)) == [7]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "missing"), (b"", "truncated"), (b"not a picture", "unreadable"), ("half", "truncated")],
    ids=["missing", "empty", "garbage", "half"],
)
def test_a_frame_without_a_picture_is_held_from_the_one_before(content, problem, clip, fix):
    folder = clip(24, {} if content == "half" else {5: content})
    if content == "half":
        file = folder / "f5.png"
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    fixed = fix(folder)
    assert changed(fixed) == {5: (problem, "f4.png")}
    assert shown(fixed) == [*range(5), 4, *range(6, 24)]


def test_a_frame_of_another_size_than_most_is_held_even_the_first(clip, fix):
    small = scene(0, size=(24, 18))
    fixed = fix(clip(24, {0: small, 9: small}))
    assert changed(fixed) == {0: ("odd-sized", "f1.png"), 9: ("odd-sized", "f8.png")}
    assert fixed.usual.size == (SIZE[1], SIZE[0])
    assert "24x18; most are 48x36" in fixed.changes[0].detail


def test_damage_of_several_kinds_side_by_side_is_one_run(clip, fix):
    fixed = fix(clip(24, {8: b"x", 9: BLACK, 10: None, 11: scene(11, size=(24, 18))}))
    assert [problem for problem, _ in changed(fixed).values()] == [
        "unreadable", "outlier", "missing", "odd-sized"
    ]  # fmt: skip
    assert shown(fixed) == [*range(8), 7, 7, 12, 12, *range(12, 24)]


def test_a_run_of_a_second_is_filled_and_a_longer_one_is_left_out(clip, fix):
    damage = dict.fromkeys([*range(10, 10 + FPS), *range(30, 31 + FPS)], b"x")
    fixed = fix(clip(50, damage))
    assert (fixed.frames, fixed.held, fixed.left_out) == (50 - FPS - 1, FPS, FPS + 1)
    assert shown(fixed)[29:31] == [29, 31 + FPS]


def test_a_long_gap_in_the_numbers_is_a_cut_that_is_listed(clip, fix):
    fixed = fix(clip(60, dict.fromkeys(range(20, 45))))
    (gap,) = fixed.changes
    assert (gap.number, gap.count, gap.problem, gap.held_from) == (20, 25, "missing", "")
    assert shown(fixed) == [*range(20), *range(45, 60)]


def test_every_fifth_frame_is_a_clip_without_gaps(clip, fix):
    fixed = fix(clip(60, {number: None for number in range(60) if number % 5 or number == 30}))
    assert changed(fixed) == {30: ("missing", "f25.png")}
    assert fixed.frames == 12


@pytest.mark.parametrize("name", ["{}_cam_image_array_.jpg", "run2_frame_{:05d}.png", "{:03}.JPEG"])
def test_numbers_are_found_in_usual_names(name, clip, fix):
    fixed = fix(clip(24, {11: None}, name=name))
    assert changed(fixed) == {11: ("missing", name.format(10))}


def test_names_without_numbers_have_no_missing_frames_and_it_is_said(tmp_path, fix):
    folder, said = tmp_path / "frames", list[str]()
    folder.mkdir()
    for name in ("apple", "bread", "cheese"):
        Image.fromarray(scene(0)).save(folder / f"{name}.png")
    assert fix(folder, said=said).frames == 3
    assert "The names are not numbered alike: missing frames cannot be told" in said


def test_a_single_frame_makes_a_video(clip, fix):
    assert fix(clip(1)).frames == 1


def test_an_odd_size_is_widened_by_repeating_the_border(clip, fix):
    said = list[str]()
    fixed = fix(clip(4, frame=lambda number: scene(number, size=(47, 35))), said=said)
    frames = list(VideoSource(fixed.video))
    assert {frame.shape for frame in frames} == {(36, 48, 3)}
    assert any("47x35 is odd" in line for line in said)


def test_the_folder_is_left_as_it_was(clip, fix):
    folder = clip(24, {3: b"x", 7: BLACK, 9: None})

    def state() -> list[tuple[str, str, int]]:
        files = sorted(folder.iterdir())
        return [(f.name, hashlib.sha256(f.read_bytes()).hexdigest(), f.stat().st_mtime_ns) for f in files]

    before = state()
    fix(folder)
    assert state() == before


def test_the_table_has_a_row_for_every_frame(clip, fix):
    fixed = fix(clip(24, {3: b"x", 7: BLACK, 9: None}))
    rows = read_timeline(fixed.timeline)
    assert fixed.timeline.name == "fixed.fix.csv"
    assert [row["frame"] for row in rows] == list(range(24))
    assert [row["number"] for row in rows if row["state"] == "held"] == [3, 7, 9]
    assert rows[9] == {
        "frame": 9, "number": 9, "file": None, "state": "held", "problem": "missing", "held_from": "f8.png",
        "count": 1,
    }  # fmt: skip


def test_the_manifest_says_the_rule_and_what_was_found(clip, fix):
    fixed = fix(clip(24, {7: BLACK}))
    manifest = json.loads(fixed.manifest.read_text())
    assert manifest["problems"] == {"outlier": 1}
    assert manifest["glitch_rule"] == {"times_typical": 2.5, "times_neighbours": 2.0, "longest_glitch": 5}
    assert manifest["usual"]["limit"] == pytest.approx(max(2.5 * fixed.usual.typical, 3))


def test_what_was_done_is_said_in_a_line_each(clip, fix):
    said = list[str]()
    fix(clip(60, {3: b"x", 7: BLACK, 8: BLACK, **dict.fromkeys(range(30, 45), b"x")}), said=said)
    assert "f3.png: not a picture that can be read; f2.png is held" in said
    assert "f7.png: far from both neighbours, which are near to each other; f6.png is held" in said
    assert "f8.png: far from both neighbours, which are near to each other; f9.png is held" in said
    assert "f30.png to f44.png: not a picture that can be read; left out" in said
    assert "Held: 3 of 45 frames; left out: 15 (16 unreadable, 2 outlier)" in said


def test_separate_runs_of_one_kind_are_separate_lines(clip, fix):
    said = list[str]()
    damage = dict.fromkeys([5, 7, *range(20, 35), *range(40, 55)], b"x")
    fix(clip(60, damage), said=said)
    names = [line.partition(":")[0] for line in said if "not a picture" in line]
    assert names == ["f5.png", "f7.png", "f20.png to f34.png", "f40.png to f54.png"]


def test_an_existing_output_is_replaced_only_with_force(clip, fix, tmp_path):
    folder = clip(4)
    fix(folder)
    with pytest.raises(FileExistsError, match=r"fixed\.mp4 exists; .* --force"):
        fix(folder)
    shutil.rmtree(folder)
    folder.mkdir()
    Image.fromarray(scene(0)).save(folder / "f0.png")
    assert fix(folder, force=True).frames == 1


def test_the_same_frames_give_the_same_bytes(clip, fix):
    folder = clip(24, {7: BLACK, 9: None})
    first = fix(folder).video.read_bytes()
    assert fix(folder, force=True).video.read_bytes() == first


@pytest.mark.parametrize("fps", [0, -1, float("nan")])
def test_an_impossible_rate_is_refused_before_anything_is_written(fps, clip, fix, tmp_path):
    with pytest.raises(ValueError, match="frame rate"):
        fix(clip(4), fps=fps)
    assert [path.name for path in tmp_path.iterdir()] == ["frames"]


def test_a_folder_without_pictures_is_refused(tmp_path, fix):
    (tmp_path / "frames").mkdir()
    with pytest.raises(ValueError, match=r"has no pictures; expected files ending in \.png"):
        fix(tmp_path / "frames")


def test_a_tub_given_for_its_pictures_is_told_where_they_are(tub_v2, fix):
    with pytest.raises(ValueError, match=r"has no pictures; .* its folder .*images may be meant"):
        fix(tub_v2(3))


@pytest.mark.parametrize("make", [Path.touch, lambda path: None], ids=["a file", "nothing"])
def test_what_is_no_folder_is_refused(make, tmp_path, fix):
    make(tmp_path / "frames")
    with pytest.raises(NotADirectoryError, match="give the folder of the frames"):
        fix(tmp_path / "frames")


def test_a_clip_of_damaged_pictures_only_is_refused(clip, fix):
    with pytest.raises(ValueError, match=r"none of the 5 pictures .* can be read"):
        fix(clip(5, dict.fromkeys(range(5), b"x")))


def test_an_output_that_is_no_mp4_is_refused(clip, tmp_path):
    with pytest.raises(ValueError, match=r"does not end in \.mp4"):
        fix_frames(clip(4), tmp_path / "out.avi", FPS, force=False, say=lambda _: None)


def test_ctrl_c_finishes_the_video_with_what_there_is(clip, fix, monkeypatch):
    written = H264Sink.write

    def interrupted(sink, frame) -> None:
        written(sink, frame)
        if sink.frames == 10:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(H264Sink, "write", interrupted)
    fixed = fix(clip(24))
    assert fixed.interrupted
    assert shown(fixed) == list(range(fixed.frames))
    assert len(read_timeline(fixed.timeline)) == fixed.frames == 10


def test_memory_does_not_grow_with_the_clip(clip, fix):
    folder = clip(60, frame=lambda number: scene(number, size=(320, 240)))
    tracemalloc.start()
    fix(folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * 320 * 240 * 3  # of 60 frames; 16 wait for the encoder


def test_the_limit_is_told_from_the_clips_own_median_difference():
    assert threshold([0.0, 0.0, 0.0, 4.0, 6.0, 100.0]) == (6.0, 15.0)
    assert threshold([0.5, 0.5]) == (0.5, 3.0)
    assert threshold([]) == (0.0, 3.0)


@pytest.mark.shared
def test_a_real_drive_is_left_as_it_is(shared_tub, fix):
    fixed = fix(shared_tub / "images", fps=20)
    assert (fixed.frames, fixed.changes) == (500, ())


@pytest.mark.shared
def test_damage_in_a_real_drive_is_found(shared_tub, fix, tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(120):
        shutil.copy(shared_tub / "images" / f"{number}_cam_image_array_.jpg", folder)
    stray = shared_tub / "images" / "400_cam_image_array_.jpg"
    shutil.copy(stray, folder / "40_cam_image_array_.jpg")
    Image.new("RGB", (160, 120)).save(folder / "60_cam_image_array_.jpg")
    (folder / "80_cam_image_array_.jpg").write_bytes(stray.read_bytes()[:1500])
    (folder / "100_cam_image_array_.jpg").unlink()
    fixed = fix(folder, fps=20)
    problems = {number: problem for number, (problem, _) in changed(fixed).items()}
    assert problems == {40: "outlier", 60: "outlier", 80: "truncated", 100: "missing"}
