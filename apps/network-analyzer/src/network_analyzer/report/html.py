"""A report as one HTML page: self-contained, no script, nothing fetched."""

import base64
from collections.abc import Mapping
from html import escape

from rlviz_overlay import DARK, Color, Frame, encode_png

from network_analyzer.report.filter_report import FilterReport
from network_analyzer.report.patches import Patch
from network_analyzer.report.tiles import CHECK, PAGE, SIDE, patch_tile, stimulus_tile
from network_analyzer.report.wording import (
    facts,
    figures,
    has_stimulus,
    legend,
    number,
    place,
    reached,
    state,
    title,
    unit,
)

_STYLE = """
:root {{ color-scheme: dark; --line: #2b3138; --dim: #9aa5b1; --warn: {warning}; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; max-width: 1320px; padding: 40px 24px 64px; background: {page}; color: #e8ecf0;
       font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }}
h1 {{ margin: 0 0 4px; font-size: 30px; letter-spacing: -0.01em; overflow-wrap: anywhere; }}
p {{ margin: 0 0 18px; color: var(--dim); max-width: 90ch; }}
dl {{ margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; font-size: 14px; }}
dt {{ color: var(--dim); }} dd {{ margin: 0; overflow-wrap: anywhere; }}
header, .legend {{ margin-bottom: 26px; }}
.note {{ color: var(--warn); }}
.legend {{ padding: 14px 18px; border: 1px solid var(--line); border-radius: 8px; }}
.legend dl {{ font-size: 13px; }}
table {{ width: 100%; border-collapse: collapse; }}
th {{ position: sticky; top: 0; z-index: 1; padding: 8px 18px 8px 0; background: {page}; color: var(--dim);
     font-size: 13px; font-weight: 500; text-align: left; white-space: nowrap; }}
td {{ padding: 14px 18px 14px 0; border-top: 1px solid var(--line); vertical-align: top; }}
td.number {{ font-size: 20px; font-weight: 600; white-space: nowrap; }}
td.figures dl {{ gap: 0 12px; font-size: 13px; width: max-content; }}
td.figures dd {{ text-align: right; font-variant-numeric: tabular-nums; }}
figure {{ margin: 0; display: flex; flex-direction: column; gap: 3px; }}
img {{ display: block; image-rendering: pixelated; }}
figcaption {{ color: var(--dim); font-size: 12px; line-height: 1.3; white-space: nowrap;
             font-variant-numeric: tabular-nums; }}
figcaption b {{ color: #e8ecf0; font-weight: 500; }}
.smooth {{ image-rendering: auto; }}
.patches {{ display: flex; flex-wrap: wrap; gap: 10px; }}
.dead, .silent {{ display: inline-block; padding: 0 8px; border: 1px solid var(--warn); border-radius: 9px;
                 background: var(--warn); color: {page}; font-size: 12px; font-weight: 600; }}
.silent {{ background: none; color: var(--warn); }}
.none {{ color: var(--dim); font-size: 13px; }}
.squares {{ display: inline-block; width: 32px; height: 12px; vertical-align: -1px;
           background: repeating-conic-gradient({rule} 0 25%, {track} 0 50%) 0 0 / {check}px {check}px; }}
"""

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
<header><h1>{title}</h1>
<p>What each {unit} does over a set of pictures, what it prefers, and the places that it answers to most.</p>
<dl>{facts}</dl></header>
<section class="legend"><dl>{legend}</dl></section>
<table><thead><tr><th>{unit}</th><th>activations</th>{preferred}<th>highest in the pictures</th></tr></thead>
<tbody>
{rows}
</tbody></table>
</html>
"""


def html_page(report: FilterReport) -> str:
    """Return the page of a report."""
    style = _STYLE.format(
        page=_hex(PAGE),
        warning=_hex(DARK.warning),
        rule=_hex(DARK.rule),
        track=_hex(DARK.track),
        check=2 * CHECK,
    )
    rows = "\n".join(_row(report, row) for row in range(len(report.rows)))
    return _PAGE.format(
        title=escape(title(report)),
        style=style,
        unit=unit(report),
        facts=_list(facts(report)) + "".join(_note(note) for note in report.notes),
        legend=_list(legend(report)).replace(
            "<dt>squares</dt>", '<dt><span class="squares"></span> squares</dt>'
        ),
        preferred="" if report.ascent is None else "<th>preferred stimulus</th>",
        rows=rows,
    )


def _row(report: FilterReport, row: int) -> str:
    statistics = report.rows[row]
    badge = state(report, row)
    dead = f'<br><span class="{badge}">{badge}</span>' if badge else ""
    patches = "".join(_patch(patch) for patch in report.patches[row])
    shown = patches or '<span class="none">none: it answered to no picture</span>'
    return (
        f'<tr id="{unit(report)}-{statistics.channel}"><td class="number">{statistics.channel}{dead}</td>'
        f'<td class="figures"><dl>{_list(figures(statistics))}</dl></td>'
        f'{_stimulus(report, row)}<td><div class="patches">{shown}</div></td></tr>'
    )


def _stimulus(report: FilterReport, row: int) -> str:
    if report.ascent is None:
        return ""
    first, second = reached(report, row)
    if not has_stimulus(report, row):
        return f'<td><span class="none">{first}<br>{second}</span></td>'
    levels = report.ascent.pictures[row]
    tile = stimulus_tile(levels, 174 if levels.ndim == 4 or len(levels) not in {1, 3} else 110)
    name = f"preferred stimulus of {unit(report)} {report.rows[row].channel}"
    return (
        f"<td><figure>{_image(tile, name)}<figcaption><b>{first}</b><br>{second}</figcaption></figure></td>"
    )


def _patch(patch: Patch) -> str:
    where = place(patch)
    return (
        f'<figure title="{escape(where)}">{_image(patch_tile(patch), where)}'
        f"<figcaption><b>{number(patch.activation)}</b><br>#{patch.number}</figcaption></figure>"
    )


def _image(frame: Frame, name: str) -> str:
    """Return an image; one much smaller than a tile is shown larger."""
    data = base64.b64encode(encode_png(frame)).decode()
    height, width = frame.shape[:2]
    zoom = SIDE / max(height, width)
    smooth = ' class="smooth"' if zoom > 1.3 else ""
    zoom = zoom if smooth else 1
    return (
        f'<img{smooth} width="{round(width * zoom)}" height="{round(height * zoom)}" '
        f'alt="{escape(name)}" src="data:image/png;base64,{data}">'
    )


def _list(named: Mapping[str, str]) -> str:
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in named.items())


def _note(note: str) -> str:
    return f'<dt class="note">note</dt><dd>{escape(note)}</dd>'


def _hex(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
