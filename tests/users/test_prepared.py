"""A queryset that is put together once finds what it would have found each time."""

import gc
from functools import reduce
from operator import or_
from threading import Thread
from weakref import ref

import pytest
from django.db import connection, connections
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat, NullIf
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from reviews.models import Comment, Review
from tests.factories import make_comment, make_film, make_review, make_user
from users.models import User
from users.prepared import Rows, as_list, hold, prepared

pytestmark = pytest.mark.django_db


@prepared
def pieces_on(film, *, most=None):
    return Review.objects.filter(film=film).select_related("author", "answers_to")[:most]


@prepared
def titles_on(film):
    return Review.objects.filter(film=film).order_by("pk").values_list("pk", "title")


def facts(row):
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_its_rows_are_what_the_queryset_brings():
    first, film = make_review(title="First"), make_film()
    second = make_review(film=film, title="Second", answers_to=first, rating=7)
    third = make_review(film=film, title="Third", words=20)
    plain = Review.objects.filter(film=film).select_related("author", "answers_to")
    for _ in range(2):  # as it is put together, and from then on
        found = pieces_on(film.pk)
        assert {row.pk: facts(row) for row in found} == {row.pk: facts(row) for row in plain}
    rows = {row.pk: row for row in found}
    with CaptureQueriesContext(connection) as queries:
        assert facts(rows[second.pk].answers_to) == facts(plain.get(pk=second.pk).answers_to)
        assert rows[third.pk].answers_to is None
        assert rows[third.pk].author == third.author
    assert len(queries) == 1  # that of the other queryset


def test_each_call_has_its_own_values():
    one, other = make_review(title="One"), make_review(title="Other")
    assert list(titles_on(one.film_id)) == [(one.pk, "One")]
    assert list(titles_on(other.film_id)) == [(other.pk, "Other")]
    assert list(titles_on(0)) == []


def test_a_value_may_stand_in_several_places_beside_others_and_a_percent_sign():
    @prepared
    def among(member, text):
        near = Review.objects.filter(author=member).values("film")
        said = Review.objects.annotate(sign=Concat(Value("%s %"), "title"))
        return said.filter(film__in=near, title__contains="%s").exclude(author=member, title=text)

    own, film = make_review(title="100 %s"), make_film()
    other = make_review(film=own.film, title="%s and more")
    make_review(film=own.film, title="ss"), make_review(film=film, title="%s")
    assert {row.sign for row in among(own.author_id, "")} == {"%s %100 %s", "%s %%s and more"}
    assert [row.pk for row in among(own.author_id, own.title)] == [other.pk]


def test_what_stands_in_no_column_is_nothing_and_a_field_makes_what_it_makes_of_nothing():
    class Told(CharField):
        def from_db_value(self, value, _expression, _connection):
            return "nothing" if value is None else value

    @prepared
    def told(film):
        word = Cast(NullIf("title", Value("")), Told())
        return Review.objects.filter(film=film).annotate(word=word)

    piece = make_review(title="", words=20)
    (row,) = told(piece.film_id)
    assert (row.word, row.deleted_at, row.seen_on) == ("nothing", None, None)
    assert row.published_at == piece.published_at


def test_a_number_that_no_column_holds_finds_nothing():
    make_review()
    assert [len(pieces_on(number)) for number in (2**63 - 1, 2**63, 10**30, -(10**30))] == [0] * 4


def test_what_is_given_by_name_makes_another_statement():
    film = make_film()
    make_review(film=film), make_review(film=film)
    assert [len(pieces_on(film.pk, most=most)) for most in (1, 2, 1)] == [1, 2, 1]


@prepared
def pieces_among(*values, with_titles):
    *films, titles = values
    rows = Review.objects.filter(film__among=films[0]).order_by("title")
    return rows.filter(title__among=titles) if with_titles else rows.exclude(title=titles)


def test_a_list_of_values_is_one_value():
    one, two, _other = (make_review(title=title) for title in ("One", "Two", "Other"))
    films = as_list(piece.film_id for piece in (two, one))

    def found(titles):
        rows = pieces_among(films, as_list(titles), with_titles=True)
        return [row.pk for row in rows]

    assert found(["One", "Two", "Other"]) == [one.pk, two.pk]
    assert found(['a "quoted", {text}', "Two"]) == [two.pk]
    assert found([]) == []
    assert len(pieces_among(as_list([]), "", with_titles=False)) == 0


