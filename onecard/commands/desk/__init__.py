"""`onecard desk …`: the agent of a service desk."""

from onecard.language import say

HELP = say("The agent of a service desk: its reader at the server's disposal.", "服务台代理：把读卡器交给服务器使用。")
