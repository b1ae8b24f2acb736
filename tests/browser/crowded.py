"""A small site whose words are as awkward as words get: long, in many scripts, of every state."""

import io
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image as Still

from films.models import Country, FilmTitle, Image, License, Theme
from reviews.models import Comment, Rating, Viewing
from reviews.models.image import ReviewImage
from tests.factories import (
    make_comment,
    make_country,
    make_film,
    make_image,
    make_review,
    make_theme,
    make_user,
)
from users.models import Report

VILLAGE = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
LONG = ("The Long Title of a Film about a Very Long Winter in Which " * 4)[:200]
FILMS = [
    (LONG, "", "", ["GB", "KR"]),
    (VILLAGE, VILLAGE, "cy", ["GB"]),
    ("Hope", "소원", "ko", ["KR"]),
    ("A Separation", "جدایی نادر از سیمین", "fa", ["IR"]),
    ("The Apu Trilogy of the Road", "पथेर पांचाली और उसके बाद की लंबी कहानी", "hi", ["IN"]),
    ("千と千尋の神隠し", "千と千尋の神隠し", "ja", ["JP"]),
]
COUNTRIES = [
    ("GB", "United Kingdom", "", ""),
    ("KR", "South Korea", "대한민국", "ko"),
    ("IR", "Iran", "ایران", "fa"),
    ("IN", "India", "भारत", "hi"),
    ("JP", "Japan", "日本", "ja"),
]
THEMES = ["family", "memory", "rain", "forgiveness", "coming of age in a small town by the sea"]
TEXT = f"""
A first paragraph with >!what happens in the end!<, a note[^1], `code` and {VILLAGE}{VILLAGE}.

## 소원이라는 이름

>> A sentence that stands alone, between black.

:::spoiler the ending
She comes back. A [link](https://example.org/{"a" * 120}).
:::

* * *

### {VILLAGE} and a heading that is much longer than it has any right to be

    {"wide code " * 40}

| Place | Year | Seen | Of whom |
|:------|-----:|-----:|---------|
| {VILLAGE} | 1999 | 12 | {"somebody " * 6} |

---

99. ninety-nine
100. one hundred
101. one hundred and one

> A quotation of somebody else.

[^1]: A note with {VILLAGE}.

"""


def still(width=1600, height=900):
    """A small JPEG, as a camera would give it."""
    file = io.BytesIO()
    Still.new("RGB", (width, height), "navy").save(file, "JPEG")
    return file.getvalue()


def make_picture(member, film, **credit):
    given = {
        "title": f"Window light {VILLAGE}",
        "creator_name": "Asahachi Kono",
        "source_url": "https://example.org/window",
        "license": License.objects.get(pk="CC0-1.0"),
        "alt_text": "A barred window.",
    }
    file = ContentFile(still(*credit.pop("size", (1600, 900))), "window.jpg")
    image = Image.objects.upload(file, by=member, **(given | credit))
    image.publish(by=member)
    film.add_image(image, by=member)
    return image


def make_films():
    for code, name, native, language in COUNTRIES:
        names = [{"text": native, "language": language}] if native else []
        make_country(code, name, native_names=names)
    films = []
    for n, (title, original, language, countries) in enumerate(FILMS):
        film = make_film(
            title, 1920 + n * 19, countries=countries, themes=THEMES[: n + 1],
            directors=["Hirokazu Koreeda", VILLAGE] if n == 1 else ["이준익"],
            cast=["설경구", "شهاب حسینی", "Uttara Baokar"],
            original_title=original, original_language=language,
            synopsis="A town, a winter, and what is not said. " * 6, runtime=122,
        )  # fmt: skip
        FilmTitle.objects.create(film=film, text=f"Un autre titre, {n}", language="fr")
        films.append(film)
    reels = [make_film(f"Reel {n}", 1990 + n, themes=["family", "memory"]) for n in range(30)]
    return films + reels


def make_pieces(author, other, films, image):
    long_one, _, hope, separation, apu, _ = films[:6]
    essay = make_review(
        author, long_one, title=f"{VILLAGE} and {LONG}"[:180], lead="What it is, and why. " * 15,
        body=f"{TEXT}![](image:{image.key})\n\n" + "A word of rain. " * 500, themes=THEMES,
    )  # fmt: skip
    ReviewImage.objects.create(review=essay, image=image, role=ReviewImage.Role.HERO, position=0)
    again = make_review(author, long_one, title="The same film again", seen_precision="")
    korean = make_review(other, hope, title="노란 가방", language="ko", body="비가 온다. " * 300)
    arabic = make_review(
        other, separation, title="ما لا يقال", language="ar", body="المطر يسقط. " * 300
    )
    ending = make_review(other, apu, title="How it ends", is_spoiler=True)
    note = make_review(author, hope, words=30, body=f"Short. >!She stays.!< {VILLAGE}")
    make_review(other, long_one, words=30, body="A note by somebody else.")
    make_review(other, long_one, title="Another view of the same")
    comment = make_comment(essay, other, body=f"So did mine: {VILLAGE}{VILLAGE}")
    reply = Comment.objects.add(review=essay, author=author, body="답장.", parent=comment)
    return {
        "essay": essay, "again": again, "korean": korean, "arabic": arabic, "ending": ending,
        "note": note, "comment": comment, "reply": reply,
    }  # fmt: skip


def make_states(author, film):
    given = {"author": author, "film": film}
    return {
        status: make_review(**given, title=f"A piece that is {status}, {VILLAGE}", status=status)
        for status in ("draft", "held", "hidden", "removed", "deleted")
    }


def make_crowded_site():
    films = make_films()
    author = make_user("mina", display_name="Mina " + "Park" * 8, about=f"{VILLAGE} " * 3)
    other = make_user("kelechi", display_name="شهاب")
    staff = make_user("the_moderator", is_superuser=True, role="moderator")
    image = make_picture(author, films[0])
    make_picture(author, films[0], size=(600, 800), title="A tall one")
    taken = make_image(author, status="removed")
    pieces = make_pieces(author, other, films, image)
    states = make_states(author, films[2])
    pieces["essay"].label(by=staff, reason=f"It is long. {VILLAGE}")
    Report.objects.create(target=pieces["essay"], target_title="An essay", reporter=other,
                          reason="other", note=VILLAGE)  # fmt: skip
    for member, value in ((author, 9), (other, 4)):
        Rating.objects.rate(films[0], by=member, value=value)
        Viewing.objects.see(films[0], by=member)
    films[0].vote_theme(Theme.objects.get(name="family"), by=author, agrees=True)
    films[0].add_theme("a theme that only one member has proposed", by=other)
    withdrawn = make_film("A film that was withdrawn", 2001)
    make_review(other, withdrawn)
    withdrawn.hide(by=staff, reason="Twice in the catalogue.")
    make_theme("a theme without a film")
    call_command("recount", verbosity=0)
    return SimpleNamespace(
        films=films, author=author, other=other, staff=staff, image=image, taken=taken,
        withdrawn=withdrawn, theme=Theme.objects.get(name="family"),
        country=Country.objects.get(code="KR"), person=films[2].people_as("director")[0],
        **pieces, **states,
    )  # fmt: skip
