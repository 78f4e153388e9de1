"""One page over a folder of videos and pictures: what each shows, how it was made, and the thing, offline."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from rlviz_video.outputs import naming
from rlviz_video.sinks import encode_png
from rlviz_video.sources import VideoSource

ENTRIES = "gallery.json"
"""Name of the file beside a page that holds its entries."""

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: dark; --line: #2b3138; --dim: #9aa5b1; --accent: #ffb020; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; max-width: 1180px; padding: 40px 24px 64px; background: #14171a; color: #e8ecf0;
       font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }}
h1 {{ margin: 0 0 4px; font-size: 32px; letter-spacing: -0.01em; }}
h2 {{ margin: 0 0 4px; font-size: 21px; }}
p {{ margin: 0 0 14px; color: var(--dim); max-width: 75ch; }}
article {{ margin-top: 36px; padding-top: 28px; border-top: 1px solid var(--line);
          display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 28px; }}
video, img {{ width: 100%; display: block; border-radius: 6px; background: #000; }}
article.wide {{ grid-template-columns: 1fr; }} article.wide > :first-child {{ order: 1; }}
.pictures {{ display: grid; grid-template-columns: 1fr 1fr; gap: 24px; align-items: start; }}
figure {{ margin: 0; }} figcaption {{ color: var(--dim); font-size: 14px; margin-top: 4px; }}
a {{ color: var(--accent); }}
dl {{ margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; font-size: 14px; }}
dt {{ color: var(--dim); }} dd {{ margin: 0; overflow-wrap: anywhere; }}
.sample {{ display: inline-block; margin-bottom: 10px; padding: 1px 9px; border-radius: 9px;
          background: var(--accent); color: #14171a; font-size: 13px; font-weight: 600; }}
@media (max-width: 800px) {{ article, .pictures {{ grid-template-columns: 1fr; }} }}
</style>
<h1>{title}</h1>
<p>{summary}</p>
{articles}
</html>
"""

_ARTICLE = """<article{kind}>
<div{inside}>{shown}</div>
<div><h2>{title}</h2>{sample}<p>{caption}</p><dl>{facts}</dl>{pages}</div>
</article>"""

_VIDEO = """<video controls muted loop playsinline preload="metadata"{poster}>
<source src="{video}" type="video/mp4"></video>"""

_PICTURE = """<figure><a href="{path}"><img src="{path}" alt="{what}" loading="lazy"></a>
<figcaption>{what}</figcaption></figure>"""


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """One video of the page, or some pictures that belong together.

    Attributes:
        title: the heading.
        video: path of the MP4, relative to the folder of the entry; empty where there are pictures.
        caption: what is to be seen, one or two sentences.
        poster: path of a PNG shown until the video plays, or None.
        facts: label -> value, shown as a table.
        sample: what the input is when it is not the user's own ("sample: ..."), else empty.
        pictures: path -> what is to be seen, in the order in which they are shown.
        pages: path -> what is to be read there: further files that are linked.
    """

    title: str
    video: str
    caption: str
    poster: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    sample: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict[str, str])
    pages: Mapping[str, str] = field(default_factory=dict[str, str])


def write_entries(folder: Path, entries: Sequence[GalleryEntry]) -> Path:
    """Keep the entries of one folder in its `gallery.json`, for `collect_entries`."""
    path = folder / ENTRIES
    path.write_text(json.dumps([asdict(entry) for entry in entries], indent=2) + "\n", encoding="utf-8")
    return path


