"""The 49 measures of the domain standard, section 4.1: their words, and SQL over coded facts."""

from collections.abc import Mapping

from reporting.declared.care import CARE
from reporting.declared.desk import DESK
from reporting.declared.harms import HARMS
from reporting.declared.justice import JUSTICE
from reporting.declared.sentences import SENTENCED
from reporting.declared.shape import Declared
from reporting.declared.victims import VICTIMS

DECLARED: Mapping[str, Declared] = {
    one.id: one for one in (*VICTIMS, *HARMS, *JUSTICE, *SENTENCED, *DESK, *CARE)
}

__all__ = ["DECLARED"]
