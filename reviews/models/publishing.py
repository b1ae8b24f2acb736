"""How a piece comes before readers and leaves them, and what is counted, indexed and told then."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from films.models import Country, Film, Image
from films.normalize import piece_slug
from films.words import piece_tokens
from reviews import order
from reviews.counting import is_essay
from reviews.markdown import spoilers
from reviews.models.index import ReviewIndex
from reviews.models.kinds import Kind, Replies
from reviews.models.quotation import Quotation
from reviews.models.text_rule import LINKS_RULE, has_too_many_links, look_at
from reviews.models.theme import ReviewTheme
from reviews.models.viewing import (
    Rating,
    Viewing,
)
from users.locks import one_at_a_time
from users.models import User
from users.moderation import Status, Verb, moved
from users.notifications import Kind as Notice
from users.notifications import Notification

MANY_LINKS = _(
    "On a new member’s first day, and until three of their pieces are published, each may have "
    "two links to other sites. This one has more, and waits until a moderator has looked at it."
)


IN_LISTS = _("Nothing can be hidden here: it stands in lists. Leave the spoiler out.")


class Publishing:
    """What happens to a Review besides its text."""

    def publish(self, *, by, at=None, **record):
        """Show it to everybody, and let its rating, date seen and themes count.

        Raises ValidationError "film_missing", "body_missing", "title_missing".
        """
        with transaction.atomic():
            if self.status == Status.DRAFT or not self.published_at:
                self.check_ready()
            if self.status == Status.DRAFT:
                self.follow_film()
            # A history that is loaded (with dates) was looked at in its time.
            if at is None and self.status == Status.DRAFT and self.was_held_by_rule():
                return
            was_decided, is_new = self.was_withheld_by_staff(), not self.published_at
            self.drop_pictures_of_others()
            super().publish(by=by, at=at, **record)
            self.keep_as_stored(was_decided=was_decided, at=at)
            if is_new:
                self.tell_answered(at=at)
            self.let_count(at=at)
            self.publish_pictures()

    def was_withheld_by_staff(self):
        """Whether people decided last that readers do not see it. What a rule holds is its newest
        change: everybody could read what was there before."""
        decided = self.moderation_actions().filter(verb__in=[Verb.HOLD, Verb.HIDE, Verb.REMOVE])
        last = decided.first() if self.published_at else None
        return bool(last) and not last.by_rule

    def follow_film(self):
        """A draft begun in the moment in which its film became part of another."""
        gone = Film.objects.filter(pk=self.film_id, status=Status.REMOVED).first()
        if gone and gone.successor:
            self.film = gone.locked()
            self.save(update_fields=["film", "film_title", "film_year", "updated_at"])

    def was_held_by_rule(self):
        """Hold it before anybody has read it, if a rule wants that. Answers whether one did."""
        if has_too_many_links(self):
            self.hold(by_rule=LINKS_RULE, reason=str(MANY_LINKS))
            return True
        return look_at(self, self.words_to_look_at)

    @property
    def words_to_look_at(self):
        return f"{self.title} {self.lead} {self.body}"

    def hold_back(self):
        """Let it wait until its author publishes it."""
        type(self).objects.drafts().filter(pk=self.pk).update(publish_at=None, missed_at=None)

    def check_ready(self):
        errors = {}
        if not self.film_id:
            errors["film"] = ValidationError(_("Say which film it is."), code="film_missing")
        if not self.body.strip():
            errors["body"] = ValidationError(_("Write something first."), code="body_missing")
        elif self.kind == Kind.ESSAY and not self.title:
            errors["title"] = ValidationError(_("An essay needs a title."), code="title_missing")
        for name in ("title", "lead"):
            if spoilers.is_meant(getattr(self, name)):
                errors[name] = ValidationError(IN_LISTS, code="spoiler_in_lists")
        if errors:
            raise ValidationError(errors)

    def _apply(self, verb, move, at):
        super()._apply(verb, move, at)
        # Whatever happens to it, it does not go out by itself any more.
        self.publish_at = self.missed_at = None
        if verb == Verb.LABEL:
            self.is_spoiler, self.safe_text = True, ""
        if verb == Verb.UNLABEL:
            self.is_spoiler = False  # the caller renders it anew
        if self.is_published:
            self.rank = self.terms().rank

    def gives_away(self, passage):
        words = " ".join(passage.split())
        return self.warns_of_spoilers and bool(words) and words not in self.safe_text

    def terms(self):
        """What its place in lists is made of."""
        return order.terms(
            useful=self.useful_count,
            stayed=self.stayed_count,
            words=self.word_count,
            language=self.language,
            published_at=self.published_at,
        )

    @property
    def takes_replies(self):
        return self.comment_policy != Replies.CLOSED

    @property
    def theme_rank(self):
        """Its rank in the lists of its themes, which hold published essays."""
        return self.rank if self.is_published and self.is_essay else None

    def tell_answered(self, at=None):
        """Its author hears of an essay that answers another, once."""
        if self.is_essay and self.answers_to_id and self.answers_to.is_published:
            told = {"actor": self.author, "at": at}
            Notification.objects.tell([self.answers_to.author], Notice.ANSWER, self, **told)

    def count_as_answer(self, shift, to):
        if self.is_essay and to:
            type(self).objects.filter(pk=to).update(answer_count=moved("answer_count", shift))

    def on_first_publication(self):
        long = is_essay(self.word_count, self.language)
        self.kind = Kind.ESSAY if long else Kind.NOTE
        if self.kind == Kind.ESSAY and not self.slug:
            self.slug = self._free_slug()

    def _free_slug(self):
        one_at_a_time("reviews.slug")
        base = piece_slug(self.title) or f"essay-{self.pk}"
        candidate, number = base[:110], 2
        while type(self).objects.filter(slug=candidate).exclude(pk=self.pk).exists():
            candidate, number = f"{base[:110]}-{number}", number + 1
        return candidate

    def let_count(self, at=None):
        """A published piece's rating is its author's; its date makes a viewing; its themes are
        the author's agreement."""
        if self.rating:
            Rating.objects.rate(self.film, by=self.author, value=self.rating, at=at)
        if self.seen_on or not self.was_left_unfinished:
            Viewing.objects.see(
                self.film, by=self.author, seen_on=self.seen_on, precision=self.seen_precision,
                seen_as=self.seen_as,
            )  # fmt: skip
        names = [row.tag.name for row in self.review_themes.select_related("tag")]
        self.film.add_themes(names, by=self.author, at=at)

    def withdraw_themes(self, themes):
        """A theme taken out of the piece is no longer its author's agreement, unless another
        piece of theirs on the film has it."""
        others = type(self).objects.published().by(self.author).filter(film=self.film)
        kept = set(
            ReviewTheme.objects.filter(content_object__in=others).values_list("tag", flat=True)
        )
        on_film = set(self.film.film_themes.values_list("tag", flat=True))
        for theme in themes:
            if theme.pk in on_film - kept:
                self.film.vote_theme(theme, by=self.author, agrees=None)

    def label(self, *, by, **record):
        with transaction.atomic():
            action = super().label(by=by, **record)
            self.revisions.update(is_spoiler=True, safe_text="")
            type(self).objects.get(pk=self.pk).index_words(is_public=self.is_published)
        return action

    def unlabel(self, *, by, **record):
        """From now on its author says whether it tells the ending. Earlier versions stay closed:
        which of them its author had marked is not known any more."""
        with transaction.atomic():
            action = self._moderate(Verb.UNLABEL, by=by, **record)
            newest = self.revisions.order_by("-number").first()
            if newest:
                self.revisions.filter(pk=newest.pk).update(is_spoiler=False)
            type(self).objects.get(pk=self.pk).render_anew()
        return action

    def _check_verb(self, verb, **what):
        move = super()._check_verb(verb, **what)
        if verb == Verb.UNLABEL and not self.label_in_force:
            raise ValidationError(_("It has no label of ours."), code="not_labelled")
        return move

    @property
    def label_in_force(self):
        """The decision by which it is marked as telling the ending, or None. Its author cannot
        take that back; nobody decides about a draft that never was more."""
        if not self.is_spoiler or (self.status == Status.DRAFT and not self.published_at):
            return None
        actions = self.moderation_actions().filter(verb__in=[Verb.LABEL, Verb.UNLABEL])
        last = actions.select_related("rule").first()
        return last if last and last.verb == Verb.LABEL else None

    @property
    def is_labelled(self):
        """As `label_in_force`, of a row that may have brought the answer along."""
        if "last_label" in self.__dict__:
            return self.is_spoiler and self.last_label == Verb.LABEL
        return self.label_in_force is not None

    def restore(self, *, by, **record):
        """A piece that was held before anybody could read it begins to count now."""
        with transaction.atomic():
            is_new = not self.published_at
            if is_new:
                self.check_ready()
                self.drop_pictures_of_others()
            action = super().restore(by=by, **record)
            if self.is_published:
                self.keep_as_stored(was_decided=self.was_withheld_by_staff())
            if is_new and self.is_published:
                self.let_count()
                self.publish_pictures()
                self.tell_answered()
        return action

    def count_publication(self, shift):
        counter = "essay_count" if self.kind == Kind.ESSAY else "note_count"
        words = moved("word_count", shift * self.weight)
        changes = {counter: moved(counter, shift)}
        User.objects.filter(pk=self.author_id).update(**changes, word_count=words)
        if shift > 0:
            changes["last_written_at"] = Greatest(F("last_written_at"), Value(self.published_at))
        Film.objects.filter(pk=self.film_id).update(**changes)
        if shift < 0:
            self._find_last_written()
        if self.kind == Kind.ESSAY:
            Country.objects.filter(film_countries__film=self.film_id).update(
                essay_count=moved("essay_count", shift)
            )
        self.review_themes.update(
            listed_at=self.published_at if shift > 0 else None, rank=self.theme_rank
        )
        self.count_as_answer(shift, self.answers_to_id)
        self.index_words(is_public=shift > 0)
        self.afterthoughts.follow(self, shift)
        Quotation.objects.follow(self)
        Image.objects.filter(reviews=self.pk).follow_places()

    def count_words(self, more):
        if more:
            words = moved("word_count", more)
            User.objects.filter(pk=self.author_id).update(word_count=words)

    def index_words(self, is_public):
        """Bring what search finds it by up to date, in the transaction of the cause."""
        ReviewIndex.objects.write({self.pk: self.tokens() if is_public else ()})

    def tokens(self):
        """What search may find it by: no word of a spoiler."""
        return piece_tokens([self.title, self.film_title], f"{self.lead} {self.safe_text}")

    def _find_last_written(self):
        newest = (
            type(self)
            .objects.published()
            .filter(film=self.film_id)
            .exclude(pk=self.pk)
            .aggregate(at=models.Max("published_at"))["at"]
        )
        never = Film._meta.get_field("last_written_at").default
        Film.objects.filter(pk=self.film_id).update(last_written_at=newest or never)
