"""A credit where it is read, copied, fetched and corrected."""

import json
import re

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory, TestCase
from django.urls import reverse

from films import citing, leaving
from films.models import CreditChange, FilmImage, Image, License, PermissionProof
from films.structured import image_object
from reviews.models import ReviewImage
from tests.factories import make_film, make_image, make_review, make_user
from tests.films.test_pictures import picture_file, upload, uploaded
from tests.films.test_verify_credits import verified

pytestmark = pytest.mark.django_db
FORM = {
    "title": "Street at dusk", "creator_name": "Věra 사진가", "source_url": "https://example.org/street",
    "basis": "source", "license": "CC-BY-4.0", "alt_text": "A wet street with one lamp lit.",
}  # fmt: skip


@pytest.fixture
def owner():
    return make_user("ada", display_name="Ada")


def page_of(image, user=None, name=None):
    cache.clear()
    client = Client()
    if user:
        client.force_login(user)
    return client.get(reverse(name, args=[image.key]) if name else image.get_absolute_url())


def text_of(image, user=None):
    return page_of(image, user).content.decode()


# The page


def test_the_page_offers_the_credit_in_four_ways(owner):
    image = uploaded(owner, changes="cropped")
    page = text_of(image)
    address = f"http://testserver{image.get_absolute_url()}"
    url = "https://creativecommons.org/licenses/by/4.0/"
    for line in (
        "“Street at dusk”, Ada Moon, CC BY 4.0, cropped",
        f"[Street at dusk]({address}), Ada Moon, [CC BY 4.0]({url}), cropped",
        f"&lt;a href=&quot;{address}&quot;&gt;Street at dusk&lt;/a&gt;, Ada Moon, "
        f"&lt;a href=&quot;{url}&quot; rel=&quot;license&quot;&gt;CC BY 4.0&lt;/a&gt;, cropped",
    ):
        assert line in page
    assert "{&quot;creator&quot;: {&quot;name&quot;: &quot;Ada Moon&quot;}" in page
    assert reverse("films:image_credit_json", args=[image.key]) in page


def test_the_page_names_who_added_corrected_and_looked_at_it(owner):
    image = uploaded(owner)
    image.correct_credit(by=owner, creator_name="Ada Sun")
    image.check_credit(by=make_user("keeper", role="moderator", display_name="The Keeper"))
    page = text_of(image)
    for words in ("Added by", "Corrected by", "Looked at by", "The Keeper", "Ada Sun"):
        assert words in page


def test_the_page_names_films_and_pieces_that_show_it(owner):
    image = uploaded(owner)
    assert "Nowhere at present." in text_of(image)
    film = make_film("Tidewater")
    FilmImage.objects.create(film=film, image=image)
    shown = make_review(title="A corridor", film=film)
    hidden = make_review(title="A cellar", film=film, status="held")
    for piece in (shown, hidden):
        ReviewImage.objects.create(review=piece, image=image)
    page = text_of(image)
    assert "A corridor" in page
    assert film.get_absolute_url() in page
    assert "A cellar" not in page


def test_only_its_owner_is_asked_to_correct_and_others_may_report(owner):
    image = uploaded(owner)
    correct = reverse("films:image_credit", args=[image.key])
    report = reverse("users:report", args=["image", image.pk])
    assert correct in text_of(image, owner)
    assert report not in text_of(image, owner)
    for other in (None, make_user()):
        assert correct not in text_of(image, other)
        assert report in text_of(image, other)


def test_a_credit_that_holds_markup_is_text_on_the_page(owner):
    image = uploaded(owner, title="<b>&</b>", creator_name='"><script>x</script>')
    page = text_of(image)
    assert "<script>x" not in page
    assert "<b>&" not in page


def test_a_film_and_the_head_of_an_essay_say_it_to_machines(owner, client):
    image = uploaded(owner)
    film = make_film()
    FilmImage.objects.create(film=film, image=image)
    essay = make_review(film=film)
    ReviewImage.objects.create(review=essay, image=image, role="hero")
    for address in (film.get_absolute_url(), essay.get_absolute_url()):
        page = client.get(address).content.decode()
        blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
        said = [part for block in blocks for part in as_list(json.loads(block))]
        (picture,) = [part for part in said if part["@type"] == "ImageObject"]
        assert picture["creator"]["name"] == "Ada Moon"
        assert picture["creditText"] == "Ada Moon, CC BY 4.0"
        assert picture["copyrightNotice"] == "Ada Moon"
        assert picture["license"] == "https://creativecommons.org/licenses/by/4.0/"
        assert picture["acquireLicensePage"] == "https://example.org/street"
        assert picture["contentUrl"] == f"http://testserver{image.url}"


