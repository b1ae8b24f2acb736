"""No spoiler outside of its text: every surface, searched for a word that only spoilers hold.

Whoever adds an address, a mail or a list of the admin says here which of the three it is: a
surface, which is rendered and searched; the text itself; or a place where no piece is told of.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import admin
from django.core import mail as outbox
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from films import share_images
from films.models import FilmImage
from reviews.models import (
    Afterthought,
    Comment,
    HiddenPassage,
    LeftText,
    Question,
    Quotation,
    Review,
    Revision,
    Viewing,
    WorkingCopy,
)
from tests.factories import (
    bring_to,
    make_afterthought,
    make_film,
    make_image,
    make_review,
    make_user,
)
from users.models import Report, Rule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verbs_one_by_one")]

CANARY = "Quicksilver"
MARKED = f"""Nobody said a word on the way. Then >!{CANARY} came in!< and left. A bell rang.

## The >!{CANARY}!< room

:::spoiler the last scene
### {CANARY}

{CANARY} dies.[^1]

| who | what |
|---|---|
| {CANARY} | dies |

>> {CANARY} is dead.

- a list with [{CANARY}](https://example.org/)

![{CANARY}](image:nothing)
:::

| who | what |
|---|---|
| >!{CANARY}!< | leaves |

>> It was >!{CANARY}!< who did it.

He was seen.[^2] >!And then.[^3]!<

```
>!{CANARY}!<
```

[^1]: {CANARY} again.
[^2]: Here >!{CANARY}!< too.
[^3]: {CANARY}, and nothing else.

"""
RAIN = "rain on roofs " * 600
ANSWER = f"I saw it twice. >!{CANARY}!<\n\n:::spoiler\n{CANARY} is me.\n:::"
WHOLE = f"# {CANARY}\n\n{CANARY} dies. {RAIN}\n\n## How {CANARY} died\n\nAlone."

# What each address is. A surface has the addresses that are read.

SURFACES = {
    "home": ["/"],
    "feed": ["/feed/"],
    "member": ["/members/writer/", "/members/writer/?show=essays", "/members/writer/?show=notes"],
    "diary": ["/members/writer/diary/"],
    "member_feed": ["/members/writer/feed/"],
    "search": ["/search/?q=bell", "/search/?q=bell&kind=essays", f"/search/?q={CANARY[:6]}"],
    "search_complete": [f"/search/complete/?q={CANARY[:6]}", "/search/complete/?q=long"],
    "sitemap": ["/sitemap.xml"],
    "sitemap_section": ["/sitemap-essays.xml", "/sitemap-notes.xml", "/sitemap-films.xml"],
    "formulas": ["/formulas/"],
    "films:browse": ["/films/", "/films/?q=long"],
    "films:browse_json": ["/films.json"],
    "films:browse_csv": ["/films.csv"],
    "films:browse_feed": ["/films.rss"],
    "films:film_complete": ["/films/complete/?q=long"],
    "films:film": ["/films/long-day-2013/", "/films/withdrawn-2013/"],
    "films:film_feed": ["/films/long-day-2013/feed/"],
    "films:image": ["{image}"],
    "films:image_credit_json": ["{credit}"],
    "admin:films_image_queue": ["/admin/films/image/review/"],
    "films:themes": ["/themes/"],
    "films:theme_complete": ["/themes/complete/?theme=inj"],
    "films:theme": ["/themes/injustice/"],
    "films:theme_feed": ["/themes/injustice/feed/"],
    "films:countries": ["/countries/"],
    "films:country": ["/countries/kr/"],
    "films:country_feed": ["/countries/kr/feed/"],
    "films:person": ["/people/ada-low/"],
    "reviews:essays": ["/essays/", "/essays/?language=en&length=short", "/essays/?spoilers=none"],
    "reviews:film_essays": ["/films/long-day-2013/essays/"],
    "reviews:film_notes": ["/films/long-day-2013/notes/"],
    "reviews:theme_notes": ["/themes/injustice/notes/"],
    "reviews:essay_why": ["/essays/marked/why/", "/essays/whole/why/"],
    "reviews:oembed": ["{oembed marked}", "{oembed whole}", "{oembed note}"],
    "reviews:desk": ["/desk/"],
    "reviews:later": ["/later/"],
    "reviews:own_pictures": ["/desk/pictures/"],
    "reviews:delete": ["/write/{marked}/delete/"],
    "users:settings": ["/settings/"],
    "users:notices": ["/notices/"],
    "users:report": ["/report/review/{marked}/", "/report/comment/{comment}/"],
    "users:log": ["/log/"],
    "users:log_feed": ["/log/feed/"],
    "users:log_entry": ["{entry}"],
    "admin:index": ["/admin/"],
    "admin:app_list": ["/admin/reviews/", "/admin/users/", "/admin/films/"],
    "admin:autocomplete": ["{autocomplete}"],
}
THE_TEXT_ITSELF = {
    "reviews:essay": "closed for whoever has not asked otherwise; tested below",
    "reviews:note": "as an essay",
    "reviews:write": "its writer's own",
    "reviews:edit": "its writer's own",
    "reviews:comment_add": "gives back what was typed, to whoever typed it",
    "reviews:comment_edit": "its writer's own",
    "reviews:comment_delete": "its writer's own, once more before it goes",
    "reviews:essay_history": "closed like the text; tested below",
    "reviews:note_history": "as an essay’s",
    "reviews:essay_markdown": "the text as it was typed, marks included, and it says so at its head",
    "reviews:note_markdown": "as an essay’s",
    "reviews:still": "its writer's own",
    "reviews:afterthought_edit": "its writer's own",
    "reviews:afterthought_withdraw": "its writer's own, once more before it goes",
    "reviews:save": "its writer's own",
    "reviews:save_new": "its writer's own",
    "reviews:export_file": "the member's own copy of everything",
}
NO_PIECE_IS_TOLD_OF = {
    "a page in plain words": """about rules privacy terms contact accessibility robots favicon
        healthz readyz""",
    "a form or an answer about a film, a picture or a device": """films:film_add films:image_add
        films:image_upload films:image_keep films:image_preview films:image_credit films:image_file
        reviews:piece_pictures films:theme_add films:theme_vote films:film_card display media reviews:export
        reviews:export_state users:sessions users:mail_off""",
    "only sent, and answered by a way back": """reviews:publish reviews:unpublish reviews:undelete
        reviews:rate reviews:see reviews:forget reviews:keep reviews:mark reviews:comment_approve
        reviews:comment_decline reviews:bring_back reviews:forget_text reviews:drop_changes
        reviews:hold_back reviews:picture_remove reviews:picture_restore users:asking""",
    "of the account": """users:leave users:leaving account_change_password
        account_confirm_email account_confirm_login_code
        account_email account_email_verification_sent account_inactive account_login account_logout
        account_reauthenticate account_reset_password account_reset_password_done
        account_reset_password_from_key account_reset_password_from_key_done account_set_password
        account_signup mfa_activate_totp mfa_authenticate mfa_deactivate_totp
        mfa_download_recovery_codes mfa_generate_recovery_codes mfa_index mfa_reauthenticate
        mfa_view_recovery_codes""",
    "of the admin": """admin:login admin:logout admin:jsi18n admin:password_change_done
        admin:password_change admin:view_on_site admin:""",
}
# Of the models in the admin every list is read, and what tells of one row; but where staff decide
# about words, these stand on the page of that row.
ADMIN = {
    "auth.group", "django_tasks_database.dbtaskresult", "films.country", "films.creditchange",
    "films.fileerrand",
    "films.film", "films.filmmerge", "reviews.afterthought", "reviews.hiddenpassage",
    "reviews.lefttext", "reviews.mark", "reviews.question", "reviews.revision",
    "reviews.workingcopy",
    "films.image", "films.language", "films.license", "films.permissionproof", "films.person",
    "films.theme", "reviews.quotation",
    "reviews.comment", "reviews.export", "reviews.keeping", "reviews.rating", "reviews.review",
    "reviews.textrule", "reviews.viewing", "users.letter", "users.moderationaction",
    "users.notification", "users.report", "users.rule", "users.sitesettings", "users.user",
}  # fmt: skip
DECIDED_ON = {
    "reviews.review", "reviews.revision", "reviews.hiddenpassage", "reviews.comment",
    "reviews.afterthought", "reviews.quotation", "users.report", "users.moderationaction",
}  # fmt: skip
# Each holds the canary; an empty list would prove nothing.
OF_PIECES = (
    Review, Revision, Comment, Afterthought, HiddenPassage, Quotation, Question, WorkingCopy,
    LeftText,
)  # fmt: skip
MAILS = {
    "tells of pieces": {"emails/notices.txt"},
    "of the account": {"emails/second_factor_taken_off.txt"},
}
MAIL_FOLDERS_OF_THE_ACCOUNT = ("account/email/", "mfa/email/")


def names(patterns, space=""):
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name or ''}"
        else:
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from names(entry.url_patterns, inner)


def of_models():
    """Names of the addresses that the admin gives each model."""
    verbs = ("changelist", "add", "change", "delete", "history")
    labels = [label.replace(".", "_") for label in ADMIN]
    return {f"admin:{label}_{verb}" for label in labels for verb in verbs}


def test_every_address_is_in_the_list():
    known = {*SURFACES, *THE_TEXT_ITSELF, *of_models()}
    known |= {name for some in NO_PIECE_IS_TOLD_OF.values() for name in some.split()}
    found = set(names(get_resolver().url_patterns))
    assert found - known == set(), "say in tests/test_canary.py what these are"
    assert known - of_models() - found == set(), "these are gone"


def test_every_model_of_the_admin_is_in_the_list():
    assert {model._meta.label_lower for model in admin.site._registry} == ADMIN


def test_every_mail_is_in_the_list():
    templates = Path(settings.BASE_DIR) / "templates"
    found = {str(path.relative_to(templates)) for path in templates.rglob("*.txt")}
    mails = {name for name in found if "email" in name.rsplit("/", 1)[0]}
    ours = {name for name in mails if not name.startswith(MAIL_FOLDERS_OF_THE_ACCOUNT)}
    assert ours == set.union(*MAILS.values()), "say in tests/test_canary.py what these are"


class Site:
    """Pieces whose spoilers hold the canary, in every kind and state, and what is said of them."""

    def __init__(self):
        self.people = {
            "visitor": None,
            "reader": make_user("reader"),
            "open reader": make_user("open-reader", spoilers="open"),
            "author": make_user("writer"),
            "moderator": make_user("keeper", role="moderator", is_superuser=True),
        }
        self.author = self.people["author"]
        EmailAddress.objects.create(
            user=self.author, email=self.author.email, verified=True, primary=True
        )
        self.author.channels = {"reply": "hdm", "decision": "hdm", "outcome": "hdm"}
        self.author.save()
        self.film = make_film("Long Day", themes=["injustice"], directors=["Ada Low"])
        self.marked = self.write("Marked", MARKED + RAIN)
        self.whole = self.write("Whole", WHOLE, is_spoiler=True)
        self.note = self.write("", MARKED)
        self.whole_note = self.write("A note", WHOLE[:400], is_spoiler=True)
        self.labelled = self.write("Labelled", f"{CANARY} dies. {RAIN}")
        self.draft = self.write("Draft", MARKED + RAIN, status="draft")
        self.pieces = [self.marked, self.whole, self.note, self.whole_note, self.labelled]
        self.image = make_image()
        FilmImage.objects.create(film=self.film, image=self.image)
        self.decide()
        self.set_beside()
        withdrawn = make_film("Withdrawn")
        self.write("Left", MARKED + RAIN, film=withdrawn)
        withdrawn.hide(by=self.people["moderator"], reason="Not a film.")

    def write(self, title, body, **fields):
        fields = {"author": self.author, "film": self.film, "themes": ["injustice"]} | fields
        words = 450 if title else 60
        return make_review(title=title, body=body, words=words, **fields)

    def set_beside(self):
        """What stands beside a piece, or is kept of it."""
        make_afterthought(self.marked, text=ANSWER)
        make_afterthought(self.whole, text=ANSWER)
        self.write("Answering", MARKED + RAIN, answers_to=self.marked)
        quoted = {"review": self.marked, "passage": f"{CANARY} dies."}
        Quotation.objects.quote(make_image(self.author), **quoted)
        typed = {"title": "Marked", "body": MARKED + RAIN}
        WorkingCopy.objects.keep(self.marked, typed, version=0, window="")
        LeftText.objects.leave(self.draft, of=self.marked, version=1)
        concealed = self.write("Concealed", f"{MARKED}And he left.\n\n{RAIN}")
        for passage in (f"{CANARY} came in", f"{CANARY} is dead"):
            concealed.hide_passage(
                by=self.people["moderator"], reason="It gives an address.", passage=passage
            )

    def decide(self):
        staff = {"by": self.people["moderator"], "rule": Rule.objects.first()}
        passage = f"{CANARY} came in"
        reader, comments = self.people["reader"], Comment.objects
        self.comment = comments.add(review=self.marked, author=reader, body=ANSWER)
        comments.add(review=self.marked, author=self.author, body=ANSWER, parent=self.comment)
        comments.add(review=self.whole, author=self.author, body=ANSWER)
        for row in (self.labelled, self.marked, self.comment, self.whole):
            Report.objects.file(row, by=reader, reason="spoiler", passage=passage)
        self.labelled.label(reason="It told the end.", passage=f"{CANARY} dies", **staff)
        action = self.marked.keep(reason="It is marked.", passage=passage, **staff)
        self.comment.keep(reason="It is marked.", passage=f"{CANARY} is me", **staff)
        self.entry = action.get_absolute_url()
        for status in ("held", "hidden", "removed", "deleted"):
            bring_to(self.write(f"Once {status}", MARKED + RAIN), status)

    def address(self, pattern):
        oembed = {
            f"{{oembed {name}}}": f"/oembed/?url=http://testserver{piece.get_absolute_url()}"
            for name, piece in (("marked", self.marked), ("whole", self.whole), ("note", self.note))
        }
        whole = oembed | {
            "{image}": self.image.get_absolute_url(),
            "{credit}": f"{self.image.get_absolute_url()}credit.json",
            "{entry}": self.entry,
            "{autocomplete}": "/admin/autocomplete/?app_label=films&model_name=filmimage"
            "&field_name=image&term=e",
        }
        pattern = whole.get(pattern, pattern)
        return pattern.format(marked=self.marked.pk, comment=self.comment.pk)

    def client(self, viewer):
        client = Client()
        if self.people[viewer]:
            client.force_login(self.people[viewer])
        return client


def in_admin():
    """Addresses of every list, form and history of the admin, without what is decided on."""
    for model in admin.site._registry:
        label = model._meta.label_lower
        name = f"admin:{label.replace('.', '_')}"
        yield reverse(f"{name}_changelist")
        yield f"{reverse(f'{name}_changelist')}?q=writer"
        for row in model._default_manager.order_by("-pk")[:12]:
            if label not in DECIDED_ON:
                yield reverse(f"{name}_change", args=[row.pk])
            yield reverse(f"{name}_history", args=[row.pk])


def read(client, addresses):
    """{address: (status, text)}"""
    found = {}
    for address in addresses:
        cache.clear()
        response = client.get(address)
        text = b"".join(response.streaming_content) if response.streaming else response.content
        found[address] = response.status_code, text.decode(errors="replace")
    return found


def leaks(found):
    return [address for address, (_status, text) in found.items() if CANARY in text]


@pytest.fixture
def site():
    return Site()


def test_no_surface_holds_a_word_of_a_spoiler(site):
    addresses = [site.address(one) for some in SURFACES.values() for one in some]
    shown = set()
    for viewer in site.people:
        found = read(site.client(viewer), addresses)
        assert leaks(found) == [], viewer
        assert [one for one, (status, _text) in found.items() if status >= 500] == []
        shown |= {one for one, (status, _text) in found.items() if status == 200}
    never = [one for one in addresses if one not in shown]
    assert never == [], "nobody could read these, so that nothing was tested"


def test_no_list_of_the_admin_holds_a_word_of_a_spoiler(site):
    assert [model for model in OF_PIECES if not model.objects.exists()] == []
    found = read(site.client("moderator"), in_admin())
    assert leaks(found) == []
    lists = [status for one, (status, _text) in found.items() if one.count("/") == 4]
    assert lists
    assert set(lists) <= {200, 302}


def test_no_mail_and_no_notice_holds_a_word_of_a_spoiler(site):
    call_command("tick", verbosity=0)
    sent = [f"{message.subject}\n{message.body}" for message in outbox.outbox]
    assert len(sent) >= 2
    assert all("Marked" in text or "Labelled" in text for text in sent)
    assert [text for text in sent if CANARY in text] == []


def test_no_picture_for_sharing_holds_a_word_of_a_spoiler(site):
    assert CANARY not in share_images.picture(site.film, [])


def test_what_is_stored_to_be_read_elsewhere_holds_no_word_of_a_spoiler(site):
    rows = Review.objects.values_list("safe_text", "contents", "is_spoiler")
    assert [text for text, _contents, _whole in rows if CANARY in text] == []
    assert [part for _text, part, whole in rows if CANARY in json.dumps(part) and not whole] == []
    assert CANARY not in str(Comment.objects.values_list("safe_text", flat=True))


# The text itself


class Uncovered(HTMLParser):
    """What a page shows and says before anything is opened: also its attributes and its data for
    machines."""

    def __init__(self):
        super().__init__()
        self.said, self.open, self.opened = [], [], []

    @property
    def is_covered(self):
        return "summary" not in self.open and {"veil", "details"} & set(self.open)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("details", "summary", "label"):
            is_veil = tag == "label" and given.get("class") == "veil"
            self.open.append("veil" if is_veil else tag)
        if "spoiler" in (given.get("class") or "") and "open" in given:
            self.opened.append(tag)
        if "data-label" in given and "checked" in given:
            self.opened.append(tag)
        # Inside of a spoiler an address is as hidden as the words that it is on.
        if not self.is_covered:
            self.said += [value or "" for value in given.values()]

    def handle_endtag(self, tag):
        if tag in ("details", "summary", "label"):
            self.open.pop()

    def handle_data(self, data):
        if not self.is_covered:
            self.said.append(data)


def uncovered(page):
    parser = Uncovered()
    parser.feed(page)
    parser.close()
    return parser


@pytest.mark.parametrize("viewer", ["visitor", "reader"])
def test_the_text_itself_is_closed_for_whoever_did_not_ask_otherwise(site, viewer):
    client = site.client(viewer)
    for piece in site.pieces:
        (page,) = read(client, [piece.get_absolute_url()]).values()
        shown = uncovered(page[1])
        assert CANARY in page[1]
        assert [part for part in shown.said if CANARY in part] == [], piece
        assert shown.opened == []


@pytest.mark.parametrize("viewer", ["visitor", "reader"])
def test_what_changed_in_a_text_is_closed_like_the_text(site, viewer):
    client = site.client(viewer)
    for piece in site.pieces:
        piece.refresh_from_db()
        piece.body = f"{piece.body.replace('bell', 'phone')}\n\nAnd >!{CANARY} again!<."
        piece.render()
        with transaction.atomic():
            piece.store(themes=[], hero=None, image_keys=[], version=piece.version)
        (page,) = read(client, [piece.history_address]).values()
        assert page[0] == 200
        assert "<ins>" in page[1]
        shown = uncovered(page[1])
        assert [part for part in shown.said if CANARY in part] == [], piece


def test_what_a_removed_piece_leaves_tells_nothing(site):
    gone = Review.objects.gone()
    found = read(site.client("visitor"), [piece.get_absolute_url() for piece in gone])
    assert {status for status, _text in found.values()} == {410}
    assert leaks(found) == []


def test_the_head_of_a_piece_tells_nothing_even_where_its_text_is_open(site):
    Viewing.objects.see(site.film, by=site.people["open reader"])
    client = site.client("open reader")
    for piece in site.pieces:
        (page,) = read(client, [piece.get_absolute_url()]).values()
        assert CANARY not in re.split("</head>", page[1])[0]


def test_the_test_itself_would_notice():
    for leak in (f"<p>{CANARY}</p>", f'<meta content="{CANARY}">', f"<summary>{CANARY}</summary>",
                 f"<script>{CANARY}</script>", f'<a href="#{CANARY}">x</a>'):  # fmt: skip
        assert any(CANARY in part for part in uncovered(leak).said)
    closed = f'<details><summary>x</summary>{CANARY}</details><label class="veil">{CANARY}</label>'
    assert not any(CANARY in part for part in uncovered(closed).said)
    assert uncovered('<details class="spoiler" open>').opened
