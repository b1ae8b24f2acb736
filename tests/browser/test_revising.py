"""Publish, revise, compare: as its writer does, and as its readers see it."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_film, make_user

FIRST = "It rained on the day.\n\nHe was the registrar of a court.\n\n" + "rain on roofs " * 200


@pytest.fixture
def film():
    return make_film("Hope", 2013)


@pytest.fixture
def writer():
    return make_user("mina", display_name="Mina Baek")


def sign_in_by_form(page, writer):
    page.goto("/accounts/login/")
    form = page.get_by_role("main")
    form.get_by_label("Email or member name").fill(writer.username)
    form.get_by_label("Password").first.fill("a long password")
    form.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def publishes_revises_and_compares(page, film):
    page.goto(f"/write/?film={film.slug}")
    page.get_by_label("Title", exact=True).fill("A yellow bag")
    page.get_by_label("Text", exact=True).fill(FIRST)
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url("**/essays/a-yellow-bag/")
    page.get_by_role("link", name="Edit it").click()
    page.get_by_label("Text", exact=True).fill(FIRST.replace("the registrar of", "a clerk in"))
    page.get_by_label("What you changed, in a sentence").fill("I had his job wrong.")
    page.get_by_role("button", name="Save the changes").click()
    page.wait_for_url("**/essays/a-yellow-bag/")
    page.get_by_role("link", name="see what changed").click()
    expect(page.get_by_role("heading", name="From 1 to 2")).to_be_visible()
    expect(page.locator("del")).to_have_text("the registrar of")
    expect(page.locator("ins")).to_have_text("a clerk in")
    expect(page.locator("#comparison")).to_contain_text("I had his job wrong.")
    page.get_by_label("From version 1").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Compare").press("Enter")
    page.wait_for_url(re.compile(r"/history/\?to=2&from=1$"))
    assert page.locator("del").count() == 1


def test_with_script(page, film, writer, sign_in, complaints):
    sign_in(writer)
    publishes_revises_and_compares(page, film)
    assert complaints == []


def test_without_script(without_script, film, writer):
    sign_in_by_form(without_script, writer)
    publishes_revises_and_compares(without_script, film)
