"""Commands of the keystore: look, back up, restore."""

from onecard.language import say

HELP = say("The server's keys: check value, backup, restore.", "服务器密钥：校验值、备份、恢复。")
