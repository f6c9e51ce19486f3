"""Commands that prove what the server holds."""

from onecard.language import say

HELP = say("Prove that the record is whole.", "证明记录完整。")
