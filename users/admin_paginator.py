from django.core.paginator import Paginator
from django.utils.functional import cached_property

from users.paging import bounded_count


class BoundedPaginator(Paginator):
    """Counts to a thousand and offers no page beyond: the next step is a filter, not page 40,000."""

    @cached_property
    def _counted(self):
        return bounded_count(self.object_list)

    @property
    def count(self):
        return self._counted[0]

    @property
    def is_capped(self):
        return not self._counted[1]
