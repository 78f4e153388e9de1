"""`python -m rlviz_video FOLDER`: one page over every gallery below a folder."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rlviz_video.gallery import collect_entries, write_gallery


def main(argv: Sequence[str] | None = None) -> int:
    """Write FOLDER/index.html over every gallery.json below it."""
    parser = argparse.ArgumentParser(prog="python -m rlviz_video", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--title", default="Gallery")
    parser.add_argument(
        "--summary", default="What networks look at while they play; all of it was made here."
    )
    given = parser.parse_args(argv)
    entries = collect_entries(given.folder)
    write_gallery(given.folder / "index.html", entries, title=given.title, summary=given.summary)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
