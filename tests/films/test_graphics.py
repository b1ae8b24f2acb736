import re

import pytest
from django.utils.translation import override

from films.graphics import (
    decades,
    diverging,
    histogram,
    meter,
    soundtrack,
    spark,
    stars,
    strength,
)


def widths(svg, name):
    return [float(w) for w in re.findall(rf'class="{name}"[^>]*? width="([\d.]+)"', svg)]


@pytest.mark.parametrize(
    ("value", "full_or_half", "said"),
    [(0, 0, "0"), (0.5, 1, "0.5"), (3, 3, "3"), (3.4, 4, "3.5"), (4.9, 5, "5"), (9, 5, "5")],
)
def test_stars_round_to_halves_and_say_so(value, full_or_half, said):
    svg = stars(value)
    assert svg.count('class="on"') == full_or_half
    assert svg.count('class="off"') == 5
    assert f'aria-label="{said} out of 5 stars"' in svg


def test_stars_speak_the_readers_numbers(several_languages):
    with override("de"):
        assert 'aria-label="3,5 ' in stars(3.5)


def test_histogram_marks_every_highest_bar_and_says_all_counts():
    svg = histogram([1, 0, 0, 0, 0, 0, 0, 7, 7, 2])
    assert svg.count('class="bar top"') == 2
    assert svg.count('class="bar"') == 8
    assert "½: 1; 1: 0;" in svg
    assert "4½: 7; 5: 2" in svg


@pytest.mark.parametrize("counts", [[0] * 10, []])
def test_histogram_without_ratings_has_ten_low_bars(counts):
    svg = histogram(counts)
    assert svg.count('height="1.5"') == 10
    assert "bar top" not in svg


def test_histogram_takes_ten_counts_only():
    with pytest.raises(ValueError, match="shorter"):
        histogram([1, 2, 3])


def test_strength_compares_with_the_most():
    svg = strength(30, 10, 80)
    assert widths(svg, "yes") == [37.5]
    assert widths(svg, "no") == [12.5]


def test_nothing_is_divided_by_zero():
    assert widths(strength(0, 0, 0), "yes") == [0]
    assert decades({1950: 0, 1960: 0}).count('class="cell"') == 2
    assert 'class="bar"' not in decades({1950: 0})
    assert spark([0, 0], "None").count("<rect") == 2
    assert soundtrack([0, 0, 0], "None").count('class="quiet"') == 3


def test_nothing_draws_nothing():
    assert decades({}) == ""
    assert spark([], "None") == ""
    assert soundtrack([], "None") == ""


@pytest.mark.parametrize(("share", "width"), [(-3, 0), (0, 0), (41.26, 41.3), (140, 100)])
def test_meter_stays_in_its_track(share, width):
    assert widths(meter(share), "yes") == [width]


def test_twice_and_half_are_equally_far_from_the_middle():
    assert widths(diverging(2), "more") == widths(diverging(0.5), "less") == [66.7]
    assert widths(diverging(1), "more") == [0]


@pytest.mark.parametrize(("ratio", "name"), [(0, "less"), (0.0001, "less"), (1000, "more")])
def test_extreme_ratios_fill_their_half(ratio, name):
    assert widths(diverging(ratio), name) == [100]


def test_decades_have_a_frame_each_filled_against_the_fullest():
    svg = decades({1950: 5, 1960: 10, 1970: 0})
    assert 'viewBox="0 0 192 112"' in svg
    assert re.findall(r'class="bar"[^>]*height="([\d.]+)"', svg) == ["37.0", "74.0"]


@pytest.mark.parametrize("draw", [spark, soundtrack])
def test_labels_are_escaped(draw):
    svg = draw([1, 2], 'a "quoted" <label>')
    assert 'aria-label="a &quot;quoted&quot; &lt;label&gt;"' in svg
    assert "style=" not in svg
