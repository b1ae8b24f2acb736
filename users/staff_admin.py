"""What every staff list and form has in common."""

from typing import NamedTuple

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Q
from django.forms.models import BaseInlineFormSet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from users.admin_paginator import BoundedPaginator
from users.visitor_pages import empty_when_done

FOUND_PER_FIELD = 300


class Waiting(NamedTuple):
    """A heap of work on the dashboard: what it is called, where its list is, its rows."""

    label: str
    url: str
    rows: object  # a queryset, the longest wait first


def starting_with(field, text):
    """Rows whose `field` starts with `text`, as a range that an ordinary index answers."""
    return Q(**{f"{field}__gte": text, f"{field}__lt": f"{text}\U0010ffff"})


def any_of(queryset, conditions):
    """The newest rows of each condition, found one by one: an OR over several tables would make
    the database read the whole table."""
    keys = set()
    for condition in conditions:
        newest = queryset.filter(condition).order_by("-pk")
        keys.update(newest.values_list("pk", flat=True)[:FOUND_PER_FIELD])
    return queryset.filter(pk__in=keys)


def changelist_url(model, query=""):
    opts = model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist") + query


def change_url(row):
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])


def link_to(row):
    return format_html('<a href="{}" dir="auto">{}</a>', change_url(row), row)


def questions_of(model, entry):
    """The parameters that an entry of `list_filter` makes links with."""
    if not isinstance(entry, str):
        return {entry.parameter_name}
    field = model._meta.get_field(entry)
    asked = f"{entry}__{field.target_field.name}" if field.is_relation else entry
    return {entry, f"{asked}__exact", f"{entry}__isnull"}


class StaffForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **({"label_suffix": ""} | kwargs))


class StaffAdmin(admin.ModelAdmin):
    """`find(request, queryset, term)` is the search; without one, `search_fields` are looked through, which
    is only for tables of a few hundred rows. `may_be_deleted(row)` opens the delete page."""

    actions_on_top = False
    actions_on_bottom = True
    form = StaffForm
    list_per_page = 25
    list_max_show_all = 0
    empty_value_display = "–"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    sortable_by = ()
    nav_position = None
    nav_label = ""
    find = None

    def get_search_results(self, request, queryset, search_term):
        term = " ".join(search_term.split())
        if self.find is None or not term:
            return super().get_search_results(request, queryset, search_term)
        return self.find(request, queryset, term), False

    def lookup_allowed(self, lookup, value, request):
        """Only what a filter of the list offers. Any other is a question to columns that the
        list does not show (through a relation: to other people's addresses and passwords), and
        a walk through the whole table."""
        filters = self.get_list_filter(request)
        return any(lookup in questions_of(self.model, entry) for entry in filters)

    def changelist_view(self, request, extra_context=None):
        self.refuse_impossible(request)
        title = self.opts.verbose_name_plural.capitalize()
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def refuse_impossible(self, request):
        """No link and no box of a list sends these: Django or the database fails over them."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        asked = [value for values in request.GET.lists() for value in values[1]]
        try:
            for key in chosen:
                self.opts.pk.clean(key, None)
        except ValidationError as error:
            raise BadRequest from error
        if any("\0" in value for value in [*chosen, *asked]):
            raise BadRequest

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        empty_when_done()  # what staff correct is not shown a minute longer

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        empty_when_done()

    def waiting(self, request):
        return []

    def may_be_deleted(self, row):
        return False

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and self.may_be_deleted(obj)


class ReadOnlyAdmin(StaffAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class StaffInlineFormSet(BaseInlineFormSet):
    """A tabular inline has headings but no labels; name every field for screen readers."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name, field in form.fields.items():
            label = gettext("Delete") if name == "DELETE" else field.label or name
            field.widget.attrs.setdefault("aria-label", label)


class StaffInline(admin.TabularInline):
    formset = StaffInlineFormSet
    extra = 0


def pill(row):
    return format_html(
        '<span class="pill is-{}">{}</span>', row.status, row.get_status_display().capitalize()
    )
