"""What is kept, a noun a file."""

from leadline.web.models.audiences import Audience
from leadline.web.models.audit import AuditEntry
from leadline.web.models.contacts import Address, Company, Contact, Field, FieldValue, Mark, Tag
from leadline.web.models.definitions import FunnelVersion, KindDefinition, PathDefinition, Profile
from leadline.web.models.edits import Edit
from leadline.web.models.imports import Import, ImportChange
from leadline.web.models.jobs import Job
from leadline.web.models.links import Delivery, Token, Webhook
from leadline.web.models.people import Invitation, Team, User
from leadline.web.models.plans import Capacity, Goal, PathCost
from leadline.web.models.replies import Reply
from leadline.web.models.reports import Materialised, MirrorState, TouchChange
from leadline.web.models.sales import Ask, Contract, Offer, Purchase, StagedAsk
from leadline.web.models.steps import NextStep
from leadline.web.models.touches import HeldFact, Standing, Touch
from leadline.web.models.views import SavedView
from leadline.web.models.work import Note, Task

__all__ = [
    "Address",
    "Ask",
    "Audience",
    "AuditEntry",
    "Capacity",
    "Company",
    "Contact",
    "Contract",
    "Delivery",
    "Edit",
    "Field",
    "FieldValue",
    "FunnelVersion",
    "Goal",
    "HeldFact",
    "Import",
    "ImportChange",
    "Invitation",
    "Job",
    "KindDefinition",
    "Mark",
    "Materialised",
    "MirrorState",
    "NextStep",
    "Note",
    "Offer",
    "PathCost",
    "PathDefinition",
    "Profile",
    "Purchase",
    "Reply",
    "SavedView",
    "StagedAsk",
    "Standing",
    "Tag",
    "Task",
    "Team",
    "Token",
    "Touch",
    "TouchChange",
    "User",
    "Webhook",
]
