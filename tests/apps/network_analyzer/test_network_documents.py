"""The documents and the tool name the same options, methods, arguments and preprocessings."""

import inspect
import re

from app_documents import AppDocuments
from document_facts import DocumentFacts
from network_analyzer import NetworkAnalyzer
from network_analyzer.cli import cli
from rlviz_cam import PREPROCESSING_NOTES

APP = AppDocuments(app="network-analyzer", cli=cli)


class TestDocuments(DocumentFacts):
    APP = APP


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", APP.text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_page_names_every_method():
    named = set(re.findall(r"`(\w+)[(`]", section("NetworkAnalyzer")))
    public = {name for name in vars(NetworkAnalyzer) if not name.startswith("_")}
    assert public - named - {"preprocessing"} == set()


def test_the_page_gives_the_arguments_of_the_class_and_of_a_saved_model():
    rows = dict(re.findall(r"^\| `(\w+)` \|\s*`?([^|`]*?)`?\s*\|", section("NetworkAnalyzer"), re.MULTILINE))
    own = inspect.signature(NetworkAnalyzer).parameters
    saved = inspect.signature(NetworkAnalyzer.from_saved_model).parameters
    assert set(rows) == set(own) | (set(saved) - {"path"})
    assert {name: rows[name].strip() for name in ("mode", "figure_directory", "device")} == {
        name: str(own[name].default) for name in ("mode", "figure_directory", "device")
    }


def test_the_page_gives_every_preprocessing_with_its_formula():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", section("Inputs are stated"), re.MULTILINE))
    assert rows == dict(PREPROCESSING_NOTES)
