from wards.models.calendar import Holiday, MakeUpDay
from wards.models.people import User
from wards.models.places import Body, Neighbourhood, Province, Ward
from wards.models.posts import Absence, Appointment, Office, Post

__all__ = [
    "Absence",
    "Appointment",
    "Body",
    "Holiday",
    "MakeUpDay",
    "Neighbourhood",
    "Office",
    "Post",
    "Province",
    "User",
    "Ward",
]
