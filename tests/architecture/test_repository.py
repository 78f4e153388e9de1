"""Facts about the repository itself."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEMBERS = sorted(path.parent for path in ROOT.glob("*/*/pyproject.toml"))


def test_constraints_are_plain_pins_without_addresses():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pin = re.compile(r"^[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*( ; .+)?$")
    assert [line for line in lines if not pin.match(line)] == []


@pytest.mark.parametrize("member", MEMBERS, ids=lambda path: path.name)
def test_every_member_ships_types_licence_and_readme(member: Path):
    module = member.name.replace("-", "_")
    assert (member / "src" / module / "py.typed").exists()
    assert (member / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert len((member / "README.md").read_text().splitlines()) >= 10


@pytest.mark.parametrize("member", MEMBERS, ids=lambda path: path.name)
def test_packages_declare_lower_bounds_only(member: Path):
    project = tomllib.loads((member / "pyproject.toml").read_text())["project"]
    extras = project.get("optional-dependencies", {}).values()
    requirements = [*project["dependencies"], *(line for extra in extras for line in extra)]
    assert [line for line in requirements if re.search(r"<|==|~=|!=", line)] == []


def test_one_provider_of_cv2_is_installed():
    from importlib.metadata import packages_distributions

    assert len(set(packages_distributions().get("cv2", ["opencv-python"]))) == 1