def as_list(found):
    return found if isinstance(found, list) else [found]


def test_a_picture_in_a_spoiler_is_not_told_to_machines(owner, client):
    image = uploaded(owner, alt_text="He is dead.")
    essay = make_review(
        body=f":::spoiler\n![He is dead.](image:{image.key})\n:::\n\n" + "rain " * 450
    )
    ReviewImage.objects.create(review=essay, image=image, role="figure")
    head = client.get(essay.get_absolute_url()).content.decode().partition("</head>")[0]
    assert "He is dead." not in head


def test_a_license_without_an_address_leads_to_the_page(owner):
    own = License.objects.create(pk="LicenseRef-house", name="House licence")
    image = uploaded(owner)
    image.correct_credit(by=owner, license=own)
    block = re.search(r'ld\+json">(.*?)</script>', text_of(image))[1]
    assert json.loads(block)["license"] == f"http://testserver{image.get_absolute_url()}"


# credit.json


def test_the_whole_credit_is_fetched_as_json(owner):
    image = uploaded(owner, creator_url="https://ada.example/", changes="cropped")
    response = page_of(image, name="films:image_credit_json")
    found = json.loads(response.content)
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert found["creator"] == {"name": "Ada Moon", "url": "https://ada.example/"}
    assert found["license"]["id"] == "CC-BY-4.0"
    assert found["source"] == "https://example.org/street"
    assert found["changes"] == "cropped"
    assert set(found["credit"]) == {"text", "html", "md"}
    assert len(found["files"]) == len(image.derivatives)
    for file in found["files"]:
        assert Client().get(file["url"]).status_code == 200


def test_an_unknown_maker_is_null(owner):
    image = uploaded(owner, creator_name="", creator_is_unknown=True)
    found = page_of(image, name="films:image_credit_json").json()
    assert found["creator"] is None
    assert "maker not known" in found["credit"]["text"]


@pytest.mark.parametrize(
    ("status", "code"), [("draft", 404), ("held", 404), ("hidden", 404), ("removed", 410)]
)
def test_of_what_readers_do_not_see_nothing_is_fetched(owner, status, code):
    image = make_image(owner, status=status)
    assert page_of(image, name="films:image_credit_json").status_code == code


def test_the_json_of_a_draft_names_no_file_and_is_for_no_other_site(owner):
    image = upload(owner)
    response = page_of(image, owner, name="films:image_credit_json")
    assert response.json()["files"] == []
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "private" in response.headers["Cache-Control"]


# Corrections


def correct(image, by, **given):
    cache.clear()
    client = Client()
    client.force_login(by)
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(reverse("films:image_credit", args=[image.key]), FORM | given)


def test_a_correction_is_recorded_and_stands_in_pages_and_files(owner, capsys, client):
    image = uploaded(owner)
    film = make_film()
    FilmImage.objects.create(film=film, image=image)
    image.check_credit(by=make_user(role="moderator"))
    former = image.url
    response = correct(image, owner)
    assert response.status_code == 302
    assert response.url == image.get_absolute_url()
    image.refresh_from_db()
    assert (image.creator_name, image.checked_at) == ("Věra 사진가", None)
    change = CreditChange.objects.get()
    assert (change.by, change.before, change.after) == (
        owner, {"creator_name": "Ada Moon"}, {"creator_name": "Věra 사진가"},
    )  # fmt: skip
    assert client.get(former).status_code == 404
    assert client.get(image.url).status_code == 200
    for address in (film.get_absolute_url(), image.get_absolute_url()):
        page = client.get(address).content.decode()
        assert "Věra 사진가" in page
        assert "Ada Moon" not in page
    assert verified(capsys) == ([], 0)


def test_a_form_sent_as_it_was_changes_nothing(owner):
    image = uploaded(owner)
    before = image.derivatives
    assert correct(image, owner, creator_name="Ada Moon").status_code == 302
    image.refresh_from_db()
    assert image.derivatives == before
    assert not CreditChange.objects.exists()


def test_another_proof_stands_beside_the_former_and_is_to_be_looked_at(owner):
    image = uploaded(owner, source_url="", permission="By letter.",
                     license="LicenseRef-Own-Permission")  # fmt: skip
    PermissionProof.objects.keep(image, "The first letter.")
    given = {"basis": "permission", "source_url": "", "license": "", "permission": "By letter.",
             "creator_name": "Ada Moon"}  # fmt: skip
    for proof, letters in (("The first letter.", 1), ("Another letter.", 2)):
        image.check_credit(by=make_user(role="moderator"))
        correct(image, owner, **given, proof=proof)
        image.refresh_from_db()
        assert image.permission_proofs.count() == letters
        assert bool(image.checked_at) is (letters == 1)
    assert image.permission_proofs.first().text == "Another letter."
    page = page_of(image, owner, "films:image_credit").content.decode()
    assert "Another letter." in page


