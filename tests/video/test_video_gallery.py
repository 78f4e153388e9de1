from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from rlviz_video import H264Sink, ImageFolderSource, VideoSpec
from rlviz_video.__main__ import main
from rlviz_video.gallery import (
    GalleryEntry,
    collect_entries,
    write_entries,
    write_entry_page,
    write_gallery,
    write_page,
    write_poster,
)


def test_the_page_shows_every_entry_below_the_folder_with_paths_relative_to_it(tmp_path: Path):
    for app in ("b", "a"):
        (tmp_path / app).mkdir()
        write_entries(tmp_path / app, [GalleryEntry(app, "v.mp4", "caption", poster="p.png")])
    assert [(e.video, e.poster) for e in collect_entries(tmp_path)] == [
        ("a/v.mp4", "a/p.png"),
        ("b/v.mp4", "b/p.png"),
    ]
    assert main([str(tmp_path), "--title", "All"]) == 0
    page = (tmp_path / "index.html").read_text()
    assert 'src="a/v.mp4"' in page
    assert 'poster="b/p.png"' in page


def test_text_of_an_entry_cannot_become_markup(tmp_path: Path):
    entry = GalleryEntry("<script>", "v.mp4", "a & b", facts={"<k>": "<v>"}, sample="<s>")
    page = write_gallery(tmp_path / "i.html", [entry], title="<t>").read_text()
    for tag in ("<script>", "<k>", "<v>", "<s>", "<t>"):
        assert tag not in page


def test_an_empty_gallery_is_an_error_that_says_what_to_do(tmp_path: Path):
    with pytest.raises(ValueError, match="make one first"):
        write_gallery(tmp_path / "i.html", [], title="t")


def test_the_poster_is_the_frame_in_the_middle(tmp_path: Path):
    (tmp_path / "v").mkdir()
    with H264Sink(tmp_path / "v" / "run.mp4", VideoSpec(64, 48, Fraction(10)), crf=0) as sink:
        for level in (0, 50, 100, 150, 200):
            sink.write(np.full((48, 64, 3), level, np.uint8))
    assert write_poster(tmp_path / "v" / "run.mp4") == tmp_path / "v" / "run.png"
    (tmp_path / "v" / "run.mp4").unlink()
    (picture,) = ImageFolderSource(tmp_path / "v", Fraction(1))
    assert abs(int(picture.mean()) - 100) <= 2


def test_the_page_of_one_video_says_what_it_is_and_is_found_by_the_gallery(tmp_path: Path):
    video = tmp_path / "made" / "run.mp4"
    with H264Sink(video, VideoSpec(64, 48, Fraction(10))) as sink:
        sink.write(np.zeros((48, 64, 3), np.uint8))
    page = write_page(
        tmp_path,
        video,
        title="A tool",
        caption="What it shows.",
        facts={"frames": "1"},
        sample="Sample: drawn.",
    )
    text = page.read_text()
    for shown in ("A tool", "What it shows.", "made/run.mp4", "made/run.png", ">sample<", "drawn."):
        assert shown in text
    (entry,) = collect_entries(tmp_path)
    assert (entry.title, dict(entry.facts)) == ("A tool", {"input": "drawn.", "frames": "1"})


def test_a_page_of_pictures_shows_each_with_its_caption_and_links_what_is_to_be_read(tmp_path: Path):
    entry = GalleryEntry(
        "A tool", "", "What it shows.", pictures={"one.png": "First & best"}, pages={"r.html": "The report"}
    )
    page = write_entry_page(tmp_path, entry).read_text()
    assert '<img src="one.png" alt="First &amp; best"' in page
    assert '<a href="r.html">The report</a>' in page
    assert "<video" not in page


def test_pictures_and_pages_are_found_with_paths_relative_to_the_gallery(tmp_path: Path):
    (tmp_path / "a").mkdir()
    write_entries(
        tmp_path / "a", [GalleryEntry("a", "", "c", pictures={"p.png": "w"}, pages={"r.html": "x"})]
    )
    (entry,) = collect_entries(tmp_path)
    assert (entry.video, dict(entry.pictures), dict(entry.pages)) == ("", {"a/p.png": "w"}, {"a/r.html": "x"})
