import pytest

from tests.factories import make_user

pytestmark = pytest.mark.django_db

READING = {
    "section": "reading",
    "reading-spoilers": "seen",
    "reading-display": "dark",
    "reading-text_size": "large",
    "reading-measure": "wide",
    "reading-language": "ko",
    "reading-time_zone": "Asia/Seoul",
}


@pytest.fixture
def member(client):
    member = make_user("rain", display_name="Rain")
    client.force_login(member)
    return member


def test_visitors_are_led_to_the_sign_in_and_back(client):
    assert client.get("/settings/").headers["Location"] == "/accounts/login/?next=/settings/"


def test_a_section_saves_what_is_in_it_and_nothing_else(client, member):
    response = client.post("/settings/", READING | {"you-display_name": "Snow"})
    assert response.headers["Location"] == "/settings/"
    member.refresh_from_db()
    assert (member.spoilers, member.display) == ("seen", "dark")
    assert (member.language, member.time_zone) == ("ko", "Asia/Seoul")
    assert member.display_name == "Rain"


def test_the_size_and_the_width_of_text_are_the_readers_own(client, member):
    start = client.get("/about/").content.decode().partition("<head>")[0]
    assert "data-text" not in start
    assert "data-measure" not in start
    client.post("/settings/", READING)
    start = client.get("/about/").content.decode().partition("<head>")[0]
    assert 'data-text="large" data-measure="wide"' in start
    client.logout()
    assert "data-text" not in client.get("/about/").content.decode()


def test_profile_is_saved_with_a_clean_name(client, member):
    client.post(
        "/settings/",
        {"section": "you", "you-display_name": " Sn\u202eow ", "you-about": "Kitchens."},
    )
    member.refresh_from_db()
    assert (member.display_name, member.about) == ("Snow", "Kitchens.")


def test_licence_is_saved(client, member):
    client.post("/settings/", {"section": "licence", "licence-text_license": "CC-BY-4.0"})
    member.refresh_from_db()
    assert member.text_license == "CC-BY-4.0"


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("you", "display_name", "x" * 61),
        ("you", "display_name", "Admin"),
        ("you", "display_name", "a\0b"),
        ("you", "about", "x" * 501),
        ("you", "about", "a\0b"),
        ("reading", "spoilers", "sometimes"),
        ("reading", "display", ""),
        ("reading", "text_size", "huge"),
        ("reading", "measure", "\0"),
        ("reading", "language", "xx-very-long-language"),
        ("reading", "time_zone", "Mars/Olympus"),
        ("reading", "time_zone", "../../etc/passwd"),
        ("licence", "text_license", "WTFPL"),
    ],
)
def test_a_bad_value_is_named_kept_and_not_saved(client, member, section, field, value):
    before = {name: getattr(member, name) for name in ("display_name", "about", "time_zone")}
    data = {"section": section, f"{section}-{field}": value}
    response = client.post("/settings/", (READING if section == "reading" else {}) | data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "<title>Error:" in page
    assert f'<a href="#id_{section}-{field}' in page
    member.refresh_from_db()
    assert {name: getattr(member, name) for name in before} == before


def test_a_refused_name_does_not_stand_in_the_head_of_the_page(client, member):
    page = client.post("/settings/", {"section": "you", "you-display_name": "x" * 61})
    head = page.content.decode().partition("<main")[0]
    assert "<bdi>Rain</bdi>" in head


def test_a_member_of_staff_may_keep_their_own_name(client):
    staff = make_user("hana", role="editor", display_name="Hana")
    client.force_login(staff)
    response = client.post("/settings/", {"section": "you", "you-display_name": "Hana"})
    assert response.status_code == 302


def test_a_member_may_not_take_the_name_of_staff(client, member):
    make_user("hana", role="editor", display_name="Hana Kovář")
    response = client.post("/settings/", {"section": "you", "you-display_name": "Hana Kovar"})
    assert response.status_code == 422


def test_an_unknown_section_is_a_bad_request(client, member):
    assert client.post("/settings/", {"section": "secrets"}).status_code == 400
    assert client.post("/settings/", {}).status_code == 400
