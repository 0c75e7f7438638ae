"""Reading reports of the NCMEC CyberTipline: what is taken of one, and how much was left out.

`read_report` takes the bytes of one report and gives the few coded facts a referral needs. Names,
screen names, addresses of any kind, content and hashes never leave this package.
"""

from referrals.cybertip.errors import BadReport
from referrals.cybertip.reading import CyberTipReport, read_report

__all__ = ["BadReport", "CyberTipReport", "read_report"]
