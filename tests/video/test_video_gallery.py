from pathlib import Path

import pytest
from rlviz_video.gallery import GalleryEntry, collect_entries, main, write_entries, write_gallery


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
