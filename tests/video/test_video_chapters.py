"""Chapters are in the file from its first fragment on, and come back as they were given."""

import re
from fractions import Fraction
from pathlib import Path

import av
import pytest
from rlviz_video import Chapter, H264Sink, VideoSource, VideoSpec
from video_page import video_page

CHAPTERS = (Chapter("10 %", 0), Chapter("50 % – später", 25), Chapter("100 %", 70, 100))


def encode(path: Path, frames, spec: VideoSpec, chapters=CHAPTERS, **settings) -> Path:
    with H264Sink(path, spec, chapters=chapters, **settings) as sink:
        for frame in frames:
            sink.write(frame)
    return path


@pytest.fixture
def frames(numbered):
    return [numbered(number) for number in range(100)]


@pytest.mark.parametrize(
    "rate", [Fraction(30), Fraction(30000, 1001), Fraction(15), Fraction(60), Fraction(1, 2)]
)
def test_chapters_come_back_with_their_titles_and_first_frames(tmp_path, frames, rate):
    path = encode(tmp_path / "v.mp4", frames, VideoSpec(80, 48, rate))
    assert VideoSource(path).chapters == CHAPTERS


def test_pyav_finds_each_chapter_at_its_second(tmp_path, frames, spec):
    with av.open(str(encode(tmp_path / "v.mp4", frames, spec))) as container:
        found = [
            (chapter["metadata"]["title"], round(float(chapter["start"] * (chapter["time_base"] or 0)), 3))
            for chapter in container.chapters()
        ]
    assert found == [("10 %", 0.0), ("50 % – später", 0.833), ("100 %", 2.333)]


def test_each_chapter_ends_where_the_next_begins_and_the_last_where_it_says(tmp_path, frames, spec):
    chapters = VideoSource(encode(tmp_path / "v.mp4", frames, spec)).chapters
    assert [chapter.end_frame for chapter in chapters] == [25, 70, 100]


def test_chapters_leave_the_frames_and_the_length_as_they_are(tmp_path, frames, spec, numbers_in):
    path = encode(tmp_path / "v.mp4", frames, spec)
    with av.open(str(path)) as container:
        assert container.duration == 100 / 30 * av.time_base // 1
    assert numbers_in(path) == list(range(100))
    assert VideoSource(path).frames == 100


def test_a_chapter_that_would_end_after_the_video_does_not_make_it_longer(tmp_path, frames, spec):
    path = encode(tmp_path / "v.mp4", frames[:40], spec)
    with av.open(str(path)) as container:
        assert container.duration == 40 / 30 * av.time_base // 1


def test_the_same_frames_and_chapters_give_the_same_bytes(tmp_path, frames, spec):
    first, again = (encode(tmp_path / name, frames, spec).read_bytes() for name in ("a.mp4", "b.mp4"))
    assert first == again


def test_a_video_without_chapters_has_none_and_no_track_for_them(tmp_path, frames, spec):
    path = encode(tmp_path / "v.mp4", frames, spec, chapters=())
    assert VideoSource(path).chapters == ()
    with av.open(str(path)) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_the_part_of_a_killed_process_has_all_chapters_and_plays(tmp_path, frames, spec, numbers_in):
    sink = H264Sink(tmp_path / "v.mp4", spec, chapters=CHAPTERS)
    for frame in frames[:80]:
        sink.write(frame)
    killed = tmp_path / "killed.mp4"
    killed.write_bytes(sink.part.read_bytes())  # what a killed process leaves: nothing is closed
    sink.abandon()
    assert VideoSource(killed).chapters == CHAPTERS
    numbers = numbers_in(killed)
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 50


def test_more_chapters_than_a_byte_counts_are_kept(tmp_path, numbered, spec):
    chapters = tuple(Chapter(f"part {number}", number) for number in range(300))
    path = encode(tmp_path / "v.mp4", (numbered(number) for number in range(300)), spec, chapters)
    assert VideoSource(path).chapters == chapters


@pytest.mark.parametrize(
    ("chapters", "message"),
    [
        ([Chapter("late", 1)], "chapter 1 ('late') starts at frame 1; the first chapter has to start at 0"),
        ([Chapter("", 0)], "chapter 1 (''): a title of 0 bytes; give 1 to 255 bytes without line breaks"),
        ([Chapter("ü" * 128, 0)], "a title of 256 bytes; give 1 to 255"),
        ([Chapter("two\nlines", 0)], "without line breaks"),
        (
            [Chapter("a", 0), Chapter("b", 0)],
            "chapter 1 ('a') starts at frame 0 and ends at 0; chapters come in",
        ),
        (
            [Chapter("a", 0), Chapter("b", 9), Chapter("c", 5)],
            "chapter 2 ('b') starts at frame 9 and ends at 5",
        ),
        ([Chapter("a", 0, 5), Chapter("b", 9)], "chapter 1 ('a') starts at frame 0 and ends at 5"),
        ([Chapter("a", 0, 0)], "chapter 1 ('a') starts at frame 0 and ends at 0"),
    ],
)
def test_chapters_that_do_not_follow_one_another_are_refused_before_a_file_is_made(
    tmp_path, spec, chapters, message
):
    with pytest.raises(ValueError, match=re.escape(message)):
        H264Sink(tmp_path / "v.mp4", spec, chapters=chapters)
    assert list(tmp_path.iterdir()) == []


def test_a_browser_plays_a_video_with_chapters(tmp_path, frames):
    encode(tmp_path / "v.mp4", frames, VideoSpec(80, 48, Fraction(30)))
    page = tmp_path / "page.html"
    page.write_text("<video src='v.mp4' muted></video>")
    with video_page(page) as video:
        assert video("duration") == pytest.approx(100 / 30, abs=0.001)
        assert (video("videoWidth"), video("videoHeight"), video("error")) == (80, 48, None)
