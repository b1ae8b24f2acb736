import re
import secrets
from datetime import datetime, timedelta

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.layout import HTML, Div, Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from films.models import Film, FilmTheme
from films.normalize import search_key
from reviews import languages, markdown
from reviews.forms.fields import (
    UNKEEPABLE,
    MoreThemesField,
    NameField,
    TextField,
    ThemesField,
    VersionField,
    add_null_errors,
    clean_labels,
    helper,
    without_nulls,
)
from reviews.forms.viewings import STARS, DateParts, half_stars, partial_date
from reviews.markdown import spoilers
from reviews.models import Review
from reviews.models.kinds import Kind, Replies
from reviews.models.publishing import IN_LISTS
from reviews.models.quotation import pictures_for
from reviews.models.review import BODY_LIMIT, LEAD_LIMIT, TITLE_LIMIT
from reviews.models.revision import NOTE_LIMIT
from reviews.models.viewing import Precision, SeenAs
from users.moderation import Status

THEME_LIMIT = 12
FAR_OFF = timedelta(days=2 * 365)
FILM_PICKER = (
    "{% include 'reviews/_film_picker.html' with form=form film=film candidates=candidates "
    "query=query path=request.path only %}"
)
FORM_KEY = re.compile(r"[A-Za-z0-9_-]{16,32}")


