import pytest

from tests.factories import make_film, make_review, make_user

pytestmark = pytest.mark.django_db


def test_a_member_shows_name_words_and_writing(client):
    person = make_user("mina", display_name="Mina Baek", about="Translator in Incheon.")
    film = make_film(themes=["family"])
    essay = make_review(person, film, themes=["family"])
    note = make_review(person, film, words=30)
    make_review(person, status="draft", title="Private")
    make_review(person, status="hidden", title="Kept back")
    html = client.get("/members/mina/").content.decode()
    assert "<h1><bdi>Mina Baek</bdi></h1>" in html
    assert "Translator in Incheon." in html
    assert essay.get_absolute_url() in html
    assert note.get_absolute_url() in html
    assert "50% of pieces" in html
    assert "480 words in the year" in html
    assert "Private" not in html
    assert "Kept back" not in html


def test_a_username_in_another_case_leads_to_the_one_address(client):
    make_user("Mina")
    response = client.get("/members/mINA/")
    assert (response.status_code, response.url) == (301, "/members/Mina/")


def test_former_and_inactive_members_have_no_page(client):
    make_user("gone", left_at="2026-01-01T00:00Z")
    make_user("locked", is_active=False)
    for name in ("locked", "nobody-here", "\0"):
        assert client.get(f"/members/{name}/").status_code == 404
    page = client.get("/members/gone/")
    assert page.status_code == 410
    assert "A member stood here" in page.content.decode()


def test_all_essays_and_notes_have_pages_of_their_own(client):
    person = make_user("mina")
    essays = [make_review(person) for _n in range(6)]
    make_review(person, words=30)
    response = client.get("/members/mina/?show=essays")
    assert {piece.pk for piece in response.context["page"]} == {piece.pk for piece in essays}
    assert len(client.get("/members/mina/?show=notes&after=nonsense").context["page"]) == 1


def test_a_member_costs_the_same_queries_for_many_pieces(client, django_assert_max_num_queries):
    person = make_user("mina")

    def cost():
        with django_assert_max_num_queries(12) as seen:
            client.get("/members/mina/")
        return len(seen)

    def add():
        make_review(person, themes=["family", "rain"])
        make_review(person, words=30)

    add()
    one = cost()
    for _again in range(7):
        add()
    assert cost() == one
