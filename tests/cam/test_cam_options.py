"""The options list what the library has."""

import pytest

click = pytest.importorskip("click")

from rlviz_cam import EVIDENCE, LIBRARY_METHODS, METHODS, PLACEMENTS, options  # noqa: E402


def option_of(decorator):
    """The option that a decorator adds."""
    (option,) = click.command()(decorator(lambda: None)).params
    return option


@pytest.mark.parametrize(
    ("decorator", "choices"),
    [
        (options.method_option(), [*METHODS]),
        (options.method_option(library=True), [*METHODS, *LIBRARY_METHODS]),
        (options.placement_option, ["auto", *PLACEMENTS]),
        (options.evidence_option("positive"), [*EVIDENCE]),
    ],
    ids=["method", "method with library", "placement", "evidence"],
)
def test_the_choices_are_those_of_the_library(decorator, choices):
    assert list(option_of(decorator).type.choices) == choices


@pytest.mark.parametrize("default", EVIDENCE)
def test_each_app_has_its_own_default_evidence(default):
    assert option_of(options.evidence_option(default)).default == default


def test_a_further_name_of_the_method_is_given_on_alike():
    option = option_of(options.method_option("--gradcam-method"))
    assert option.opts == ["--method", "--gradcam-method"]
    assert option.name == "method"


def test_only_own_methods_are_offered_where_the_network_is_not_of_pytorch():
    assert "pytorch-grad-cam" not in option_of(options.method_option()).help
