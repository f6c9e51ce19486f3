"""The measure of JavaScript functions, judged by literal examples before it judges our pages."""

import pytest

from tests.house.script_functions import script_functions

MODULE = """\
// function no() {
import { x } from "./x.js";

export function named(a, { b } = {}) {
  return `{ ${a} {`;
}

const arrow = async (event) => {
  if (event) {
    log("}");
  }
};

export class Live extends Base {
  constructor() {
    super();
  }

  async #read(line) {
    const braces = /[{/]+\\{/g;
    /* } */
    return line.split(braces).map(part => { return part; });
  }

  static of = () => {
    return 4 / 2 / 1;
  };
}

list.addEventListener("click", function () {
  while (true) {
    break;
  }
});
"""


def test_each_function_with_its_first_line_and_its_length() -> None:
    found = [(span.name, span.first, span.lines) for span in script_functions(MODULE)]
    assert found == [
        ("named", 4, 3),
        ("arrow", 8, 5),
        ("constructor", 15, 3),
        ("#read", 19, 5),
        ("=>", 22, 1),
        ("of", 25, 3),
        ("function", 30, 5),
    ]


@pytest.mark.parametrize(
    "statement", ["if (a) {", "for (const a of b) {", "while (a) {", "switch (a) {", "} catch (e) {"]
)
def test_a_statement_is_no_function(statement: str) -> None:
    assert not list(script_functions(f"{statement}\n}}\n"))


def test_a_brace_that_is_never_closed_runs_to_the_end() -> None:
    (span,) = script_functions("function f() {\n\n\n")
    assert span.lines == 4