def write_poster(video: Path) -> Path:
    """Write the frame in the middle of a video beside it, as PNG.

    Returns:
        The picture: `run.png` for `run.mp4`.

    Raises:
        OSError: the video cannot be read, or the picture cannot be written.
    """
    source = VideoSource(video)
    frame = next(islice(source, (source.frames or 1) // 2, None))
    poster = video.with_suffix(".png")
    with naming(poster):
        poster.write_bytes(encode_png(frame))
    return poster


def collect_entries(root: Path) -> list[GalleryEntry]:
    """Entries of `root` and of its sub-folders, in order of their paths, with paths relative to `root`."""
    found: list[GalleryEntry] = []
    for listing in sorted(root.rglob(ENTRIES)):
        prefix = listing.parent.relative_to(root)
        for values in json.loads(listing.read_text(encoding="utf-8")):
            for name in ("video", "poster"):
                values[name] = values[name] and (prefix / values[name]).as_posix()
            for name in ("pictures", "pages"):
                values[name] = {(prefix / path).as_posix(): what for path, what in values[name].items()}
            found.append(GalleryEntry(**values))
    return found


def write_gallery(path: Path, entries: Sequence[GalleryEntry], *, title: str, summary: str = "") -> Path:
    """Write one HTML page (no script, nothing fetched from elsewhere) that shows the entries.

    Args:
        path: the page; the entries' paths are relative to its folder.
        entries: the videos and pictures in order; at least one.
        title: heading of the page.
        summary: one or two sentences under it.

    Raises:
        ValueError: there is nothing to show.
    """
    if not entries:
        msg = f"nothing to show on {path}: make one first, for instance with `breakout-gradcam demo`"
        raise ValueError(msg)
    articles = "\n".join(_article(entry) for entry in entries)
    page = _PAGE.format(title=escape(title), summary=escape(summary), articles=articles)
    path.write_text(page, encoding="utf-8")
    return path


def write_page(
    folder: Path, video: Path, *, title: str, caption: str, facts: Mapping[str, str], sample: str
) -> Path:
    """Write the page of one video, `index.html`, with its poster and its entry for `collect_entries`.

    Args:
        folder: where the page goes; the video lies in it, or in a folder of it.
        video: the MP4.
        title: heading of the page and of the video.
        caption: what is to be seen, one or two sentences.
        facts: name -> value, shown beside the video.
        sample: what the input is where it is not the user's own, "kind: description", else empty.

    Raises:
        OSError: the video cannot be read, or a file cannot be written.
    """
    kind, _, description = sample.partition(": ")
    entry = GalleryEntry(
        title=title,
        video=video.relative_to(folder).as_posix(),
        poster=write_poster(video).relative_to(folder).as_posix(),
        caption=caption,
        facts=({"input": description} if description else {}) | dict(facts),
        sample=kind.lower(),
    )
    return write_entry_page(folder, entry)


def write_entry_page(folder: Path, entry: GalleryEntry) -> Path:
    """Write the page of one entry, `index.html`, and the entry itself for `collect_entries`.

    Args:
        folder: where the page goes, and what the entry's paths are relative to.
        entry: what is shown and said.

    Raises:
        OSError: a file cannot be written.
    """
    write_entries(folder, [entry])
    return write_gallery(folder / "index.html", [entry], title=entry.title)


def _article(entry: GalleryEntry) -> str:
    facts: Mapping[str, Any] = entry.facts
    poster = f' poster="{escape(entry.poster)}"' if entry.poster else ""
    shown = [_VIDEO.format(video=escape(entry.video), poster=poster)] if entry.video else []
    shown += [_PICTURE.format(path=escape(path), what=escape(what)) for path, what in entry.pictures.items()]
    pages = (f'<p><a href="{escape(path)}">{escape(what)}</a></p>' for path, what in entry.pages.items())
    return _ARTICLE.format(
        kind=' class="wide"' if entry.pictures else "",
        inside=' class="pictures"' if entry.pictures else "",
        title=escape(entry.title),
        shown="\n".join(shown),
        pages="".join(pages),
        caption=escape(entry.caption),
        sample=f'<span class="sample">{escape(entry.sample)}</span>' if entry.sample else "",
        facts="".join(f"<dt>{escape(k)}</dt><dd>{escape(str(v))}</dd>" for k, v in facts.items()),
    )
