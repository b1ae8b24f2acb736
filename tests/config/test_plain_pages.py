import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from tests.factories import make_review, make_user
from users.models import SiteSettings

pytestmark = pytest.mark.django_db

PAGES = ["privacy", "terms", "contact", "accessibility", "formulas", "about", "rules"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_in_plain_words_and_names_the_others(
    client, name, django_assert_max_num_queries
):
    with django_assert_max_num_queries(2):
        html = client.get(f"/{name}/").content.decode()
    for other in PAGES:
        assert f'href="{reverse(other)}"' in html
    assert html.count("<h1>") == 1
    assert "From whoever runs this site" not in html


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("about", "about"),
        ("rules", "rules"),
        ("privacy", "privacy"),
        ("terms", "terms"),
        ("contact", "contact_text"),
    ],
)
def test_what_the_operator_writes_stands_on_its_page_sanitised(client, name, field):
    client.get(f"/{name}/")
    text = "## Who we are\n\nA *house* in Seoul. <script>alert(1)</script>"
    SiteSettings(**{field: text}).save()
    html = client.get(f"/{name}/").content.decode()
    assert "<em>house</em> in Seoul" in html
    assert "Who we are</h2>" in html
    assert "<script>alert" not in html


def test_the_address_to_write_to_is_the_operators(client):
    assert "has not given an address yet" in client.get("/contact/").content.decode()
    SiteSettings(contact="house@example.org").save()
    for page in ("/contact/", "/accessibility/"):
        assert "mailto:house@example.org" in client.get(page).content.decode()


def test_the_size_of_the_text_is_a_setting_and_the_accessibility_page_says_so(client):
    page = client.get("/accessibility/").content.decode()
    assert "no setting of its own" not in page
    assert "Members can also set its size" in page
    client.force_login(make_user())
    settings = client.get("/settings/").content.decode()
    assert 'name="reading-text_size"' in settings
    assert 'name="reading-measure"' in settings


def test_the_site_goes_by_the_name_that_its_operator_gives_it(client, mailoutbox, verbs_one_by_one):
    essay = make_review()
    SiteSettings(name="Nachbild & Co.").save()
    for address in ("/", "/films/", "/about/", essay.get_absolute_url(), "/feed/"):
        page = client.get(address).content.decode()
        assert "Nachbild &amp; Co." in page
        assert "Afterimage" not in page
    notify_joined(client)
    assert "Nachbild & Co." in mailoutbox[0].body
    assert "Afterimage" not in mailoutbox[0].body + mailoutbox[0].subject
    client.force_login(make_user(role="moderator"))
    assert "Nachbild &amp; Co. <small>staff" in client.get("/admin/").content.decode()


def test_a_database_that_is_away_changes_no_name(monkeypatch):
    SiteSettings(name="Nachbild").keep()
    monkeypatch.setattr(SiteSettings, "_kept", (SiteSettings._kept[0], 0.0))

    def away(*args):
        raise OperationalError

    monkeypatch.setattr(SiteSettings.objects, "first", away)
    assert SiteSettings.site_name() == "Nachbild"


def notify_joined(client):
    given = {"email": "a@example.org", "username": "newcomer", "password1": "a long password"}
    client.post("/accounts/signup/", given)
    client.logout()


def as_it_is(client):
    """What the form for the settings has in its fields."""
    form = client.get("/admin/users/sitesettings/add/").context["adminform"].form
    given = {name: form.get_initial_for_field(some, name) for name, some in form.fields.items()}
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 61), ("name", "a\u202eb"), ("votes_an_hour", "0"),
     ("films_an_hour", "-1"), ("searches_a_minute", "many"), ("pieces_an_hour", "9" * 30)],
)  # fmt: skip
def test_what_would_break_the_site_is_refused_at_its_field(client, field, value):
    client.force_login(make_user(role="moderator", is_superuser=True))
    given = as_it_is(client)
    response = client.post("/admin/users/sitesettings/add/", given | {field: value, "terms": "So."})
    assert field in response.context["adminform"].form.errors
    assert "So.</textarea>" in response.content.decode()
    assert not SiteSettings.objects.exists()


def test_joining_can_be_closed_and_opened(client):
    SiteSettings(sign_up_is_open=False).save()
    response = client.get("/accounts/signup/")
    assert "The house is full" in response.content.decode()
    given = {"email": "a@example.org", "username": "newcomer", "password1": "a long password"}
    client.post("/accounts/signup/", given)
    assert not make_user().__class__.objects.filter(username="newcomer").exists()
    SiteSettings(sign_up_is_open=True).save()
    assert "The house is full" not in client.get("/accounts/signup/").content.decode()


def test_there_is_one_row_of_settings():
    SiteSettings(contact="a@example.org").save()
    SiteSettings(contact="b@example.org").save()
    assert SiteSettings.objects.get().contact == "b@example.org"
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteSettings.objects.bulk_create([SiteSettings(pk=2)])


def test_the_settings_are_the_administrators(client):
    for role, status in (("moderator", 403), ("editor", 403)):
        client.force_login(make_user(role=role))
        assert client.get("/admin/users/sitesettings/").status_code == status
    client.force_login(make_user(role="moderator", is_superuser=True))
    listed = client.get("/admin/users/sitesettings/")
    assertRedirects(listed, "/admin/users/sitesettings/add/")
    given = as_it_is(client)
    given |= {"sign_up_is_open": "on", "contact": "no address"}
    response = client.post("/admin/users/sitesettings/add/", given)
    assert "valid email address" in response.content.decode()
    response = client.post("/admin/users/sitesettings/add/", given | {"contact": "a@example.org"})
    assert response.status_code == 302
    assert SiteSettings.current().contact == "a@example.org"
    assert client.get("/admin/users/sitesettings/add/").status_code == 403
    assert "a@example.org" in client.get("/admin/users/sitesettings/").content.decode()
    assert client.get("/admin/users/sitesettings/1/change/").status_code == 200
