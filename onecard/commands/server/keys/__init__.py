"""Commands of the cards' key versions: look, raise, retire."""

from onecard.language import say

HELP = say("Change the keys of all cards: raise the version, retire the old one.", "更换卡片密钥：升级、停用旧版本。")
