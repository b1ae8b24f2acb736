"""Words and links that staff want to look at before, or after, others read them."""

import re
from contextlib import suppress
from datetime import timedelta
from html import unescape
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from films.normalize import search_key
from films.words import is_unspaced
from users.models import Report, ReportReason, Rule

LINKS_RULE = "links of new members"
FREE_LINKS = 2
FIRST_PIECES = 3
FIRST_DAY = timedelta(days=1)
HREF = re.compile(r'href="([^"]*)"', re.IGNORECASE)
# A browser reads all of these as "https://".
ELSEWHERE = re.compile(r"(https?:/*|//+)", re.IGNORECASE)


def hosts_in(html):
    return [host for href in HREF.findall(html) if (host := host_of(unescape(href)))]


def host_of(address):
    """The site that a browser goes to from here; empty where that is this one, or none."""
    start = ELSEWHERE.match(address)
    if not start:
        return ""
    try:
        host = urlsplit(f"https://{address[start.end() :]}").hostname or ""
    except ValueError:
        return ""
    return as_host(unquote(host))


def as_host(name):
    with suppress(UnicodeError):  # too long, or no name at all: compared as it stands
        name = name.encode("idna").decode("ascii")
    return name.lower().rstrip(".").removeprefix("www.")


def has_too_many_links(piece):
    """Whether a new member's piece has more links than theirs may have, and nobody has looked at
    it yet."""
    return (
        len(hosts_in(piece.html)) > FREE_LINKS
        and is_new(piece.author, piece)
        and not was_decided(piece, LINKS_RULE)
    )


def is_new(author, piece):
    """For their first day, and until three other pieces of theirs stand."""
    if author.is_staff:
        return False
    if timezone.now() - author.date_joined < FIRST_DAY:
        return True
    others = author.reviews.published().exclude(pk=piece.pk).order_by()
    return others[:FIRST_PIECES].count() < FIRST_PIECES


def was_decided(row, by_rule):
    """Whether this rule held or reported it before: staff have their say once."""
    held = row.moderation_actions().filter(by_rule=by_rule)
    return held.exists() or Report.objects.on(row).filter(by_rule=by_rule).exists()


class TextRuleQuerySet(models.QuerySet):
    def broken_by(self, text, html):
        """Those in use that a text breaks, what holds it first."""
        rules = list(self.filter(is_active=True).order_by("outcome", "pk").select_related("rule"))
        if not rules:
            return []
        words, hosts = f" {search_key(text)} ", hosts_in(html)
        return [rule for rule in rules if rule.is_broken_by(words, hosts)]


class TextRule(models.Model):
    """What software does about a word or a link: it holds the text, or reports it to staff. It
    never removes anything."""

    class Kind(models.TextChoices):
        WORDS = "words", gettext_lazy("words")
        LINK = "link", gettext_lazy("links to a site")

    class Outcome(models.TextChoices):
        HOLD = "hold", gettext_lazy("hold it until a moderator has looked")
        REPORT = "report", gettext_lazy("let it stand, and report it")

    kind = models.CharField(gettext_lazy("looks for"), max_length=5, choices=Kind)
    text = models.CharField(
        gettext_lazy("words or site"),
        max_length=200,
        help_text=gettext_lazy(
            "Words as they stand side by side, in any spelling of capitals and accents; or a "
            "site, such as example.com, with all that belongs to it."
        ),
    )
    outcome = models.CharField(gettext_lazy("what happens"), max_length=6, choices=Outcome)
    rule = models.ForeignKey(
        Rule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("house rule"),
    )
    note = models.CharField(
        gettext_lazy("why"),
        max_length=200,
        help_text=gettext_lazy("The author reads this as the reason, and so does the public log."),
    )
    is_active = models.BooleanField(gettext_lazy("in use"), default=True)

    objects = TextRuleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "text"]
        verbose_name = gettext_lazy("rule for words and links")
        verbose_name_plural = gettext_lazy("rules for words and links")
        constraints = [
            models.UniqueConstraint(fields=["kind", "text"], name="textrule_once"),
            models.CheckConstraint(
                condition=~models.Q(text="") & ~models.Q(note=""), name="textrule_has_texts"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.text}"

    def clean(self):
        if self.kind == self.Kind.WORDS:
            self.text = search_key(self.text)
        else:
            site = self.text.strip().lower()
            self.text = re.sub(r"^(https?://)?(www\.)?", "", site).partition("/")[0]
        if not search_key(self.text):
            raise ValidationError({"text": _("Give a word, or a site such as example.com.")})

    def is_broken_by(self, words, hosts):
        if self.kind == self.Kind.WORDS:
            # Beside it may stand another word, or an ending, without a space.
            return (self.text if is_unspaced(self.text) else f" {self.text} ") in words
        site = as_host(self.text)
        return any(host == site or host.endswith(f".{site}") for host in hosts)

    @property
    def record(self):
        """What a verb is told about who acts, and why."""
        return {"by_rule": f"text rule {self.pk}", "reason": self.note, "rule": self.rule}


def look_at(row, text):
    """Hold a piece or reply that breaks a rule, or report it. Runs in the transaction that
    publishes it: nobody has read it. Answers whether it was held."""
    for rule in TextRule.objects.broken_by(text, row.html):
        if was_decided(row, rule.record["by_rule"]):
            continue
        if rule.outcome == TextRule.Outcome.HOLD:
            row.hold(**rule.record)
            return True
        row.report_by_rule(rule.record, ReportReason.OTHER)
    return False
