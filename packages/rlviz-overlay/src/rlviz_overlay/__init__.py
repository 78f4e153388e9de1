"""Pixels: heat, text, charts, panels and layouts, drawn on NumPy frames (uint8, RGB)."""

from rlviz_overlay.axis import Axis, Limits, format_value
from rlviz_overlay.bands import ContourBands
from rlviz_overlay.chart import BarChart, LineChart
from rlviz_overlay.colorbar import GRAYS, ColorBar
from rlviz_overlay.colormap import COLORMAPS, OPENCV_COLORMAPS, Table, colormap
from rlviz_overlay.drawable import Drawable, Static, draw_box, fill, new_canvas
from rlviz_overlay.gauge import Gauge
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.heading import headed
from rlviz_overlay.heatmap import Blender, Heatmap, blend, colorize, resize_frame, resize_heatmap
from rlviz_overlay.histogram import Histogram
from rlviz_overlay.label import Label, Paragraph
from rlviz_overlay.layout import Layout
from rlviz_overlay.mask import ExcludedRegions
from rlviz_overlay.matrix import matrix_picture
from rlviz_overlay.normalize import (
    SCALES,
    Fixed,
    NoHeatError,
    Normalizer,
    PerFrame,
    RunningMax,
    Scale,
    Smoother,
    TypicalPeak,
    check_scale,
    make_scale,
    typical_peak,
)
from rlviz_overlay.number_text import NumberText
from rlviz_overlay.outline import Outline
from rlviz_overlay.panel import KeyValues, Legend, Panel
from rlviz_overlay.percentile import RunningPercentile
from rlviz_overlay.picture import Picture
from rlviz_overlay.png import encode_png
from rlviz_overlay.prints import Print
from rlviz_overlay.scrolling import ScrollingChart
from rlviz_overlay.sheet import Tile, sheet
from rlviz_overlay.text import (
    BOLD,
    REGULAR,
    FittedText,
    TextStyle,
    draw_text,
    elide_middle,
    fit,
    measure_text,
    wrap_text,
)
from rlviz_overlay.theme import DARK, GREY, Color, Theme
from rlviz_overlay.threads import one_thread
from rlviz_overlay.tiles import (
    best_columns,
    covering,
    describe_scale,
    enlarged,
    montage,
    resize_tile,
    tile_size,
    tiles_within,
)
from rlviz_overlay.tones import gray_frame, strongest, tone, without_color
from rlviz_overlay.trace import Series, TraceChart

__all__ = [
    "BOLD",
    "COLORMAPS",
    "DARK",
    "GRAYS",
    "GREY",
    "OPENCV_COLORMAPS",
    "REGULAR",
    "SCALES",
    "Axis",
    "BarChart",
    "Blender",
    "Color",
    "ColorBar",
    "ContourBands",
    "Drawable",
    "ExcludedRegions",
    "FittedText",
    "Fixed",
    "Frame",
    "Gauge",
    "Heatmap",
    "Histogram",
    "KeyValues",
    "Label",
    "Layout",
    "Legend",
    "Limits",
    "LineChart",
    "NoHeatError",
    "Normalizer",
    "NumberText",
    "Outline",
    "Panel",
    "Paragraph",
    "PerFrame",
    "Picture",
    "Print",
    "Rect",
    "RunningMax",
    "RunningPercentile",
    "Scale",
    "ScrollingChart",
    "Series",
    "Size",
    "Smoother",
    "Static",
    "Table",
    "TextStyle",
    "Theme",
    "Tile",
    "TraceChart",
    "TypicalPeak",
    "best_columns",
    "blend",
    "check_scale",
    "colorize",
    "colormap",
    "covering",
    "describe_scale",
    "draw_box",
    "draw_text",
    "elide_middle",
    "encode_png",
    "enlarged",
    "fill",
    "fit",
    "format_value",
    "gray_frame",
    "headed",
    "make_scale",
    "matrix_picture",
    "measure_text",
    "montage",
    "new_canvas",
    "one_thread",
    "resize_frame",
    "resize_heatmap",
    "resize_tile",
    "sheet",
    "strongest",
    "tile_size",
    "tiles_within",
    "tone",
    "typical_peak",
    "without_color",
    "wrap_text",
]
