"""Texts that would get a spoiler out, or a page out of hand: nested, split, turned around."""

import random

import pytest

from reviews.markdown import BODY_LIMIT, excerpt, opened, problems, render
from reviews.markdown.notes import MOST_REFERENCES
from reviews.markdown.parser import MARKS
from tests.reviews.test_markdown import Shown, assert_harmless

CANARY = "CANARY"
SEEDS = range(40)
# What the renderer adds to a text: veils, notes and their links. A text of the greatest length
# stays a page that a browser can hold.
LARGEST = 2_000_000
DEEPEST = 100


class Depth(Shown):
    deepest = 0

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        self.deepest = max(self.deepest, len(self.open))


def rendered(source):
    return render(source, language="en", prefix="x9-")


def assert_secret(source):
    done = rendered(source)
    shown = Shown()
    shown.feed(done.html)
    assert CANARY not in "".join(shown.text)
    assert CANARY not in done.safe_text
    assert CANARY not in str(done.contents)
    assert CANARY not in excerpt(done.safe_text, 200)
    return done


RTL = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u061c"

LEAKS = {
    "a note in a spoiler": ">!Gone.[^a]!<\n\n[^a]: CANARY.",
    "a spoiler in a note": "Seen.[^a]\n\n[^a]: Then >!CANARY!<.\n\n    :::spoiler\n    CANARY\n    :::",
    "a note in a note in a spoiler": ">!Gone.[^a]!<\n\n[^a]: On.[^b]\n\n[^b]: CANARY.",
    "a note of many lines": ":::spoiler\nx[^a]\n:::\n\n[^a]: CANARY\n\n    CANARY\n\n    - CANARY",
    "one cell": "| a | b |\n|---|---|\n| >!CANARY!< | c |",
    "across cells": "| a | b |\n|---|---|\n| >!one | CANARY!< |",
    "across rows": "| a | b |\n|---|---|\n| >!one | CANARY |\n| CANARY!< | b |",
    "a cell's bar escaped": "| a | b |\n|---|---|\n| >!CANARY \\| CANARY!< | b |",
    "across pull quotes": ">> first >!one\n\n>> CANARY!< last",
    "a pull quote of two lines": ">> first >!one\n>> CANARY!< last",
    "a pull quote in a block": ":::spoiler\n>> CANARY\n:::",
    "open to the end of its block": "One >!CANARY",
    "open to the end of the text": ":::spoiler\nCANARY\n\n## CANARY\n\nCANARY",
    "closed in a later heading": "a >!b\n\n## CANARY!< c",
    "a heading in a block": ":::spoiler\n# CANARY\n\nCANARY\n===\n:::",
    "a heading half hidden": "# The >!CANARY!< room",
    "the text of a link": "[the >!CANARY!< room](https://a.example/)",
    "the address of a link": ">![a](https://a.example/CANARY)!<",
    "the title of a link": '[a](https://a.example/ ">!CANARY!<")',
    "a reference": ">![CANARY]!<\n\n[CANARY]: https://a.example/",
    "words of a figure in a block": ":::spoiler\n![CANARY](image:abc)\n:::",
    "words of a figure in a veil": "It is >!here ![CANARY](image:abc)!< then.",
    "in each other": ">!one >!two!< CANARY!<",
    "blocks in each other": ":::spoiler\n:::spoiler\na\n:::\nCANARY\n:::",
    "four colons": "::::spoiler\n:::spoiler\na\n:::\nCANARY\n::::",
    "emphasis from outside": "*one >!two* CANARY!<",
    "strong from inside": ">!one **two!< CANARY** >!CANARY!<".replace("!< CANARY**", " CANARY**!<"),
    "code from outside": "`one >!two` CANARY!<",
    "code inside": ">!`CANARY`!<",
    "a link from outside": "[one >!two](/a) CANARY!<",
    "entities": ">!&#67;ANARY CANARY!< &amp;",
    "entities for a mark": ">!CANARY &excl;&lt; CANARY!<",
    "the sign of the inside": ">!CANARY \x02 \x03 !\x03! CANARY!<",
    "in a list in a quote": "> - >!one\n> - CANARY!<",
    "a quote left by a lazy line": "> >!one\nCANARY!< two",
    "a fence left open": ":::spoiler\n```\nCANARY\n:::\nCANARY",
    "turned around": f">!{RTL}CANARY{RTL}!<",
    "turned around at the marks": "\u202e>!CANARY!<\u202c",
}


@pytest.mark.parametrize("case", LEAKS)
def test_a_spoiler_stays_one_in_any_company(case):
    for source in (LEAKS[case], f"First.\n\n{LEAKS[case]}", LEAKS[case].replace("\n", "\r\n")):
        assert_secret(source)
        assert_harmless(source)


@pytest.mark.parametrize("sign", RTL + "\u2028\x00\x7f\ufff9")
def test_signs_that_no_reader_sees_part_no_mark(sign):
    """The page would show the mark as if it worked, to whoever typed or pasted it."""
    for source in (f">{sign}!CANARY!<", f">!CANARY!{sign}<", f":::{sign}spoiler\nCANARY\n:::"):
        if sign != "\u2028":  # which ends the line, and is seen to
            assert_secret(source)


@pytest.mark.parametrize("sign", ZERO_WIDTH)
def test_joiners_part_no_mark_either(sign):
    for source in (
        f">{sign}!CANARY!<", f">!CANARY!{sign}<", f":::{sign}spoiler\nCANARY\n:::",
        f":{sign}::spoiler\nCANARY\n:::",
    ):  # fmt: skip
        assert_secret(source)


