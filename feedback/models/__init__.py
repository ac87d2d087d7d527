from feedback.models.categories import Category
from feedback.models.items import Contact, ContactReading, FeedbackItem, Kind, Outcome, Photo
from feedback.models.slips import Slip

__all__ = ["Category", "Contact", "ContactReading", "FeedbackItem", "Kind", "Outcome", "Photo", "Slip"]
