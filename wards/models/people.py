from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from wards.access import Permission, Standing

if TYPE_CHECKING:
    from wards.models.posts import Post


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        """Open an account; it may do nothing until somebody appoints its holder to a post."""
        user = self.model(email=self.normalize_email(email) or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What the person may do comes from live appointments only."""

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20, unique=True, null=True, blank=True)
    full_name = models.CharField(_("full name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(phone__isnull=False),
                name="user_has_email_or_phone",
            ),
            # Sign-in ignores case, so uniqueness must too.
            models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or self.phone or ""

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin opens; matters are read-only there."""
        return self.is_superuser or self.standing.may(Permission.ADMINISTER)

    @cached_property
    def standing(self) -> Standing:
        """What this person may do now; read once per request."""
        return self.standing_at(timezone.now())

    def standing_at(self, at: datetime) -> Standing:
        """What this person may do at `at`, by live appointments, one's own and those one deputises for."""
        return Standing(self.posts_at(at) if self.is_active and self.pk else [])

    def posts_at(self, at: datetime) -> list["Post"]:
        """Posts this person answers for at `at`: held, or deputised while the holder is away."""
        from wards.models.posts import Post

        return list(
            Post.objects.answered_by(self, at).select_related(
                "office__ward", "office__province", "neighbourhood"
            )
        )
