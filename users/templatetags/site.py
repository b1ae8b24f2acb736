from django import template

from users.site_settings import SiteSettings

register = template.Library()


@register.simple_tag
def site_name():
    return SiteSettings.site_name()
