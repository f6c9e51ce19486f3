"""Commands of the server: set up, run, admit gateways and desks."""

from onecard.language import say

HELP = say("The community's server.", "社区服务器。")
