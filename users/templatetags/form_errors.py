from django import template

register = template.Library()


@register.filter
def error_links(form):
    """(id of the field, error) for each error of a form, in the order of its fields."""
    found = [("", error) for error in form.non_field_errors()]
    for field in form:
        found += [("" if field.is_hidden else field.id_for_label or field.auto_id, error)
                  for error in field.errors]  # fmt: skip
    return found
