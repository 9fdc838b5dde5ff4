"""The session engine: sessions in the database that know their person and their browser.

The database holds a hash of each session key, so that a leaked table signs nobody in.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.http import HttpRequest

from accounts.errors import SignInTooOldError
from accounts.models import Session
from accounts.rules.signing_in import RECENT_SIGN_IN, is_recent_sign_in
from ccgather.ops import clock

SEEN_NOTED_EVERY = timedelta(minutes=1)
USER_AGENT_KEY = "user_agent"


def row_key_of(*, session_key: str) -> str:
    """The primary key of a session's row: 160 bits of a hash, in as many letters as fit."""
    return hashlib.blake2b(session_key.encode(), digest_size=20).hexdigest()


class SessionStore(DatabaseSessionStore):
    """Django's own database sessions, with hashed keys and what a list of sessions shows.

    The person's browser is read from the session's own data (`USER_AGENT_KEY`), because an
    engine sees no request. `row` is the stored session, once it was read or written.
    """

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The rows behind this engine."""
        return Session

    def load(self) -> dict[str, Any]:
        """The stored data; empty, and the key forgotten, when there is none that still lives."""
        row = self._stored()
        if row is None:
            self._session_key = None
            return {}
        self.row = row
        self._note_seen(row, at=clock.now())
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Whether that key is in use."""
        return Session.objects.filter(pk=row_key_of(session_key=session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        """End the session of that key, or this one."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(pk=row_key_of(session_key=key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row to write; an existing one keeps its id and its moment of creation."""
        now = clock.now()
        key = row_key_of(session_key=str(self.session_key))  # `save` has made one by now
        kept = self.row if self.row is not None and self.row.pk == key else None
        user_id = data.get(SESSION_KEY)
        row = Session(
            session_key=key,
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=UUID(user_id) if user_id else None,
            user_agent=str(data.get(USER_AGENT_KEY, ""))[:300],
            created_at=now,
            last_seen_at=now,
        )
        if kept is not None:
            row.id, row.created_at, row.last_seen_at = kept.id, kept.created_at, kept.last_seen_at
        self.row = row
        return row

    def _stored(self) -> Session | None:
        if self.session_key is None:
            return None
        key = row_key_of(session_key=self.session_key)
        return Session.objects.filter(pk=key, expire_date__gt=clock.now()).first()

    def _note_seen(self, row: Session, *, at: datetime) -> None:
        """Remember that the session is in use, at most once a minute."""
        last = row.last_seen_at
        if row.user_id is None or (last is not None and at - last < SEEN_NOTED_EVERY):
            return
        Session.objects.filter(pk=row.pk).update(last_seen_at=at)
        row.last_seen_at = at

    # The asynchronous twins that Django gives its own engine go around the methods above.
    async def aload(self) -> dict[str, Any]:
        """`load`, awaited."""
        return await sync_to_async(self.load)()

    async def asave(self, must_create: bool = False) -> None:
        """`save`, awaited."""
        await sync_to_async(self.save)(must_create)

    async def aexists(self, session_key: str) -> bool:
        """`exists`, awaited."""
        return await sync_to_async(self.exists)(session_key)

    async def adelete(self, session_key: str | None = None) -> None:
        """`delete`, awaited."""
        await sync_to_async(self.delete)(session_key)


def current_session(request: HttpRequest) -> Session | None:
    """The row of the browser session that made this request; None without one."""
    store = request.session
    if not isinstance(store, SessionStore) or store.is_empty():
        return None
    store.get(SESSION_KEY)  # reads the row, if nothing has yet
    return store.row


def signed_in_at(request: HttpRequest) -> datetime | None:
    """When this browser's person last proved who they are. Every sign-in makes a new session."""
    session = current_session(request)
    return session.created_at if session is not None and session.user_id is not None else None


def require_recent_sign_in(*, request: HttpRequest, at: datetime) -> None:
    """Raise SignInTooOldError unless this browser's person proved who they are lately."""
    if not is_recent_sign_in(signed_in_at=signed_in_at(request), at=at):
        minutes = RECENT_SIGN_IN // timedelta(minutes=1)
        raise SignInTooOldError(
            f"This cannot be undone, so it needs a sign-in of the last {minutes} minutes. "
            "Sign in again, then repeat it."
        )
