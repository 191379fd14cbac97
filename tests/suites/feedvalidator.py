"""The W3C's feed validator: feeds that are right or wrong in one point each. What it says of them is
no matter here: a feed that parses strictly must give what ElementTree finds in it.
"""
import glob
import os

import collected
from common import Case

SUITE = "feedvalidator"


def cases(data):
    counts = collected.read_counts()
    for path in sorted(glob.glob(os.path.join(data, "suite_feedvalidator", "*.xml"))):
        yield Case(SUITE, path, collected.check(path, counts.get("suite_feedvalidator/" + os.path.basename(path))))
