"""Whatever a title is written in, and whichever faces a device has, its card holds it."""

import itertools

from films.models import Film
from films.title_cards import COMPOSITIONS
from tests.factories import make_film

TITLES = [
    ("The Story of the Weeping Camel", "Ингэн нулимс", "mn"),
    ("Waltz with Bashir", "ואלס עם באשיר", "he"),
    ("Taste of Cherry", "طعم گیلاس", "fa"),
    ("The World of Apu", "অপুর সংসার", "bn"),
    ("Uncle Boonmee Who Can Recall His Past Lives", "ลุงบุญมีระลึกชาติ", "th"),
    ("Repentance", "მონანიება", "ka"),
    ("Secret Sunshine", "밀양", "ko"),
    ("In the Mood for Love", "花樣年華", "zh-Hant"),
    ("Woman in the Dunes", "砂の女", "ja"),
]
# The lines of a text may be set closer than they are high: what counts is letters.
TOUCH = 9
MISPLACED = """() => {
  const found = [];
  for (const card of document.querySelectorAll(".wall .tc")) {
    const edge = card.getBoundingClientRect();
    const boxes = [];
    for (const name of ["title", "orig", "bill"]) {
      const text = card.querySelector(`.tc-${name}`);
      if (!text) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const lines = [...range.getClientRects()].filter((line) => line.width > 1 && line.height > 1);
      if (!lines.length) continue;
      boxes.push({
        name,
        left: Math.min(...lines.map((line) => line.left)),
        top: Math.min(...lines.map((line) => line.top)),
        right: Math.max(...lines.map((line) => line.right)),
        bottom: Math.max(...lines.map((line) => line.bottom)),
      });
    }
    const says = `${card.firstChild.className}: ${card.textContent}`;
    for (const box of boxes) {
      if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1) {
        found.push(`${says}: ${box.name} leaves the card`);
      }
    }
    for (const [one, two] of boxes.flatMap((a, i) => boxes.slice(i + 1).map((b) => [a, b]))) {
      const across = Math.min(one.right, two.right) - Math.max(one.left, two.left);
      const down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
      if (across > TOUCH && down > TOUCH) found.push(`${says}: ${one.name} over ${two.name}`);
    }
  }
  return found;
}"""


def test_no_text_of_a_card_leaves_it_or_lies_over_another(page):
    for (title, original, language), composition in itertools.product(
        TITLES, ["script", "spine", "head", "label"]
    ):
        film = make_film(
            title,
            original_title=original,
            original_language=language,
            directors=("Lee Chang-dong",),
        )
        Film.objects.filter(pk=film.pk).update(card_composition=composition)
    assert set(Film.objects.values_list("card_composition", flat=True)) <= set(COMPOSITIONS)
    address = "/films/?sort=title"
    seen = 0
    while address:
        page.goto(address)
        assert page.evaluate(MISPLACED.replace("TOUCH", str(TOUCH))) == []
        seen += page.locator(".wall .tc").count()
        following = page.locator("a[rel=next]")
        address = following.get_attribute("href") if following.count() else None
    assert seen == len(TITLES) * 4