def test_any_number_of_values_makes_a_statement_of_its_own():
    @prepared
    def titled(*titles):
        wanted = (Q(title=title) for title in titles)
        return Review.objects.filter(reduce(or_, wanted)).values_list("title").order_by("title")

    for title in ("A", "B", "C"):
        make_review(title=title)
    for wanted in ("A", "CB", "ABC", "B"):
        assert [title for (title,) in titled(*wanted)] == sorted(wanted)


def test_a_connection_keeps_no_more_than_so_many_statements(monkeypatch):
    monkeypatch.setattr("users.prepared.MOST", 3)
    connection.prepared_statements = {}
    film = make_review(title="A").film_id
    for _ in range(2):
        for most in range(1, 7):
            assert [row.title for row in pieces_on(film, most=most)] == ["A"]
    assert len(connection.prepared_statements) == 3


def test_rows_can_be_put_in_the_order_of_values():
    film = make_film()
    keys = [make_review(film=film).pk for _ in range(3)]
    wanted = [keys[2], 0, keys[0]]
    assert [row.pk for row in pieces_on(film.pk).in_order("id", wanted)] == [keys[2], keys[0]]


def test_a_row_can_be_changed_and_saved():
    piece = make_review(title="Before")
    (row,) = pieces_on(piece.film_id)
    row.lead = "It rained."
    row.save()
    piece.refresh_from_db()
    assert (piece.lead, Review.objects.count()) == ("It rained.", 1)


def test_what_was_left_out_is_fetched_when_it_is_asked_for():
    @prepared
    def short(film):
        return Review.objects.filter(film=film).only("title")

    piece = make_review()
    (row,) = short(piece.film_id)
    assert row.get_deferred_fields() >= {"body", "html"}
    assert row.body == piece.body


def test_rows_are_made_when_somebody_looks_at_them(monkeypatch):
    film = make_film()
    make_review(film=film, title="A"), make_review(film=film, title="B")
    found = pieces_on(film.pk)
    assert (len(found), bool(found), len(found[:1])) == (2, True, 1)
    assert sorted(found.column("title")) == ["A", "B"]
    kept = found.where([title == "B" for title in found.column("title")])
    assert isinstance(kept, Rows)
    assert found.made is kept.made is None
    assert [row.title for row in kept] == ["B"]
    assert kept[0] is kept[0]
    with pytest.raises(IndexError):
        kept[1]


def test_they_say_what_they_are_made_of():
    piece = make_review(title="Rain")
    said = repr(pieces_on(piece.film_id))
    assert repr(pieces_on(piece.film_id)) == said
    Review.objects.filter(pk=piece.pk).update(title="Snow")
    assert repr(pieces_on(piece.film_id)) != said


def test_rows_can_stand_for_what_was_prefetched():
    comment = make_comment(body="So did I.")

    @prepared
    def comments_on(review):
        return Comment.objects.filter(review=review)

    (piece,) = pieces_on(comment.review.film_id)
    hold(piece, "comments", comments_on(piece.pk))
    with CaptureQueriesContext(connection) as queries:
        assert [row.body for row in piece.comments.all()] == ["So did I."]
    assert len(queries) == 0


def test_what_is_sought_among_rows_that_stand_for_others_is_the_instances_own():
    mine, other = make_review(), make_comment(body="So did I.").review
    (piece,) = pieces_on(mine.film_id)
    hold(piece, "comments", [])
    assert list(piece.comments.all()) == []
    assert list(piece.comments.filter(body="So did I.")) == []
    (piece,) = pieces_on(other.film_id)
    hold(piece, "comments", [])
    assert [row.body for row in piece.comments.filter(body="So did I.")] == ["So did I."]


def test_statements_go_with_the_connection_of_their_thread():
    found = []

    def read():
        titles_on(0)
        connection = connections["default"]
        found.append(ref(connection))
        connection.close()

    thread = Thread(target=read)
    thread.start()
    thread.join()
    gc.collect()
    assert found[0]() is None


def test_what_would_need_more_than_one_statement_is_refused():
    @prepared
    def with_more(film):
        return Review.objects.filter(film=film).prefetch_related("comments")

    author = make_user()

    @prepared
    def of_one_at_hand(film):
        return author.reviews.filter(film=film)

    for find in (with_more, of_one_at_hand):
        with pytest.raises(ValueError, match="fetches none"):
            find(1)


def test_a_model_that_is_told_of_each_of_its_rows_is_refused():
    @prepared
    def named(username):
        return User.objects.filter(username=username)

    def told(**_more):
        pass

    post_init.connect(told, User)
    try:
        with pytest.raises(TypeError, match="own way"):
            named("mina")
    finally:
        post_init.disconnect(told, User)
    mina = make_user("mina")
    assert list(named("mina")) == [mina]
