"""Facts about the documents: what they point to is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "packages/*/*.md", "apps/*/*.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(document: Path) -> set[str]:
    """What headings are called in a link: lower case, no punctuation, hyphens for spaces."""
    text = CODE_BLOCK.sub("", document.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_documents_are_found():
    found = {name_of(path) for path in DOCUMENTS}
    assert {"README.md", "docs/README.md", "docs/maps.md", "docs/breakout-gradcam.md"} <= found


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_relative_link_and_picture_exists(document: Path):
    missing: list[str] = []
    for link in LINK.findall(CODE_BLOCK.sub("", document.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            missing.append(link)
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_python_example_is_python(document: Path):
    blocks = CODE_BLOCK.findall(document.read_text(encoding="utf-8"))
    for code in [code for language, code in blocks if language == "python"]:
        ast.parse(code)


def test_every_picture_is_shown_somewhere():
    shown = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    pictures = [path.name for path in (ROOT / "docs" / "images").iterdir()]
    assert [name for name in pictures if f"images/{name}" not in shown] == []


def test_the_pictures_are_small():
    assert sum(path.stat().st_size for path in (ROOT / "docs" / "images").iterdir()) < 2_200_000


def test_every_tool_has_a_page_and_a_row_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for app in (path.parent.name for path in ROOT.glob("apps/*/pyproject.toml")):
        assert f"[{app}](docs/{app}.md)" in readme
        assert f"uv tool install ./apps/{app}" in readme
