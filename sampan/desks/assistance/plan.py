"""Who gets what, when, with home safe first, and why?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.needs import NeedEstimate
from sampan.desks.assistance.recipients import Recipient
from sampan.desks.assistance.stock import Depot
from sampan.engines.allocate import Plan, Problem, allocate, home_reserve
from sampan.engines.priority import weights
from sampan.records.assistance import Plan as PlanRecord
from sampan.world.assisted import Sent
from sampan.world.capacity import Capacities
from sampan.world.items import item as find_item
from sampan.world.places import place
