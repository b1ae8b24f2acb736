from django import template

register = template.Library()

# Django's own messages do not say which field they are about; ours do.
NAMELESS = {
    "required", "invalid", "invalid_choice", "invalid_list", "max_length", "min_length",
    "max_value", "min_value", "null_characters_not_allowed",
}  # fmt: skip


@register.filter
def error_links(form):
    """(id of the field, error) for each error of a form, in the order of its fields."""
    found = [("", error) for error in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden else first_control(field)
        problems = form.errors.as_data().get(field.name, [])
        for problem, error in zip(problems, field.errors, strict=True):
            named = problem.code in NAMELESS and not field.is_hidden
            found.append((target, f"{called(field)} {error}" if named else error))
    return found


def called(field):
    """A label that asks ends as it is."""
    return field.label if field.label.endswith("?") else f"{field.label}:"


def first_control(field):
    """A group of choices has no id of its own; its first choice takes the reader there."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
