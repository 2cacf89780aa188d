"""Sessions in the database, looked up by a question that is put together once: each request has one."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from leadline.web.together import Place, Question, put_together, records_of


class SessionStore(db.SessionStore):
    """Django's, which would put the question together anew for each request."""

    def _get_session_from_db(self) -> Any:
        """The session of this key; None, and no key, where there is none or it is over."""
        told = {"key": self.session_key}
        for found in records_of(_session(), told) if self.session_key else ():
            if found.expire_date > timezone.now():
                return found
        self._session_key = None
        return None


@cache
def _session() -> Question:
    return put_together(SessionStore.get_model_class().objects.filter(pk=Place("key")))
