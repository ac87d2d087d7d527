"""The categories a ward of Vietnam or Indonesia begins with; each ward may replace any of them.

Working days: practice of ward hotlines; statutory procedures override them. First answer: 10 working days,
Law on Citizen Reception 2013 (Vietnam), article 28.
"""

from django.db.models import Model

from wards.models import Office
from wards.models.places import Country

O = Office.Kind  # noqa: E741
#     code, icon, office, days, Vietnamese, Indonesian, English
PRESET: list[tuple[str, str, str, int, str, str, str]] = [
    ("road", "road", O.ECONOMY, 5, "Đường, vỉa hè", "Jalan", "Road, pavement"),
    ("light", "lamp", O.ECONOMY, 2, "Chiếu sáng", "Penerangan", "Street lighting"),
    ("drain", "drain", O.ECONOMY, 3, "Thoát nước, ngập", "Drainase, banjir", "Drains, flooding"),
    ("waste", "trash", O.ECONOMY, 2, "Rác, vệ sinh", "Sampah", "Waste"),
    ("utility", "plug", O.ECONOMY, 5, "Điện, nước, cáp", "Listrik, air, kabel", "Power, water, cables"),
    ("tree", "tree", O.ECONOMY, 5, "Cây xanh", "Pohon", "Trees"),
    ("pollution", "factory", O.ECONOMY, 3, "Ô nhiễm", "Pencemaran", "Pollution"),
    ("encroach", "cone", O.ECONOMY, 3, "Lấn chiếm", "Penyerobotan", "Encroachment"),
    ("noise", "volume", O.POLICE, 1, "Tiếng ồn", "Kebisingan", "Noise"),
    ("security", "shield", O.POLICE, 3, "An ninh", "Keamanan", "Security"),
    ("land", "map", O.ECONOMY, 10, "Đất đai", "Pertanahan", "Land"),
    ("building", "building", O.ECONOMY, 3, "Xây dựng trái phép", "Bangunan liar", "Illegal building"),
    ("benefits", "hand-heart", O.CULTURE, 5, "Chính sách xã hội", "Bantuan sosial", "Social benefits"),
    ("health", "health", O.CULTURE, 5, "Y tế, BHYT", "Kesehatan, BPJS", "Health, insurance"),
    ("school", "school", O.CULTURE, 5, "Giáo dục", "Pendidikan", "Schools"),
    ("procedure", "file", O.SERVICE, 3, "Thủ tục hành chính", "Administrasi", "Paperwork"),
    ("digital", "smartphone", O.POLICE, 1, "VNeID, hỗ trợ số", "Bantuan digital", "Digital help"),
    ("business", "briefcase", O.ECONOMY, 10, "Hỗ trợ doanh nghiệp", "Dukungan usaha", "Business support"),
    ("conduct", "user-x", O.LEADERSHIP, 5, "Thái độ cán bộ", "Sikap petugas", "Staff attitude"),
    ("culture", "trees", O.CULTURE, 10, "Công viên, văn hóa", "Taman, budaya", "Parks, culture"),
]


def load(category: type[Model]) -> None:
    """Add the preset categories that are missing; those somebody edited stay as they are. One statement."""
    category._default_manager.bulk_create(
        [
            category(
                preset=country,
                code=code,
                icon=icon,
                office_kind=office,
                days=days,
                name_vi=vietnamese,
                name_id=indonesian,
                name_en=english,
                confidential=code == "conduct",
                position=position,
            )
            for country in Country.values
            for position, (code, icon, office, days, vietnamese, indonesian, english) in enumerate(PRESET)
        ],
        ignore_conflicts=True,
    )
