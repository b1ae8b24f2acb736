from django import template
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as djangos
from django.utils.html import conditional_escape

from users.addresses import address

register = template.Library()


@register.tag
def url(parser, token):
    """As Django's, which this replaces in all templates; but an address is found once and
    remembered. Pages print them by the dozen."""
    node = djangos(parser, token)
    named = node.kwargs or node.asvar
    return node if named else AddressNode(node.view_name, node.args, {}, None)


class AddressNode(URLNode):
    def render(self, context):
        args = [each.resolve(context) for each in self.args]
        found = address(self.view_name.resolve(context), *args)
        return conditional_escape(found) if context.autoescape else found
