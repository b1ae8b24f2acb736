from django import template

from users.humans import stamp

register = template.Library()


@register.inclusion_tag("includes/_trap.html")
def form_trap():
    """What tells people from programs in the form round it."""
    return {"made": stamp()}
