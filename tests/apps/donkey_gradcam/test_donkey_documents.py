"""The documents and the tool name the same options, pilots, transformations, problems and columns."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from app_documents import AppDocuments
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


@pytest.mark.parametrize("document", APP.documents, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_command_lines_use_options_that_the_command_has(document: Path):
    assert APP.unknown_in_command_lines(document) == []


def test_the_page_names_no_option_that_does_not_exist():
    assert APP.unknown_on_page() == set()


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_page_names_every_option(name: str):
    assert APP.unnamed_on_page(name) == set()


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_page_gives_every_default(name: str):
    assert APP.wrong_defaults(name) == {}


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_a_commands_tables_have_its_own_options_alone(name: str):
    assert APP.misplaced_rows(name) == set()


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_page_lists_every_choice(name: str):
    assert APP.unlisted_choices(name) == set()


def test_the_examples_import_what_there_is():
    assert APP.unknown_imports() == []


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_a_section_and_a_row_in_the_apps_readme(name: str):
    readme = APP.documents[-1].read_text(encoding="utf-8")
    assert f"\n## {name}\n" in APP.text
    assert f"| `{name}` |" in readme


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
