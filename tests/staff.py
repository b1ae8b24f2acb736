"""People of the house and the admin's addresses."""

from django.urls import reverse

from tests.factories import make_user
from users.models import User


def staff(role):
    if role == "administrator":
        return boss()
    return make_user(f"some_{role}", role=role)


def boss():
    user = make_user("the_boss", is_superuser=True)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    return User.objects.get(pk=user.pk)


def url_of(label, page, *args):
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)