def test_the_form_begins_with_what_the_record_says(owner):
    image = uploaded(owner, changes="cropped")
    page = page_of(image, owner, "films:image_credit").content.decode()
    for value in ("Street at dusk", "Ada Moon", "https://example.org/street", "cropped"):
        assert f'value="{value}"' in page
    assert 'type="file"' not in page


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"creator_name": ""}, "creator_name"),
        ({"license": ""}, "license"),
        ({"source_url": "https://example.org/a.jpg"}, "source_url"),
        ({"alt_text": ""}, "alt_text"),
        ({"basis": "permission"}, "permission"),
    ],
)
def test_a_correction_may_leave_nothing_out_and_loses_nothing(owner, given, field):
    image = uploaded(owner)
    response = correct(image, owner, **given)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    page = response.content.decode()
    assert "Věra 사진가" in page or "creator_name" in given
    assert Image.objects.get(pk=image.pk).creator_name == "Ada Moon"
    assert not CreditChange.objects.exists()


def test_nobody_else_corrects_it(owner):
    image = uploaded(owner)
    for other in (make_user(), make_user(role="moderator"), make_user(role="editor")):
        assert correct(image, other).status_code == 404
    cache.clear()
    assert Client().get(reverse("films:image_credit", args=[image.key])).status_code == 302
    assert Image.objects.get(pk=image.pk).creator_name == "Ada Moon"


def test_a_picture_without_an_owner_is_no_visitors(owner):
    image = uploaded(owner)
    Image.objects.filter(pk=image.pk).update(uploaded_by=None)
    assert "Correct the credit" not in text_of(image)
    assert page_of(image).status_code == 200


@pytest.mark.parametrize("verb", ["hide", "remove"])
def test_the_credit_of_what_is_hidden_may_be_corrected_and_of_what_is_removed_not(
    owner, verb, capsys
):
    image = uploaded(owner)
    moderator = make_user(role="moderator")
    with TestCase.captureOnCommitCallbacks(execute=True):
        getattr(image, verb)(by=moderator, reason="The maker is somebody else.")
    assert correct(image, owner).status_code == (302 if verb == "hide" else 404)
    assert verified(capsys) == ([], 0)
    if verb == "hide":
        with TestCase.captureOnCommitCallbacks(execute=True):
            image.restore(by=moderator, reason="It is right now.")
        assert verified(capsys) == ([], 0)
        assert "Věra 사진가" in text_of(image)


def test_corrections_go_with_a_picture_that_goes(owner):
    image = uploaded(owner)
    correct(image, owner)
    leaving.scrub(owner, keeps=False)
    assert not CreditChange.objects.exists()


def test_what_is_copied_is_text_in_markdown_too(owner):
    image = uploaded(owner, title="Dusk](https://evil.example/) [x", creator_name="<b>Ada</b>")
    ((_id, _name, line),) = [row for row in citing.lines(image, "/x/") if row[0] == "md"]
    assert line.startswith(r"[Dusk\](https://evil.example/) \[x](/x/), \<b\>Ada")


def test_the_page_says_in_how_many_more_places_it_stands(owner):
    image = uploaded(owner)
    for number in range(15):
        make_film(f"Film {number}").add_image(image, by=owner)
    assert "And with 3 more films." in text_of(image)


@pytest.mark.parametrize(("size", "is_cropped"), [((2880, 2046), True), ((2390, 1000), False)])
def test_what_is_cropped_to_fill_the_screen_is_said_to_be(owner, size, is_cropped):
    image = uploaded(owner, file=picture_file(size))
    assert ("cropped here" in text_of(image)) == is_cropped


def test_what_may_not_be_changed_is_not_cropped(owner):
    image = uploaded(owner, file=picture_file((2880, 2046)), license="CC-BY-ND-4.0")
    assert "cropped here" not in text_of(image)
    assert "scope" not in text_of(image)


def test_machines_are_told_the_size_of_the_file_that_they_are_led_to(owner):
    image = uploaded(owner, file=picture_file((2880, 2046)), changes="turned")
    said = image_object(image, RequestFactory().get("/"))
    assert (said["width"], said["height"]) != (2880, 2046)
    assert f"{said['width']}" in said["contentUrl"] or said["width"] <= 960
    assert said["creditText"].endswith(", turned")
