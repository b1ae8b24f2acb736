import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_country, make_film


@pytest.fixture
def films():
    make_country("KR", "South Korea")
    make_country("JP", "Japan")
    make_film("Both", countries=["KR"], themes=["family", "memory"])
    make_film("One", countries=["KR"], themes=["family"])
    make_film("Elsewhere", countries=["JP"], themes=["family", "memory"])


def names(page):
    return page.locator("#results .film .name").all_inner_texts()


def choose(page, *labels):
    for group, label in labels:
        page.get_by_role("group", name=f"{group}, scrolls").get_by_label(label).check()


def open_filters(page):
    country = page.locator("summary", has_text=re.compile("^Country$"))
    country.click()


def test_two_themes_and_a_country_are_combined_in_place(films, page, complaints):
    page.goto("/films/")
    assert sorted(names(page)) == ["Both", "Elsewhere", "One"]
    page.evaluate("window.isSamePage = true")
    open_filters(page)
    choose(page, ("Themes", "Family"), ("Themes", "Memory"), ("Countries", "South Korea"))
    page.get_by_role("button", name="Show films").click()
    page.wait_for_url("**/films/?theme=family&theme=memory&country=south-korea")
    expect(page.locator("#results .film .name")).to_have_text(["Both"])
    assert page.evaluate("window.isSamePage"), "the whole page was loaded, not the list swapped"
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).to_contain_text("South Korea")
    assert page.get_by_role("link", name=re.compile("Remove filter")).count() == 3
    assert not complaints


def test_going_back_brings_the_list_before_and_the_address_of_a_choice_is_its_page(films, page):
    page.goto("/films/?theme=memory")
    assert sorted(names(page)) == ["Both", "Elsewhere"]
    open_filters(page)
    choose(page, ("Countries", "Japan"))
    page.get_by_role("button", name="Show films").click()
    expect(page.locator("#results .film .name")).to_have_text(["Elsewhere"])
    page.reload()
    assert names(page) == ["Elsewhere"]
    page.go_back()
    page.wait_for_url("**/films/?theme=memory")
    expect(page.locator("#results .film .name")).to_have_count(2)
    expect(page.get_by_role("link", name=re.compile("Remove filter"))).to_have_count(1)
    # The boxes say what the list shows.
    assert not page.locator("input[name=country][value=japan]").is_checked()
    assert page.locator("input[name=theme][value=memory]").is_checked()


def test_a_chip_takes_its_filter_away(films, page):
    page.goto("/films/?theme=family&theme=memory&country=south-korea")
    page.get_by_role("link", name="Remove filter: Memory").click()
    page.wait_for_url("**/films/?theme=family&country=south-korea")
    assert sorted(names(page)) == ["Both", "One"]


def test_without_script_the_form_does_the_same(films, without_script):
    page = without_script
    page.goto("/films/")
    open_filters(page)
    choose(page, ("Themes", "Family"), ("Themes", "Memory"), ("Countries", "South Korea"))
    page.get_by_role("button", name="Show films").click()
    page.wait_for_url("**/films/?theme=family&theme=memory&country=south-korea")
    assert names(page) == ["Both"]
    page.go_back()
    assert len(names(page)) == 3
