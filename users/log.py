"""The public log: what of the moderation record everybody may read.

No member is named in it. A thing is named and linked while it is public, and is only "an
essay or note" as soon as it is not; moderators go by the name that they chose for readers.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from users.models import User
from users.moderation import ModerationAction, Rule, Verb
from users.notifications import THINGS
from users.paging import Order

ORDER = Order("log", (("created_at", True), ("pk", True)))
VERDICTS = {
    Verb.PUBLISH: gettext_lazy("Published"),
    Verb.KEEP: gettext_lazy("Left as it is"),
    Verb.LABEL: gettext_lazy("Labelled"),
    Verb.UNLABEL: gettext_lazy("Label taken off"),
    Verb.HOLD: gettext_lazy("Held"),
    Verb.HIDE: gettext_lazy("Hidden"),
    Verb.REMOVE: gettext_lazy("Removed"),
    Verb.RESTORE: gettext_lazy("Restored"),
    Verb.HIDE_PASSAGE: gettext_lazy("A passage hidden"),
    Verb.SHOW_PASSAGE: gettext_lazy("A passage shown again"),
}
OUTCOMES = {verb.value: words for verb, words in VERDICTS.items()}
CLASSES = {Verb.LABEL: "labelled", Verb.HOLD: "held", Verb.HIDE: "hidden"} | {
    Verb.REMOVE: "removed",
    Verb.RESTORE: "restored",
    Verb.UNLABEL: "restored",
    Verb.PUBLISH: "restored",
    Verb.HIDE_PASSAGE: "hidden",
    Verb.SHOW_PASSAGE: "restored",
}
# No member is named: there is no choosing by them.
KINDS = {kind: name for kind, name in THINGS.items() if kind != "user"}


@dataclass(frozen=True)
class Entry:
    action: ModerationAction
    thing: object = None  # the row, while everybody may read it

    @property
    def verdict(self):
        if self.action.is_of_withdrawn:
            return _("Taken away by its author")
        return VERDICTS.get(self.action.verb, self.action.get_verb_display())

    @property
    def verdict_class(self):
        return CLASSES.get(self.action.verb, "")

    @property
    def kind(self):
        return THINGS.get(self.action.content_type.model, _("something"))

    @cached_property
    def passage(self):
        """What was quoted, as long as it can be read in its place too. What gives the film away
        stands there alone, behind its mark."""
        if not self.thing or self.action.passage_is_spoiler:
            return ""
        text = self.action.passage
        return "" if text and self.thing.conceals(text) else text

    @property
    def keeps_passage(self):
        return bool(self.thing and self.action.passage_is_spoiler and self.action.passage)


def entries_for(actions):
    """Entries of the actions, in their order; one query for each kind of thing among them."""
    wanted = defaultdict(set)
    for action in actions:
        wanted[action.content_type].add(action.object_id)
    found = {
        (kind.pk, row.pk): row
        for kind, keys in wanted.items()
        # By their keys alone: for a status or an order SQLite would walk an index to its end.
        for row in kind.model_class()._default_manager.for_log().filter(pk__in=keys).order_by()
        if row.is_public
    }
    return [
        Entry(action, found.get((action.content_type_id, action.object_id))) for action in actions
    ]


def read_filter(query):
    """(what was chosen as far as it is known, a notice for each that is not)."""
    chosen, notices = {}, []
    rule, outcome = query.get("rule", ""), query.get("outcome", "")
    kind, moderator = query.get("kind", ""), query.get("moderator", "").replace("\0", "")
    if rule in {str(number) for number in Rule.objects.values_list("number", flat=True)}:
        chosen["rule"] = rule
    elif rule:
        notices.append(_("There is no rule of this number; all rules are shown."))
    if outcome in OUTCOMES:
        chosen["outcome"] = outcome
    elif outcome:
        notices.append(_("There is no such outcome; all are shown."))
    if kind in KINDS:
        chosen["kind"] = kind
    elif kind:
        notices.append(_("There is nothing of that kind in the log; all kinds are shown."))
    if moderator and User.objects.deciders().filter(username=moderator).exists():
        chosen["moderator"] = moderator
    elif moderator:
        notices.append(_("Nobody of that name has decided anything; everybody’s is shown."))
    return chosen, notices
