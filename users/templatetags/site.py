from urllib.parse import urljoin

from django import template

from users.addresses import absolute as absolute_address
from users.site_settings import SiteSettings

register = template.Library()


@register.simple_tag
def site_name():
    return SiteSettings.site_name()


@register.simple_tag(takes_context=True)
def absolute(context, path):
    return absolute_address(context["request"], path)


@register.simple_tag
def beside(address, path):
    """The absolute address of `path` on the same site."""
    return urljoin(address, path)