class WriteForm(forms.ModelForm):
    """A piece while it is written. `publishing` asks for everything that a draft may lack,
    `scheduling` for a time besides; with `is_carried` the form is only carried along, unseen, and
    offers nothing."""

    film = forms.CharField(required=False, widget=forms.HiddenInput, label=_("Film"))
    title = NameField(
        label=_("Title"),
        required=False,
        max_length=TITLE_LIMIT,
        help_text=_("Yours, not the film’s. An essay needs one; a note may do without."),
    )
    lead = NameField(
        label=_("Lead"),
        required=False,
        max_length=LEAD_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short low"}),
        help_text=_(
            "What kind of piece this is, in a sentence or two; up to 350 characters, and no "
            "spoilers."
        ),
    )
    body = TextField(
        label=_("Text"),
        required=False,
        max_length=BODY_LIMIT,
        help_text=_(
            "Markdown. From 400 words it is an essay and needs a title; below that it is a note."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the text"))
    rating = forms.TypedChoiceField(
        label=_("Rating, in stars"),
        choices=STARS,
        required=False,
        coerce=half_stars,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    seen_day = DateParts.base_fields["day"]
    seen_month = DateParts.base_fields["month"]
    seen_year = DateParts.base_fields["year"]
    seen_as = forms.ChoiceField(
        label=_("Which time was it?"),
        required=False,
        choices=[
            (SeenAs.DATES, _("As the dates say")),
            (SeenAs.FIRST, _("The first time")),
            (SeenAs.AGAIN, _("Again")),
        ],
        help_text=_("What you wrote on this film before, and your diary, settle it otherwise."),
    )
    themes = ThemesField(
        label=_("Themes you agree with"),
        required=False,
        help_text=_("Those that this film has most of, and yours."),
    )
    theme = MoreThemesField(
        label=_("Another theme"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"list": "theme-list", "autocomplete": "off"}),
    )
    is_spoiler = forms.BooleanField(
        label=_("This text tells the ending"),
        required=False,
        help_text=_("Readers see a notice first. For a passage, :::spoiler is enough."),
    )
    text_license = forms.ChoiceField(
        label=_("What others may do with your text"),
        choices=Review._meta.get_field("text_license").choices,
        help_text=_(
            "All rights reserved lets them read and quote. Your default is in the settings."
        ),
    )
    what_changed = NameField(
        label=_("What you changed, in a sentence"),
        required=False,
        max_length=NOTE_LIMIT,
        help_text=_(
            "Stands in the public history of this piece, which keeps every version. May be left "
            "empty."
        ),
    )
    comment_policy = forms.ChoiceField(
        label=_("Replies"),
        required=False,
        choices=Replies,
        help_text=_("You may change it at any time. What has appeared stays."),
    )
    answers = forms.CharField(required=False, widget=forms.HiddenInput)
    drop_answer = forms.BooleanField(label=_("It answers nobody after all"), required=False)
    publish_on = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    publish_time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    version = VersionField(required=False, widget=forms.HiddenInput)
    # Of the changes that wait beside a published piece; 0 where this form began without them.
    copy = VersionField(required=False, widget=forms.HiddenInput)
    # Of the text that was chosen of two: what it takes the place of is left instead.
    left = VersionField(required=False, widget=forms.HiddenInput)
    window = forms.CharField(required=False, widget=forms.HiddenInput)
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Review
        fields = (
            "title", "lead", "body", "language", "rating", "seen_as", "is_spoiler",
            "text_license", "comment_policy",
        )  # fmt: skip

    def __init__(
        self,
        data=None,
        *,
        publishing=False,
        scheduling=False,
        is_carried=False,
        essay=None,
        **kwargs,
    ):
        data, self.marred = without_nulls(data)
        review = kwargs["instance"]
        kwargs["initial"] = self.initial_of(review) | kwargs.get("initial", {})
        super().__init__(data, use_required_attribute=False, **kwargs)
        # What is held may appear by a decision of others.
        self.publishing = publishing or scheduling or review.status != Status.DRAFT
        self.scheduling = scheduling
        self.film, self.rendered = None, None
        if review.status != Status.PUBLISHED:
            del self.fields["what_changed"]
        self.fields["theme"].widget.attrs |= {
            "hx-get": reverse("films:theme_complete"),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#theme-list",
            "hx-params": "theme",
            "hx-sync": "this:replace",
        }
        self.fields["language"].choices = languages.choices(review.language, review.author.language)
        if label := review.is_labelled if is_carried else review.label_in_force:
            self.fix_label(label)
        self.offered = self.find_film()
        self.answered = self.find_answered(essay)
        if not is_carried:
            self.offer_themes()

    @staticmethod
    def initial_of(review):
        """What the model does not hold in the form's own terms."""
        seen = review.seen_on
        parts = {Precision.YEAR: 1, Precision.MONTH: 2, Precision.DAY: 3}.get(
            review.seen_precision, 0
        )
        goes_out = review.publish_at and timezone.localtime(review.publish_at)
        return {
            "publish_on": goes_out and goes_out.date(),
            "publish_time": goes_out and goes_out.time(),
            "copy": 0,
            "window": secrets.token_urlsafe(16),
            "film": review.film.slug if review.film_id else "",
            "rating": f"{review.rating / 2:g}" if review.rating else "",
            "seen_year": seen.year if parts >= 1 else None,
            "seen_month": seen.month if parts >= 2 else None,
            "seen_day": seen.day if parts >= 3 else None,
            "themes": review.wordings,
            "answers": review.answers_to.slug if review.answers_to_id else "",
            "drop_answer": False,
            "version": review.version,
            "form_key": review.form_key or secrets.token_urlsafe(16),
        }

    def fix_label(self, label):
        """What staff have said of the ending stays until they take it back."""
        field, self.initial["is_spoiler"] = self.fields["is_spoiler"], True
        field.disabled = True
        if label is not True:
            field.help_text = format_html(
                '{} <span dir="auto">{}</span> <a class="nowrap" href="{}">{}</a>',
                _("A moderator labelled it, and only moderators take that off:"),
                label.reason,
                label.get_absolute_url(),
                _("Log entry %(entry)s") % {"entry": label.entry},
            )

    # What is offered

    def find_film(self):
        """The film that the form is about at present, right or not."""
        slug, film = self["film"].value() or "", self.instance.film
        if film and (slug == film.slug or self.why_film_stays):
            return film
        return Film.objects.published().at(slug) if slug else None

    def find_answered(self, essay):
        """The essay that this one answers, which may be `essay`, found already. A link that is
        stored stays, whatever has become of that essay; a form that says nothing of it changes
        nothing."""
        slug, stored = self["answers"].value(), self.instance.answers_to
        if slug is None or (stored and slug == stored.slug):
            return stored
        if essay and slug == essay.slug and essay.pk != self.instance.pk:
            return essay
        essays = Review.objects.answerable().exclude(pk=self.instance.pk)
        return essays.filter(slug=slug).first() if slug else None

    @cached_property
    def why_film_stays(self):
        """In words, or nothing where it may be another."""
        review = self.instance
        if review.published_at and review.status != Status.DRAFT:
            return _("What readers see stays with its film.")
        if review.is_quoting:
            return _("The text quotes stills of this film, so it stays with it.")
        return ""

    def offer_themes(self):
        offered = []
        if self.offered:
            rows = FilmTheme.objects.filter(content_object=self.offered).for_film_page()[:8]
            offered = [row.tag.name for row in rows]
        chosen = [label for label in self["themes"].value() or [] if isinstance(label, str)]
        labels = {search_key(label) or label: label for label in [*offered, *chosen]}
        self.fields["themes"].choices = [(label, capfirst(label)) for label in labels.values()]

    @property
    def key(self):
        key = self["form_key"].value() or ""
        return key if FORM_KEY.fullmatch(key) else secrets.token_urlsafe(16)

    @property
    def window_key(self):
        key = self["window"].value() or ""
        return key if FORM_KEY.fullmatch(key) else ""

    @property
    def based_on(self):
        """The version that the text was typed on; 0 is none. What this very window kept, and did
        not hear of, is in it as well."""
        version, stored = self.cleaned_data.get("version", 0), self.instance
        if self.window_key and self.window_key == stored.saved_in and version <= stored.version:
            return stored.version if version else 0
        return version

    @property
    def may_be_scheduled(self):
        return self.instance.status == Status.DRAFT

    # What is right

    def clean_film(self):
        if self.offered is None and (self.cleaned_data["film"] or self.publishing):
            raise ValidationError(_("Say which film it is."), code="film_missing")
        return self.offered

    def clean_title(self):
        return self.without_marks("title")

    def clean_lead(self):
        return self.without_marks("lead")

    def without_marks(self, name):
        """What stands in lists is read by everybody: it can hide nothing."""
        text = self.cleaned_data[name]
        if self.publishing and spoilers.is_meant(text):
            raise ValidationError(IN_LISTS, code="spoiler_in_lists")
        return text

    def clean_body(self):
        body = self.cleaned_data["body"]
        found = markdown.problems(body) if self.publishing else markdown.unkeepable(body)
        if not found and self.publishing and not body.strip():
            found = [ValidationError(_("Write something first."), code="body_missing")]
        if found:
            if not {error.code for error in found} & UNKEEPABLE:
                self.instance.body = body
            raise ValidationError(found)
        return body

    def clean_comment_policy(self):
        return self.cleaned_data["comment_policy"] or self.instance.comment_policy

    def clean(self):
        data = super().clean()
        parts = [data.get(f"seen_{part}") for part in ("day", "month", "year")]
        data["seen_on"], data["seen_precision"] = None, Precision.NONE
        if not {"seen_day", "seen_month", "seen_year"} & self.errors.keys():
            try:
                data["seen_on"], data["seen_precision"] = partial_date(*parts)
            except ValidationError as error:
                self.add_error("seen_day", error)
        self.publish_at = self.clean_publish_at(data)
        self.labels = clean_labels([*data.get("themes", []), *data.get("theme", [])])
        if len(self.labels) > THEME_LIMIT:
            self.add_error(
                "theme",
                ValidationError(
                    _("Choose %(limit)d themes at most."),
                    code="too_many_themes",
                    params={"limit": THEME_LIMIT},
                ),
            )
        add_null_errors(self, self.marred)
        return data

    def clean_publish_at(self, data):
        """When it goes out, in the member's own time; None where that is not asked."""
        if {"publish_on", "publish_time"} & self.errors.keys() or not self.may_be_scheduled:
            return None
        day, time = data.get("publish_on"), data.get("publish_time")
        if not day and not time and not self.scheduling:
            return None
        if not (day and time):
            name = "publish_time" if day else "publish_on"
            self.add_error(name, ValidationError(_("Give a day and a time."), "time_missing"))
            return None
        try:
            at = from_current_timezone(datetime.combine(day, time))
        except ValidationError:
            wrong = _(
                "The clocks change at that hour: it comes twice or not at all. Choose another."
            )
            self.add_error("publish_time", ValidationError(wrong, code="clocks_change"))
            return None
        if at != self.instance.publish_at and not timedelta() < at - timezone.now() < FAR_OFF:
            wrong = _("Choose a time that is still to come, within two years.")
            self.add_error("publish_on", ValidationError(wrong, code="time_not_to_come"))
            return None
        return at

    def _post_clean(self):
        """The piece itself is filled and rendered: only then is it known what it lacks."""
        super()._post_clean()
        review, data = self.instance, self.cleaned_data
        film = data.get("film")
        is_other = (film and film.pk) != review.film_id
        if "film" not in self.errors and is_other and not self.why_film_stays:
            review.film = film
        review.answers_to = None if data.get("drop_answer") else self.answered
        review.seen_on, review.seen_precision = data["seen_on"], data["seen_precision"]
        review.publish_at = self.publish_at if self.scheduling or not self.publishing else None
        if "language" in self.errors or self.is_unreadable:
            return
        self.rendered = review.render()
        self.check_title()
        self.check_figures()
        self.check_hidden_words()

    @property
    def is_unreadable(self):
        """Whether the text is one that is not even counted. What else is wrong with it hides
        nothing that is wrong with the title."""
        codes = {error.code for error in self.errors.as_data().get("body", [])}
        return bool(codes & {*UNKEEPABLE, "max_length", "null_characters"})

    def check_title(self):
        review = self.instance
        if not self.publishing or review.kind != Kind.ESSAY or review.title:
            return
        if "title" not in self.errors:
            self.add_error(
                "title",
                ValidationError(
                    _("Give it a title: with %(words)d words it is an essay."),
                    code="title_missing",
                    params={"words": review.word_count},
                ),
            )

    def check_figures(self):
        if not self.publishing:
            return
        for key in self.unknown_figures():
            self.add_error(
                "body",
                ValidationError(
                    _("There is no picture “%(key)s” that you could use here."),
                    code="unknown_image",
                    params={"key": key},
                ),
            )

    def check_hidden_words(self):
        """In the text itself they are taken out; nowhere else."""
        hidden = self.instance.concealed
        for name in ("title", "lead", "what_changed") if hidden else ():
            if markdown.spans(self.cleaned_data.get(name, ""), hidden):
                self.add_error(
                    name,
                    ValidationError(
                        _("A moderator hid these words in the text: they cannot stand here."),
                        code="hidden_words",
                    ),
                )

    def unknown_figures(self):
        """Keys in the text that are neither of a published picture nor of one of its author's
        own."""
        keys = self.rendered.image_keys
        if not keys:
            return []
        usable = pictures_for(self.instance).filter(key__in=keys)
        known = set(usable.values_list("key", flat=True))
        return [key for key in keys if key not in known]

    @property
    def is_empty(self):
        """Whether nothing has been typed that were a pity to lose."""
        data = self.cleaned_data
        return not any((data.get(name) or "").strip() for name in ("title", "lead", "body"))

    # How it is laid out

    @property
    def piece_helper(self):
        return helper(
            Fieldset(
                _("The piece"),
                HTML(FILM_PICKER),
                HTML("{% include 'reviews/_answering.html' with form=form only %}"),
                "title",
                "lead",
                HTML("{% include 'reviews/_editor_tabs.html' with current='write' only %}"),
                "body",
                HTML("{% include 'reviews/_word_count.html' with count=count only %}"),
                HTML("{% include 'reviews/_sources.html' with sources=sources only %}"),
                "language",
            ),
            Fieldset(
                _("What you make of the film"),
                Div(InlineRadios("rating"), css_class="rating-strip"),
                Fieldset(
                    _("Date seen"),
                    Div("seen_day", "seen_month", "seen_year", css_class="date-parts"),
                    HTML("{% include 'reviews/_date_help.html' only %}"),
                    css_class="mb-3 dated",
                ),
                "seen_as",
                *(
                    [Div("themes", css_class="choices two")]
                    if self.fields["themes"].choices
                    else []
                ),
                Div(
                    Div("theme"),
                    HTML("{% include 'reviews/_more_themes.html' only %}"),
                    css_class="beside",
                ),
                HTML("{% include 'reviews/_theme_help.html' only %}"),
                "is_spoiler",
            ),
        )

    @property
    def rights_helper(self):
        return helper(Fieldset(_("Rights and replies"), "text_license", "comment_policy"))

    @property
    def change_helper(self):
        if "what_changed" not in self.fields:
            return None
        return helper(Fieldset(_("The change"), "what_changed"))

    @property
    def time_helper(self):
        return helper(
            Fieldset(
                _("Not yet"),
                Div("publish_on", "publish_time", css_class="pair"),
                HTML("{% include 'reviews/_time_help.html' with zone=zone only %}"),
            )
        )
