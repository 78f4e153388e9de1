"""The documents and the tool name the same options, pilots, transformations, problems and columns."""

import re
from dataclasses import fields

import pytest
from app_documents import AppDocuments
from document_facts import DocumentFacts
from donkey_gradcam.cli import cli
from donkey_gradcam.comparing.compare_outputs import columns as comparison_columns
from donkey_gradcam.drives.problems import KINDS
from donkey_gradcam.drives.transformations import TRANSFORMATIONS
from donkey_gradcam.fixing.fix_outputs import COLUMNS as FIX_COLUMNS
from donkey_gradcam.outputs import COLUMNS as VIDEO_COLUMNS
from donkey_gradcam.pilots import TYPES
from donkey_gradcam.ranking.rank_outputs import COLUMNS as RANK_COLUMNS
from donkey_gradcam.regions import THIRDS
from donkey_gradcam.training.callback import GradCamCallback
from rlviz_overlay import SCALES

APP = AppDocuments(
    app="donkey-gradcam",
    cli=cli,
    scripts={"true_gradcam.py": "video", "better_fix_gradcam.py": "fix"},
)


class TestDocuments(DocumentFacts):
    APP = APP


@pytest.mark.parametrize(
    "names",
    [
        TYPES,
        tuple(TRANSFORMATIONS),
        tuple(KINDS),
        tuple(SCALES),
        VIDEO_COLUMNS,
        tuple(f"share_{part}" for part in (*THIRDS, "excluded", "road")),
        RANK_COLUMNS,
        FIX_COLUMNS,
    ],
    ids=["pilots", "transformations", "problems", "scales", "video", "shares", "rank", "fix"],
)
def test_the_page_names_each_of(names: tuple[str, ...]):
    assert [name for name in names if f"`{name}`" not in APP.text] == []


def test_the_page_names_the_columns_of_a_comparison():
    # `pilot_1_angle` stands for `pilot_2_angle` too
    names = comparison_columns(2, ())
    assert [name for name in names if "_2_" not in name and f"`{name}`" not in APP.text] == []


def test_the_page_gives_the_callbacks_settings_and_defaults():
    rows = dict(re.findall(r"^\| `(\w+)` \| `?([^|`]*)`? \|", APP.text, re.MULTILINE))
    shown = {one.name: one.default for one in fields(GradCamCallback) if one.init and one.kw_only}
    wrong = {
        name: (rows.get(name), default)
        for name, default in shown.items()
        if rows.get(name) is None or (not callable(default) and rows[name].strip() != str(default))
    }
    assert wrong == {}
