"""What every sink promises, and the two plainest sinks."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from rlviz_video import (
    FrameSink,
    H264Sink,
    ImageFolderSink,
    MemorySink,
    MoviePySink,
    VideoSpec,
    open_source,
)

SPEC = VideoSpec(80, 48, Fraction(30))
ON_DISK: dict[str, Callable[..., FrameSink]] = {
    "v.mp4": lambda path, **settings: H264Sink(path, SPEC, **settings),
    "m.mp4": lambda path, **settings: MoviePySink(path, 30, **settings),
    "frames": lambda path, **settings: ImageFolderSink(path, SPEC, **settings),
}


@pytest.fixture(params=sorted(ON_DISK))
def name(request) -> str:
    if request.param == "m.mp4":
        pytest.importorskip("moviepy")
    return request.param


@pytest.fixture
def make(name, tmp_path) -> Callable[..., FrameSink]:
    return lambda **settings: ON_DISK[name](tmp_path / name, **settings)


def part_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}.part{path.suffix}")


def grey(value: int) -> np.ndarray:
    return np.full((48, 80, 3), value, np.uint8)


def greys_in(path: Path) -> list[int]:
    return [round(float(frame.mean()) / 10) * 10 for frame in open_source(path, fps=30)]


def write(sink: FrameSink, values) -> None:
    with sink:
        for value in values:
            sink.write(grey(value))


def test_the_output_appears_when_the_block_is_left(make, name, tmp_path):
    with make() as sink:
        sink.write(grey(50))
        assert not (tmp_path / name).exists()
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert greys_in(tmp_path / name) == [50]


def test_an_error_is_passed_on_and_leaves_only_the_part(make, name, tmp_path):
    with pytest.raises(LookupError, match="mine"), make() as sink:
        sink.write(grey(50))
        raise LookupError("mine")
    part = part_of(tmp_path / name)
    assert list(tmp_path.iterdir()) == [part]
    assert greys_in(part) == [50]


def test_an_interrupt_is_passed_on_and_keeps_what_there_is(make, name, tmp_path):
    with pytest.raises(KeyboardInterrupt), make() as sink:
        sink.write(grey(50))
        raise KeyboardInterrupt
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert greys_in(tmp_path / name) == [50]


def test_an_interrupt_before_the_first_frame_leaves_nothing(make, tmp_path):
    with pytest.raises(KeyboardInterrupt), make():
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_an_existing_output_is_refused_at_once_and_untouched(make, name, tmp_path):
    write(make(), [50])
    before = greys_in(tmp_path / name)
    with pytest.raises(FileExistsError, match=rf"{name} .*choose another path, or pass --force to overwrite"):
        make()
    assert greys_in(tmp_path / name) == before


def test_the_part_of_an_earlier_run_is_refused_too(make, name, tmp_path):
    with pytest.raises(LookupError), make() as sink:
        sink.write(grey(50))
        raise LookupError
    with pytest.raises(FileExistsError, match=r"\.part.*pass --force to overwrite"):
        make()
    assert greys_in(part_of(tmp_path / name)) == [50]


def test_force_replaces_output_and_part(make, name, tmp_path):
    write(make(), [50, 60, 70])
    write(make(force=True), [90])
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert greys_in(tmp_path / name) == [90]


def test_with_force_the_old_output_stays_until_the_new_one_is_whole(make, name, tmp_path):
    write(make(), [50])
    with make(force=True) as sink:
        sink.write(grey(90))
        assert greys_in(tmp_path / name) == [50]
    assert greys_in(tmp_path / name) == [90]


def test_a_part_from_before_leaves_nothing_behind_with_force(make, name, tmp_path):
    with pytest.raises(LookupError), make() as sink:
        for value in (10, 20, 30):
            sink.write(grey(value))
        raise LookupError
    write(make(force=True), [90])
    assert greys_in(tmp_path / name) == [90]
    assert not part_of(tmp_path / name).exists()


def test_missing_folders_are_made(name, tmp_path):
    write(ON_DISK[name](tmp_path / "a" / "b" / name), [50])
    assert greys_in(tmp_path / "a" / "b" / name) == [50]


def test_a_folder_that_is_a_file_is_refused_by_name(name, tmp_path):
    (tmp_path / "a").write_text("mine")
    with pytest.raises(NotADirectoryError, match=r"a is a file; expected a folder, choose another path"):
        ON_DISK[name](tmp_path / "a" / name)


def test_finishing_twice_is_the_same_as_once(make, name, tmp_path):
    sink = make()
    sink.write(grey(50))
    sink.finish()
    sink.finish()
    assert greys_in(tmp_path / name) == [50]


def test_a_closed_sink_takes_no_frame(make):
    sink = make()
    sink.write(grey(50))
    sink.finish()
    with pytest.raises(ValueError, match=r"is closed; write all frames before finish\(\)"):
        sink.write(grey(60))


def test_no_frames_is_an_error_and_leaves_nothing(make, tmp_path):
    with pytest.raises(ValueError, match="no frames were written to"), make():
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("frame", [np.zeros((48, 80, 3)), np.zeros((48, 80, 3), np.int16), [[1]]])
def test_only_uint8_arrays_are_taken(make, frame):
    with pytest.raises(TypeError, match=r"frame 0 .*uint8"), make() as sink:
        sink.write(frame)


def test_a_frame_of_another_shape_is_refused_and_the_file_goes_on(make, name, tmp_path):
    with make() as sink:
        sink.write(grey(50))
        with pytest.raises(ValueError, match="frame 1 has shape"):
            sink.write(grey(60)[:40])
        sink.write(grey(70))
    assert greys_in(tmp_path / name) == [50, 70]


@pytest.mark.parametrize(("kind", "form"), [(H264Sink, SPEC), (MoviePySink, 30)])
def test_a_folder_in_place_of_the_video_is_named(tmp_path, kind, form):
    if kind is MoviePySink:
        pytest.importorskip("moviepy")
    with pytest.raises(IsADirectoryError, match="is a folder; give the path of a file"):
        kind(tmp_path, form)


@pytest.mark.parametrize("kind", [H264Sink, MoviePySink])
def test_a_video_that_does_not_end_in_mp4_is_refused(tmp_path, kind):
    with pytest.raises(ValueError, match=r"v\.avi does not end in \.mp4"):
        kind(tmp_path / "v.avi", SPEC if kind is H264Sink else 30)


@pytest.mark.parametrize("odd_name", ["-v.mp4", "a:b.mp4", "file:x.mp4", "späße 漢字 %d.mp4", "a.b.c.mp4"])
def test_any_file_name_works(tmp_path, monkeypatch, odd_name):
    monkeypatch.chdir(tmp_path)
    write(H264Sink(odd_name, SPEC), [50])
    assert greys_in(Path(odd_name)) == [50]
    pytest.importorskip("moviepy")
    write(MoviePySink(odd_name, 30, force=True), [90])
    assert greys_in(Path(odd_name)) == [90]


def test_a_memory_sink_keeps_copies(numbered):
    frame = numbered(1)
    with MemorySink(SPEC) as sink:
        sink.write(frame)
        frame[:] = 0
        sink.write(frame)
    assert [int(kept.max()) for kept in sink.frames] == [255, 0]
    with pytest.raises(ValueError, match="closed"):
        sink.write(frame)


def test_an_image_folder_holds_the_exact_frames(tmp_path):
    frame = np.random.default_rng(0).integers(0, 256, (48, 80, 3), dtype=np.uint8)
    with ImageFolderSink(tmp_path / "frames", SPEC) as sink:
        sink.write(frame)
        sink.write(frame[::-1])
    names = [entry.name for entry in sorted((tmp_path / "frames").iterdir())]
    assert names == ["frame_000000.png", "frame_000001.png"]
    picture = cv2.imread(str(tmp_path / "frames" / names[0]))
    assert picture is not None
    assert np.array_equal(picture[:, :, ::-1], frame)


def test_an_image_folder_may_be_there_when_it_is_empty(tmp_path):
    (tmp_path / "frames").mkdir()
    write(ImageFolderSink(tmp_path / "frames", SPEC), [50])
    assert greys_in(tmp_path / "frames") == [50]


def test_a_folder_with_other_files_is_never_touched(tmp_path):
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"holds 'thesis\.txt', which is no frame of ours"):
        ImageFolderSink(tmp_path / "frames", SPEC, force=True)
    assert (tmp_path / "frames" / "thesis.txt").read_text() == "mine"


def test_a_full_disk_leaves_only_whole_pictures(small_disk):
    noise = np.random.default_rng(0).integers(0, 256, (48, 80, 3), dtype=np.uint8)
    with (
        pytest.raises(OSError, match=r"^cannot write .*frame_0000\d\d\.png: No space left on device$"),
        ImageFolderSink(small_disk / "frames", SPEC) as sink,
    ):
        for _ in range(100):
            sink.write(noise)
    left = list(open_source(small_disk / "frames.part", fps=30))
    assert len(left) == sink.frames > 0


def test_the_error_of_the_block_is_not_replaced_by_one_of_closing(tmp_path, monkeypatch):
    sink = H264Sink(tmp_path / "v.mp4", SPEC)

    def fail() -> None:
        raise OSError("closing failed")

    monkeypatch.setattr(sink, "abandon", fail)
    with pytest.raises(LookupError, match="mine") as caught, sink:
        raise LookupError("mine")
    assert caught.value.__notes__ == ["closing failed"]
    monkeypatch.undo()
    sink.abandon()
