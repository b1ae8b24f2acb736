"""Staff look at licences, and find what is here twice."""

from io import BytesIO

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image as Pillow
from PIL import ImageDraw

from films.looks import NEAR, PLAIN, distance, look_of
from films.models import Image, PermissionProof
from films.models.image import LOOK_FIELDS
from films.models.twins import conditions, twins_of
from tests.factories import make_image, make_user
from tests.films.test_pictures import picture_file, upload, uploaded
from tests.plans import plan_of
from users.models import ModerationAction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verbs_one_by_one")]
QUEUE = "/admin/films/image/review/"
LIST = "/admin/films/image/"


def drawing(mirrored=False):
    """Something to recognize: a few shapes in many grays."""
    image = Pillow.linear_gradient("L").resize((900, 600)).rotate(30).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse([120, 90, 420, 480], fill=(240, 230, 40))
    draw.rectangle([520, 200, 860, 560], fill=(20, 40, 160))
    draw.polygon([(300, 590), (450, 20), (640, 580)], fill=(200, 60, 60))
    return image.transpose(Pillow.Transpose.FLIP_LEFT_RIGHT) if mirrored else image


def file_of(image, format_="JPEG", **options):
    out = BytesIO()
    image.save(out, format_, **options)
    return SimpleUploadedFile(f"a.{format_}", out.getvalue())


@pytest.fixture
def moderator():
    return make_user("keeper", role="moderator")


def client_of(user):
    cache.clear()
    client = Client()
    client.force_login(user)
    return client


def seen(*images):
    """What a page that was drawn now sends back of them."""
    rows = Image.objects.filter(pk__in=[image.pk for image in images])
    return {f"seen-{row.pk}": row.updated_at.isoformat() for row in rows}


# Looks


def test_a_picture_looks_the_same_scaled_compressed_and_in_gray():
    image = drawing()
    look = look_of(image)
    small = image.resize((300, 200))
    compressed = Pillow.open(file_of(small, quality=30))
    for other in (small, compressed, image.convert("L"), image.convert("RGBA")):
        assert distance(look, look_of(other)) <= NEAR
    assert distance(look, look_of(drawing(mirrored=True))) > NEAR


def test_pictures_of_one_color_look_like_nothing():
    assert look_of(Pillow.new("RGB", (300, 200), (9, 9, 9))) == PLAIN
    first, second = (upload(make_user(), picture_file((n, 200))) for n in (300, 400))
    assert first.look == second.look == PLAIN
    Image.objects.update(status="held")
    assert twins_of([first]) == {first.pk: []}


def test_what_differs_in_three_bits_is_always_found():
    image = make_image(**dict(zip(LOOK_FIELDS, (0b1011, 7, 0xF0F0, 99), strict=True)))
    for number, changed in enumerate([(0b1010, 6, 0xF0F1, 99), (0b1011, 0, 0xF0F0, 99)]):
        other = make_image(**dict(zip(LOOK_FIELDS, changed, strict=True)))
        found = {twin.image.pk: twin for twin in twins_of([image])[image.pk]}
        assert found[other.pk].bits == 3, number
        assert not found[other.pk].is_same_file
    far = make_image(**dict(zip(LOOK_FIELDS, (0b1011, 7, 0x0F0F, 99), strict=True)))
    assert far.pk not in {twin.image.pk for twin in twins_of([image])[image.pk]}


def test_twins_are_found_by_five_look_ups_each_by_an_index():
    images = [upload(make_user(), file_of(drawing(), quality=q)) for q in (95, 60, 40)]
    Image.objects.update(status="held")
    with CaptureQueriesContext(connection) as asked:
        found = twins_of(images)
    assert all(len(twins) == 2 for twins in found.values())
    assert len(asked) == 5
    for query, condition in zip(asked.captured_queries, conditions(images), strict=True):
        plan = plan_of(query["sql"])
        name = next(iter(condition)).removesuffix("__in")
        if connection.vendor == "sqlite":
            assert f"SEARCH films_image USING INDEX films_image_{name}" in plan, plan
        else:
            assert f"films_image_{name}" in plan, plan


def test_a_draft_and_what_was_taken_back_are_nobodys_twins():
    shown = uploaded(make_user(), file=file_of(drawing()))
    upload(make_user(), file_of(drawing()))
    back = uploaded(make_user(), file=file_of(drawing()))
    back.delete_by_owner(by=back.uploaded_by)
    assert twins_of([shown]) == {shown.pk: []}


def test_a_picture_from_before_gets_its_look_by_tick():
    image = upload(make_user(), file_of(drawing()))
    look = image.look
    Image.objects.update(**dict.fromkeys(LOOK_FIELDS))
    call_command("tick")
    image.refresh_from_db()
    assert image.look == look


# The queue


