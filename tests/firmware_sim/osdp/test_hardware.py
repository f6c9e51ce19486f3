"""What hangs on the terminals; the output codes are tried in test_peripheral."""

from firmware_sim.osdp.hardware import INPUTS, OUTPUTS, Terminals


def test_reports_are_a_byte_each() -> None:
    terminals = Terminals()
    terminals.inputs[1] = terminals.power_fault = True
    assert terminals.input_report() == bytes((0, 1, 0, 0))
    assert terminals.local_report() == bytes((0, 1))
    assert (len(terminals.inputs), len(terminals.outputs)) == (INPUTS, OUTPUTS)


def test_an_output_that_leads_nowhere_switches() -> None:
    terminals = Terminals()
    assert terminals.switch(0, 2, 0)
    assert terminals.outputs == [True, False]
