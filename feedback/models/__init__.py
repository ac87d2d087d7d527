from feedback.models.categories import Category
from feedback.models.items import ON_THE_SPOT, Contact, ContactReading, FeedbackItem, Kind, Outcome, Photo
from feedback.models.slips import Slip

__all__ = [
    "ON_THE_SPOT",
    "Category",
    "Contact",
    "ContactReading",
    "FeedbackItem",
    "Kind",
    "Outcome",
    "Photo",
    "Slip",
]