def test_the_queue_shows_twins_side_by_side_and_what_differs(moderator):
    ada, ben = make_user("ada"), make_user("ben")
    first = uploaded(ada, file=file_of(drawing(), quality=90))
    second = uploaded(ben, file=file_of(drawing(), quality=50), creator_name="Ben Sun")
    page = client_of(moderator).get(QUEUE)
    html = page.content.decode()
    assert [row["image"] for row in page.context["rows"]] == [first, second]
    assert [row["twin"].image for row in page.context["rows"]] == [second, first]
    assert "Alike in" in html
    for image in (first, second):
        assert image.address_near(640) in html
        assert reverse("admin:films_image_change", args=[image.pk]) in html
    differing = [label for label, _a, _b, differs in page.context["rows"][0]["record"] if differs]
    assert differing == ["Made by"]


def test_every_small_picture_stands_with_its_credit(moderator):
    image = uploaded(make_user("ada"), file=file_of(drawing()), changes="scaled down")
    other = uploaded(make_user("ben"), file=file_of(drawing(), quality=50), creator_name="Ben Sun")
    moderator.role = "editor"
    moderator.is_superuser = True
    moderator.save()
    client = client_of(moderator)
    found = client.get(reverse("admin:films_image_changelist")).content.decode()
    said = "<bdi>CC BY 4.0</bdi>, <bdi>scaled down</bdi>, <bdi>cropped here</bdi>."
    assert f"<bdi>{image.creator_name}</bdi>, {said} <bdi>{image.source_url}</bdi>" in found
    page = client.get(reverse("admin:films_image_change", args=[image.pk])).content.decode()
    for html in (client.get(QUEUE).content.decode(), page):
        for shown in (image, other):
            caption = html[html.index(shown.address_near(640)) :].partition("</figure>")[0]
            for part in (shown.title, shown.creator_name, "CC BY 4.0", shown.source_url):
                assert part in caption, part


def test_a_picture_is_said_to_be_like_one_that_was_taken_down(moderator):
    gone = uploaded(make_user("ada"), file=file_of(drawing()))
    with TestCase.captureOnCommitCallbacks(execute=True):
        gone.remove(by=moderator, reason="The maker does not want it here.")
    uploaded(make_user("ben"), file=file_of(drawing(), quality=60))
    html = client_of(moderator).get(QUEUE).content.decode()
    assert "The maker does not want it here." in html
    assert "Its files are gone." in html


def test_the_very_file_that_was_removed_waits_for_staff_when_it_comes_back(moderator):
    first = uploaded(make_user())
    first.remove(by=moderator, reason="No licence.")
    second = upload(make_user())
    second.publish(by=second.uploaded_by)
    second.refresh_from_db()
    assert second.sha256 == first.sha256
    assert second.status == "held"
    assert ModerationAction.objects.latest("pk").by_rule == "pictures that were removed"
    second.restore(by=moderator, reason="It is licensed.")
    assert Image.objects.get(pk=second.pk).is_published


def test_looking_at_one_takes_it_out_of_the_queue_and_is_no_decision(moderator):
    image = uploaded(make_user())
    client = client_of(moderator)
    response = client.post(QUEUE, {"image": image.pk} | seen(image), follow=True)
    assert "Looked at: 1 picture." in response.content.decode()
    image.refresh_from_db()
    assert image.checked_by == moderator
    assert response.context["rows"] == []
    assert not ModerationAction.objects.exists()
    image.correct_credit(by=image.uploaded_by, title="Another")
    assert client.get(QUEUE).context["rows"][0]["image"] == image


@pytest.mark.parametrize("key", ["", "x", "0", "99999999999999999999", "²"])
def test_looking_at_what_is_not_there_is_not_found(moderator, key):
    assert client_of(moderator).post(QUEUE, {"image": key}).status_code == 404


def test_several_are_looked_at_after_a_page_that_shows_them(moderator):
    images = [uploaded(make_user(), title=f"Picture {n}") for n in range(3)]
    client = client_of(moderator)
    chosen = {
        "action": "check_credits",
        ACTION_CHECKBOX_NAME: [row.pk for row in images],
        "index": 0,
    }
    page = client.post(LIST, chosen)
    html = page.content.decode()
    assert "Nothing has happened yet." in html
    assert all(f"Picture {n}" in html for n in range(3))
    assert Image.objects.unchecked().count() == 3
    some = chosen | {ACTION_CHECKBOX_NAME: [row.pk for row in images[:2]], "post": "yes"}
    client.post(LIST, some | seen(*images))
    assert list(Image.objects.unchecked()) == images[2:]


def test_a_credit_corrected_since_the_page_was_drawn_is_looked_at_again(moderator):
    image = uploaded(make_user("ada"))
    client = client_of(moderator)
    html = client.get(QUEUE).content.decode()
    chosen = {"action": "check_credits", ACTION_CHECKBOX_NAME: [image.pk], "index": 0}
    page = client.post(LIST, chosen).content.decode()
    ((name, value),) = before = seen(image).items()
    for drawn in (html, page):
        assert f'name="{name}" value="{value}"' in drawn
    image.correct_credit(by=image.uploaded_by, creator_name="Somebody else")
    for address, sent in ((QUEUE, {"image": image.pk}), (LIST, chosen | {"post": "yes"})):
        for known in (dict(before), {}):
            answer = client.post(address, sent | known, follow=True)
            assert "It has changed meanwhile" in answer.content.decode()
    image.refresh_from_db()
    assert image.checked_at is None


