"""A stage on which people work: whoever is needed signs in, and what nobody walks through is done in the data base."""

from pathlib import Path

from playwright.sync_api import Page

from onecard.commands.server._common import load, opened
from onecard.demo.community import COMMUNITY
from onecard.demo.stage import Stage
from server.services.roles import Role
from server.services.users import users
from server.services.users.passwords import Passwords
from server.services.users.users import UserIn
from server.services.work import SYSTEM, Transactions

PASSWORD = "竹影 tall bamboo 47"


class Staffed(Stage):
    """The demo's stage with people of every role."""

    def data_base(self) -> Transactions:
        """The data base, as a command of the server opens it."""
        return opened(load(Path(self.folder.config("server"))))

    def sign_in(self, page: Page, role: Role) -> None:
        """Somebody of a role, with a password of their own."""
        with self.data_base().work(SYSTEM) as work:
            user, one_time = users.add(work, Passwords(), UserIn(name=role.value, role=role, org=COMMUNITY[0]))
            users.change_password(work, Passwords(), user.id, one_time, PASSWORD)
        page.goto(self.folder.console_url)
        page.get_by_label("用户名").fill(role.value)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
