"""`onecard reader …`: readers on RS-485 (OSDP)."""

from onecard.language import say

HELP = say("Readers on RS-485 (OSDP): enrol, try, give a new key.", "RS-485（OSDP）读卡器：登记、测试、更换密钥。")