def test_one_reason_takes_several_down_from_the_queue(moderator):
    images = [uploaded(make_user()) for _ in range(2)]
    client = client_of(moderator)
    chosen = {"action": "hide", ACTION_CHECKBOX_NAME: [row.pk for row in images], "index": 0}
    assert "Nothing has happened yet." in client.post(LIST, chosen).content.decode()
    assert Image.objects.published().count() == 2
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(
            LIST, chosen | {"post": "yes", "rule": 1, "reason": "No licence at the source."}
        )
    assert not Image.objects.published().exists()
    assert {a.reason for a in ModerationAction.objects.all()} == {"No licence at the source."}
    assert Client().get(images[0].url).status_code == 404


def test_nobody_looks_at_their_own(moderator):
    image = uploaded(moderator)
    client = client_of(moderator)
    assert (
        "somebody else decides"
        in client.post(QUEUE, {"image": image.pk} | seen(image), follow=True).content.decode()
    )
    chosen = {"action": "check_credits", ACTION_CHECKBOX_NAME: [image.pk], "index": 0}
    assert "is yours and is left out" in client.post(LIST, chosen).content.decode()
    image.refresh_from_db()
    assert image.checked_at is None
    with pytest.raises(PermissionDenied):
        image.check_credit(by=make_user())


def test_the_queue_is_for_staff_who_see_pictures():
    image = uploaded(make_user())
    assert Client().get(QUEUE).status_code == 302
    assert client_of(make_user()).get(QUEUE).status_code in (302, 403)
    editor = client_of(make_user(role="editor"))
    assert "The licence holds" not in editor.get(QUEUE).content.decode()
    editor.post(QUEUE, {"image": image.pk})
    image.refresh_from_db()
    assert image.checked_at is None


def test_the_page_of_a_picture_shows_its_twins_and_its_corrections(moderator):
    first = uploaded(make_user("ada"), file=file_of(drawing()))
    uploaded(make_user("ben"), file=file_of(drawing()), title="The same again")
    first.correct_credit(by=first.uploaded_by, creator_name="Ada Sun")
    page = client_of(moderator).get(reverse("admin:films_image_change", args=[first.pk]))
    html = page.content.decode()
    assert "The same file" in html
    assert "The same again" in html
    assert "made by: Ada Moon → Ada Sun" in html
    assert "check_credits" in html


def test_staff_compare_the_proof_of_a_permission_and_what_the_file_says(moderator):
    exif = Pillow.Exif()
    exif[0x8298] = "(c) Ada Moon"
    by_letter = {"source_url": "", "permission": "Ada Moon, in May."}
    first = uploaded(make_user("ada"), file=file_of(drawing(), exif=exif), **by_letter)
    uploaded(make_user("ben"), file=file_of(drawing(), quality=60), **by_letter)
    for words in ("Dear Mina, no.", "Dear Mina, of course."):
        PermissionProof.objects.keep(first, words)
    client = client_of(moderator)
    for address in (QUEUE, reverse("admin:films_image_change", args=[first.pk])):
        html = client.get(address).content.decode()
        assert "Dear Mina, of course." in html
        assert "Dear Mina, no." not in html
    assert "(c) Ada Moon" in html


def test_the_queue_costs_the_same_with_more_rows(moderator):
    client = client_of(moderator)

    def queries(more):
        for n in range(more):
            uploaded(make_user(), file=file_of(drawing(), quality=40 + n))
        client.get(QUEUE)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(QUEUE).status_code == 200
        return len(asked)

    assert queries(2) == queries(6)


# The form of one picture


def correct(user, image, **fields):
    page = client_of(user).get(reverse("admin:films_image_change", args=[image.pk]))
    given = page.context["adminform"].form.initial | fields
    given = {name: value for name, value in given.items() if value not in (None, False)}
    return client_of(user).post(reverse("admin:films_image_change", args=[image.pk]), given)


@pytest.mark.parametrize(
    "wrong",
    [
        {"creator_is_unknown": "on"},
        {"creator_name": "\u3164"},
        {"source_url": "https://example.org/a.jpg"},
        {"alt_text": "street.jpg"},
        {"license": "LicenseRef-Quotation"},
    ],
)
def test_staff_keep_to_the_rules_of_a_credit(wrong):
    image = uploaded(make_user("ada"), file=file_of(drawing()))
    response = correct(make_user("ed", role="editor"), image, **wrong)
    assert response.status_code == 200
    assert response.context["errors"]
    before = image.updated_at
    image.refresh_from_db()
    assert image.updated_at == before


def test_staff_may_correct_the_credit_of_a_quotation():
    image = uploaded(make_user("ada"), file=file_of(drawing()))
    Image.objects.filter(pk=image.pk).update(license="LicenseRef-Quotation", source_url="")
    response = correct(make_user("ed", role="editor"), image, creator_name="Lee Joon-ik")
    assert response.status_code == 302
    image.refresh_from_db()
    assert image.creator_name == "Lee Joon-ik"
