"""Where somebody begins who has just come in, or whose browser asks for nothing in particular."""

from card_protocol.words.division import covers
from server.pages.console import Console
from server.pages.menu import home
from server.services import first_steps
from server.services.roles import Permission, may
from server.services.users.sessions import SignedIn


def beginning(console: Console, user: SignedIn) -> str:
    """Where a user's work is: an administrator's in the first steps until the first card is given out, that of somebody
    from elsewhere in their own account.
    """
    if not covers(user.org, console.house.community):
        return "/account"
    actor = user.actor()
    if may(actor, Permission.USERS_WRITE):
        with console.transactions.read() as session:
            if first_steps.under_way(session):
                return "/setup"
    return home(actor)
