"""`onecard server authority …`: who issues the certificates of gateways, broker and server."""

from onecard.language import say

HELP = say("The server's own certificate authorities, and how one follows another.", "服务器自有证书颁发机构及其轮换。")
