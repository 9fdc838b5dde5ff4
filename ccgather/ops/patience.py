"""A request that has come in whole is answered to its end, also when nobody waits any more.

Django cancels the answer when the client hangs up. The thread of a synchronous view runs on all
the same, and the database connection it holds is not always given back to the pool: a few dozen
impatient readers take the site down. So Django does not hear of it; what it then sends, the
server throws away. A view that streams for ever must look for the end itself, at another place.
"""

import asyncio

from ccgather.ops.body_limit import Application, Message, Receive, Scope, Send


def with_patience(application: Application) -> Application:
    """The application, deaf to clients that leave after their request has come in."""

    async def patient(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        has_come_in = False

        async def hear() -> Message:
            nonlocal has_come_in
            if has_come_in:
                # Django waits here for the end of the connection until it has answered.
                await asyncio.Event().wait()
            message = await receive()
            has_come_in = message["type"] == "http.request" and not message.get("more_body", False)
            return message

        await application(scope, hear, send)

    return patient
