"""The options list what the library has."""

import pytest

click = pytest.importorskip("click")

from rlviz_overlay import COLORMAPS, SCALES, ExcludedRegions, options  # noqa: E402


def option_of(decorator):
    """The option that a decorator adds."""
    (option,) = click.command()(decorator(lambda: None)).params
    return option


def test_the_colormaps_are_those_of_the_library():
    assert list(option_of(options.colormap_option).type.choices) == list(COLORMAPS)


def test_every_scale_can_be_chosen_and_is_explained():
    option = option_of(options.heat_scale_option("typical"))
    assert list(option.type.choices) == list(SCALES)
    assert [name for name, scale in SCALES.items() if scale.description not in option.help] == []


def test_an_app_that_cannot_measure_beforehand_does_not_offer_such_a_scale():
    option = option_of(options.heat_scale_option("recent", measured=False))
    assert set(SCALES) - set(option.type.choices) == {"typical"}


def test_the_scale_is_given_on_by_its_own_name_or_the_apps():
    assert option_of(options.heat_scale_option("clip")).name == "heat_scale"
    assert option_of(options.heat_scale_option("clip", "--scale", "--heat-scale", "scale")).name == "scale"


def test_no_region_is_excluded_when_none_is_given():
    assert ExcludedRegions.parse(option_of(options.exclude_regions_option).default).regions == ()
