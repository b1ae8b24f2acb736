"""How a text is stored: with its renderings, its versions, its pictures and themes, and what staff
have hidden in it."""

from functools import reduce
from operator import itemgetter, or_

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from films.models import Image, Theme
from films.models.theme import propose_theme
from films.normalize import search_key
from reviews import markdown
from reviews.counting import is_essay
from reviews.models.image import ReviewImage
from reviews.models.kinds import Kind
from reviews.models.passage import HiddenPassage
from reviews.models.quotation import Quotation, pictures_for
from reviews.models.review_rows import DERIVED_FIELDS, TYPED_FIELDS
from reviews.models.revision import Revision
from reviews.models.theme import ReviewTheme
from users.moderation import Status, Verb
from users.visitor_pages import empty_when_done


class StaleText(Exception):
    """Another text was stored since this one was read; it comes along."""

    def __init__(self, stored):
        super().__init__(stored.pk)
        self.stored = stored


class Storing:
    """What a Review does with its text."""

    def note_film(self):
        if self.film_id and (not self.film_title or self.status == Status.DRAFT):
            self.film_title, self.film_year = self.film.title, self.film.year

    @property
    def passages(self):
        """What staff have hidden in it. Nobody decides about a draft that never was more."""
        if not self.pk or (self.status == Status.DRAFT and not self.published_at):
            return []
        if "passage_rows" in self.__dict__:
            rows = sorted(self.passage_rows or [], reverse=True)
            return [markdown.Passage(key, text) for key, text in rows]
        return self.hidden_passages.in_force().to_conceal()

    @property
    def is_quoting(self):
        """Whether it quotes a still of its film."""
        if "has_quotations" in self.__dict__:
            return self.has_quotations
        return bool(self.pk) and self.quotations.exists()

    @property
    def wordings(self):
        """Of its themes, in its author's order."""
        if "theme_rows" in self.__dict__:
            return [wording for _position, wording, _theme in sorted(self.theme_rows or [])]
        return [row.wording for row in self.review_themes.all()] if self.pk else []

    def conceals(self, text):
        """Whether what is hidden in it is among these words, or they are a part of that."""
        return any(
            markdown.spans(text, [passage])
            or markdown.spans(passage.text, [markdown.Passage(1, text)])
            for passage in self.passages
        )

    @property
    def source_for_readers(self):
        return self.source_kept()[0]

    def source_kept(self):
        """(its Markdown without what is hidden, whether no more than that is left out). Where
        that cannot be told from its source, the blocks go that have it, or all marks."""
        passages = self.passages
        if not passages:
            return self.body, True

        def is_clean(source):
            done = markdown.render(source, language=self.language, prefix="", hidden=passages)
            return not done.found

        source, found = markdown.source_without_passages(self.body, passages)
        if found >= markdown.passage_keys(self.html) and is_clean(source):
            return source, True
        source = markdown.source_without_blocks(self.body, passages)
        source, _found = markdown.source_without_passages(source, passages)
        return source if is_clean(source) else self.safe_text, False

    def render(self):
        """Fill the stored renderings from `body`; the caller saves."""
        prefix = f"r{self.pk or self.form_key or 'new'}-"
        self.concealed = self.passages
        done = markdown.render(
            self.body, language=self.language, prefix=prefix, hidden=self.concealed
        )
        # Of a text that tells the ending, nothing may be read outside of it.
        self.html, self.safe_text = done.html, "" if self.is_spoiler else done.safe_text
        self.contents = [list(row) for row in done.contents]
        self.has_spoiler_marks = done.has_spoilers
        self.word_count = done.word_count
        self.renderer_version = markdown.RENDERER_VERSION
        if not self.published_at:
            long = is_essay(self.word_count, self.language)
            self.kind = Kind.ESSAY if long else Kind.NOTE
        return done

    def store(self, *, themes, hero, image_keys, version, publish=False, note=""):
        """Store what its author wrote, rendered before, with all that follows from it; with
        `publish`, show it as well. `note` says what changed. Answers whether anything changed.

        `version` is the one that the author had before their eyes. Raises StaleText where
        another text has been stored since, and what `publish` raises; nothing is stored then.
        """
        with transaction.atomic():
            stored = self.pk and type(self).objects.select_for_update().get(pk=self.pk)
            if stored and not self.is_spoiler and stored.label_in_force:
                self.is_spoiler, self.safe_text = True, ""
            changed = not stored or self.differs_from(stored, themes, hero, image_keys)
            had = {row.tag for row in self.review_themes.select_related("tag")} if stored else set()
            if changed:
                self._store(stored, version)
                self.set_themes(themes)
                self.set_images(hero, image_keys)
            if publish and (not stored or stored.status == Status.DRAFT):
                self.publish(by=self.author)
                return True
            if changed and stored and stored.is_published:
                self.index_words(is_public=True)
                self.review_themes.update(rank=self.theme_rank)
                self.move_answer(stored.answers_to_id)
                self.count_words(self.weight - stored.weight)
                if self.warns_of_spoilers and self.safe_text != stored.safe_text:
                    empty_when_done()
                self.let_count()
                self.withdraw_themes(had - set(self.themes.all()))
                self.publish_pictures()
                is_held = self.was_held_by_rule()
                self.keep_revision(stored, note, is_withheld=is_held)
            return changed

    def _store(self, stored, version):
        if not stored:
            self.save(force_insert=True)
            return
        if stored.version != version:
            raise StaleText(stored)
        self.version, self.saved_in, self.missed_at = version + 1, "", None
        # A decision, or its hour, may have come since this row was read.
        self.status, self.published_at = stored.status, stored.published_at
        self.slug = stored.slug
        if stored.status != Status.DRAFT:
            self.publish_at = None
        self.conceal_again()
        if stored.published_at:
            self.kind, self.edited_at = stored.kind, timezone.now()
            self.useful_count, self.stayed_count = stored.useful_count, stored.stayed_count
            self.rank = self.terms().rank
        if stored.status != Status.DRAFT:
            self.film_id = stored.film_id  # it may have become part of another film meanwhile
        self.save(update_fields=[*TYPED_FIELDS, *DERIVED_FIELDS, "updated_at"])

    def conceal_again(self):
        """Staff may have hidden something, or shown it again, since this text was rendered. And
        what its author has taken out, or changed beyond finding, is theirs to look at."""
        passages = self.passages
        if passages != (self.concealed or []):
            self.render()
        if passages:
            HiddenPassage.objects.note_found(self, markdown.passage_keys(self.html))

    def keep_revision(self, stored, note, *, is_withheld):
        """Keep this text as a version; and before it the one that it takes the place of, where
        that came here past the verbs."""
        if not self.revisions.exists():
            Revision.objects.keep(stored, at=stored.edited_at or stored.published_at)
        Revision.objects.keep(self, note=note, at=self.edited_at, is_withheld=is_withheld)

    def keep_as_stored(self, *, was_decided, at=None):
        """Keep what everybody can read from now on. The verb may have been asked of a row that
        was read before its last change."""
        kept = Revision.objects.keep(type(self).objects.get(pk=self.pk), at=at)
        if kept and was_decided:
            # Changed so that it may be read again: what it was before stays from readers.
            self.revisions.filter(number__lt=kept.number).update(is_withheld=True)

    def move_answer(self, before):
        if before != self.answers_to_id:
            self.count_as_answer(-1, before)
            self.count_as_answer(1, self.answers_to_id)

    def differs_from(self, stored, themes, hero, image_keys):
        if any(getattr(self, name) != getattr(stored, name) for name in TYPED_FIELDS):
            return True
        if themes != [row.wording for row in stored.review_themes.order_by("position")]:
            return True
        hero_id = hero and hero.pk
        return stored._images_wanted(hero_id, image_keys) != stored._images_stored()

    def _images_wanted(self, hero_id, keys):
        """{(image, role): position}"""
        figures = self._pictures_named(keys)
        wanted = {(key, ReviewImage.Role.FIGURE): keys.index(name) for name, key in figures}
        if hero_id:
            wanted[hero_id, ReviewImage.Role.HERO] = 0
        return wanted

    def themes_named(self, labels):
        """As `by_label`, but with the keys of the themes; nothing is asked where `to_save` did."""
        keys = {search_key(label) for label in labels}
        if not keys:
            return {}
        if not keys <= self.__dict__.get("named_labels", frozenset()):
            return {key: theme.pk for key, theme in Theme.objects.by_label(labels).items()}
        # Of several themes the first by name, which comes last.
        rows = sorted(self.label_rows or [], key=itemgetter(1), reverse=True)
        return {key: theme for key, _name, theme in rows if key in keys}

    def _pictures_named(self, names):
        """(name, key) of those among them that may stand in it."""
        if not names:
            return []
        if not self.__dict__.get("named_pictures", frozenset()).issuperset(names):
            return list(pictures_for(self).filter(key__in=names).values_list("key", "pk"))
        return [(name, key) for name, key in self.picture_rows or [] if name in names]

    def _images_stored(self):
        if "image_rows" in self.__dict__:
            return {(image, role): position for image, role, position in self.image_rows or []}
        return {(row.image_id, row.role): row.position for row in self.review_images.order_by()}

    def set_images(self, hero, keys):
        """`hero` stands at the head, or nothing if None; `keys` are those of the figures."""
        self._set_images(self._images_wanted(hero and hero.pk, keys), self._images_stored())

    def set_figures(self, keys):
        """As `set_images`, with what stands at the head."""
        stored = self._images_stored()
        hero = next((image for image, role in stored if role == ReviewImage.Role.HERO), None)
        self._set_images(self._images_wanted(hero, keys), stored)

    def _set_images(self, wanted, stored):
        gone = stored.keys() - wanted.keys()
        if gone:
            rows = [models.Q(image=image, role=role) for image, role in gone]
            self.review_images.filter(reduce(or_, rows)).delete()
        ReviewImage.objects.bulk_create(
            [
                ReviewImage(review=self, image_id=image, role=role, position=position)
                for (image, role), position in wanted.items()
                if stored.get((image, role)) != position
            ],
            update_conflicts=True,
            unique_fields=["review", "image", "role"],
            update_fields=["position"],
        )
        if self.published_at and wanted != stored:
            changed = {image for image, _role in wanted.keys() | stored.keys()}
            Image.objects.filter(pk__in=changed).follow_places()

    def drop_pictures_of_others(self):
        """Those that their owners have closed since they were put into this draft."""
        usable = pictures_for(self).values("pk")
        self.review_images.exclude(image__in=usable).delete()

    def publish_pictures(self):
        """The author's own that nobody else could see until now."""
        drafts = Image.objects.drafts().by(self.author).filter(review_images__review=self)
        for image in drafts.filter(quotation__isnull=True).exclude(title="").distinct():
            image.publish(by=self.author)
        Quotation.objects.follow(self)

    def hide_passage(self, *, by, passage, at=None, **record):
        """Raises what `HiddenPassage.objects.hide` does."""
        with transaction.atomic():
            action = self._moderate(Verb.HIDE_PASSAGE, by=by, at=at, **record)
            stored = type(self).objects.get(pk=self.pk)
            HiddenPassage.objects.hide(stored, passage, action=action)
            stored.render_anew()
        return action

    def show_passage(self, hidden, *, by, **record):
        """Show a hidden passage again. Raises ValidationError "lifted"."""
        with transaction.atomic():
            action = self._moderate(Verb.SHOW_PASSAGE, by=by, **record)
            hidden = self.hidden_passages.in_force().filter(pk=hidden.pk).first()
            if hidden is None:
                raise ValidationError(_("It is shown again already."), code="lifted")
            hidden.lift(action)
            type(self).objects.get(pk=self.pk).render_anew()
        return action

    def render_anew(self):
        """The same words, of which others are hidden now, in every version. The caller has
        locked the row."""
        self.render()
        self.save(update_fields=["html", "safe_text", "contents", "updated_at"])
        self.index_words(is_public=self.is_published)
        Quotation.objects.follow(self)
        for revision in self.revisions.iterator(chunk_size=20):
            done = markdown.render(
                revision.body, language=revision.language, prefix="", hidden=self.concealed
            )
            safe = "" if revision.is_spoiler else done.safe_text
            if safe != revision.safe_text:
                self.revisions.filter(pk=revision.pk).update(safe_text=safe)

    def _themes_stored(self):
        """{theme: (position, wording)}, by key"""
        if "theme_rows" in self.__dict__:
            rows = self.theme_rows or []
        else:
            rows = self.review_themes.values_list("position", "wording", "tag")
        return {theme: (position, wording) for position, wording, theme in rows}

    @transaction.atomic
    def set_themes(self, labels, found=None):
        """Make `labels`, in this order, the author's themes; the wording typed is kept. `found`
        has what `themes_named` says of those that are new, where that is at hand."""
        stored = self._themes_stored()
        before = {wording: theme for theme, (_position, wording) in stored.items()}
        if found is None:
            found = self.themes_named([label for label in labels if label not in before])
        wanted = {}
        for position, label in enumerate(labels):
            theme = before.get(label)
            if theme is None:
                theme = found.get(search_key(label)) or propose_theme(label, by=self.author).pk
            wanted.setdefault(theme, (position, label[:60]))
        if gone := stored.keys() - wanted.keys():
            self.review_themes.filter(tag__in=gone).delete()
            in_order = [wording for _position, wording in sorted(stored.values())]
            if labels == [wording for wording in in_order if before[wording] in wanted]:
                return
        ReviewTheme.objects.bulk_create(
            [
                self._theme_row(theme, *place)
                for theme, place in wanted.items()
                if stored.get(theme) != place
            ],
            update_conflicts=True,
            unique_fields=["content_object", "tag"],
            update_fields=["position", "wording"],
        )

    def _theme_row(self, theme, position, wording):
        return ReviewTheme(
            content_object=self,
            tag_id=theme,
            wording=wording,
            position=position,
            listed_at=self.published_at if self.is_published else None,
            rank=self.theme_rank,
        )