def lines(text):
    return "\n".join(text)


FLOODS = {
    "quotes, 10,000 deep": "> " * 10_000 + "a",
    "quotes without spaces": ">" * 10_000 + "a",
    "lists, 10,000 deep": "- " * 10_000 + "a",
    "numbered lists, deep": "1. " * 10_000 + "a",
    "lists and quotes": "> - " * 5_000 + "a",
    "lists, each a step further": lines("  " * depth + "- a" for depth in range(280)),
    "10,000 notes": "[^a]" * 9_000 + "\n\n[^a]: b",
    "many notes and their words": "".join(f"[^{n}] " for n in range(2_000))
    + "\n\n" + "".join(f"[^{n}]: a\n" for n in range(2_000)),
    "notes that name themselves": "[^a]\n\n[^a]: [^a] " + "[^a] " * 5_000,
    "notes in a ring": "[^0]\n\n" + "\n\n".join(f"[^{n}]: [^{(n + 1) % 900}]" for n in range(900)),
    "spoilers never closed": ">!a " * 9_000,
    "blocks never closed": ":::spoiler\n" * 3_000,
    "blocks in lists": "- :::spoiler\n" * 2_300,
    "spoilers in each other": ">!" * 9_000 + "a" + "!<" * 9_000,
    "directions": "\u202e\u2067a" * 9_000,
    "signs that no reader sees": "\u200b" * 12_000 + ":\u200b" * 12_000,
    "cells": ("|a" * 12 + "|\n" + "|-" * 12 + "|\n" + "|>!a!<" * 12 + "|\n") * 250,
    "marks": ">!*a*!<[b](c)`d`" * 2_400,
}  # fmt: skip


@pytest.mark.parametrize("case", FLOODS)
def test_a_flood_comes_out_harmless_and_of_bounded_size(case):
    source = FLOODS[case][:BODY_LIMIT]
    assert_harmless(source)
    done = rendered(source)
    depth = Depth()
    depth.feed(done.html)
    assert depth.deepest < DEEPEST
    assert len(done.html) < LARGEST
    assert done.html.count("<sup>") <= MOST_REFERENCES
    assert len(problems(source)) <= 20


@pytest.mark.parametrize("case", FLOODS)
def test_a_flood_uncovers_nothing(case):
    flood = FLOODS[case][: BODY_LIMIT - 40]
    if flood.count("\n") < 2_000:
        assert_secret(f"{flood}\n\n>!CANARY!<")
    assert_secret(f">!CANARY!<\n\n{flood}")


def test_a_text_with_all_marks_that_there_may_be_hides_them_all():
    source = "*a* >!CANARY!< " * (MARKS // 2)
    assert_secret(source[:BODY_LIMIT])


# A text made at random, of what texts are made of, with a secret somewhere in it.

WRAPS = [
    lambda text: lines(f"> {line}" for line in text.split("\n")),
    lambda text: "- " + text.replace("\n", "\n  "),
    lambda text: "1. " + text.replace("\n", "\n   "),
    lambda text: f":::spoiler how\n{text}\n:::",
    lambda text: f"Before.\n\n{text}\n\nAfter.",
    lambda text: (
        f"Said.[^n{len(text)}]\n\n[^n{len(text)}]: {text.replace(chr(10), chr(10) + '    ')}"
    ),
]
LINES = [
    lambda words: f"## {words}",
    lambda words: f"*{words}*",
    lambda words: f"**a {words} b**",
    lambda words: f"[{words}](https://a.example/)",
    lambda words: f"`a` {words} ~~b~~",
    lambda words: f"| a | {words} |\n|---|---|\n| {words} | b |",
    lambda words: f">> {words}",
    lambda words: f"a\\\n{words}\nb",
    lambda words: f"{words}[^x]\n\n[^x]: c {words}",
    lambda words: f"`` {words} ` x",
    lambda words: f"\u202e{words}\u200f",
]
SECRETS = [
    ">!CANARY!<", ">!a *CANARY* b!<", ">![CANARY](/x)!<", ">!one >!two!< CANARY!<", ">!`CANARY`!<",
    ">!CANARY &amp; CANARY!<", ">!**CANARY!<**", "*>!CANARY*!<",
]  # fmt: skip


def made_at_random(chance):
    words = chance.choice(SECRETS)
    for _ in range(chance.randint(0, 2)):
        inner = chance.choice(LINES)(f"{chance.choice(['', 'a ', 'b* ', '[ ', '` '])}{words}")
        if "\n" in inner:
            words = inner
            break
        words = inner
    for _ in range(chance.randint(0, 5)):
        words = chance.choice(WRAPS)(words)
    return words


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_is_made_at_random_uncovers_a_spoiler(seed):
    chance = random.Random(seed)
    for _ in range(25):
        source = made_at_random(chance)
        try:
            done = assert_secret(source)
        except AssertionError as error:
            raise AssertionError(source) from error
        assert CANARY in done.html
        assert_harmless(source)


def test_what_is_opened_is_the_same_text_with_its_marks_open():
    done = rendered('a >!b!<\n\n:::spoiler c\n>!d!<\n:::\n\n`<details class="spoiler">`')
    shown = opened(done.html)
    assert shown.count('checked=""') == 2
    assert shown.count(' open=""') == 1
    assert shown.replace(' checked=""', "").replace(' open=""', "") == done.html
    assert opened(shown) != done.html
