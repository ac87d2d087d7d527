"""Before and after, drawn in code: plain illustrations instead of photos of real places."""

import io
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from feedback import pictures
from feedback.pictures import Picture

SIZE = (960, 640)
Draw = ImageDraw.ImageDraw
NIGHT, DUSK, DAY = "#0e1626", "#22324d", "#cfe3ea"


@cache
def picture(subject: str, when: str) -> Picture:
    """The picture of `subject` (lamp, drain, road, bridge, ditch, roof, waste, tree), `when` before or after."""
    image = Image.new("RGB", SIZE, DAY)
    _SUBJECTS[subject](image, ImageDraw.Draw(image, "RGBA"), when == "after")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return pictures.rebuild(io.BytesIO(out.getvalue()))


def _street(draw: Draw, sky: str, wall: str, road: str) -> None:
    draw.rectangle((0, 0, 960, 640), fill=sky)
    draw.rectangle((0, 430, 960, 640), fill="#a9b48a" if sky == DAY else "#0b111d")
    for left, top, right in ((0, 230, 210), (230, 190, 420), (620, 210, 780), (800, 170, 960)):
        draw.rectangle((left, top, right, 440), fill=wall)
        draw.polygon([(left - 12, top), ((left + right) / 2, top - 60), (right + 12, top)], fill="#6b3f33")
    draw.polygon([(0, 640), (960, 640), (640, 430), (320, 430)], fill=road)


def _lamp(image: Image.Image, draw: Draw, after: bool) -> None:
    _street(
        draw, DUSK if after else NIGHT, "#3b4a63" if after else "#162136", "#55606f" if after else "#1b2433"
    )
    if after:
        glow = Image.new("RGB", SIZE, "#000000")
        light = ImageDraw.Draw(glow)
        light.polygon([(520, 150), (240, 640), (860, 640)], fill="#7a6426")
        light.ellipse((430, 60, 630, 260), fill="#caa23c")
        glow = glow.filter(ImageFilter.GaussianBlur(36))
        image.paste(Image.blend(image, Image.eval(glow, lambda value: min(255, value * 2)), 0.42))
        draw = ImageDraw.Draw(image, "RGBA")
    draw.rectangle((476, 130, 488, 470), fill="#8c96a3" if after else "#2b3546")
    draw.line((482, 136, 540, 136), fill="#8c96a3" if after else "#2b3546", width=10)
    draw.ellipse((512, 128, 562, 156), fill="#fff3c4" if after else "#39465a")


def _drain(image: Image.Image, draw: Draw, after: bool) -> None:
    draw.rectangle((0, 0, 960, 640), fill="#9aa3a8")
    draw.rectangle((0, 0, 960, 210), fill="#b9b0a2")
    draw.rectangle((0, 200, 960, 232), fill="#d8d2c6")
    if not after:
        draw.ellipse((60, 190, 930, 640), fill="#6f6a52")
        draw.ellipse((140, 250, 850, 600), fill="#7d7860")
    draw.rectangle((300, 250, 660, 470), fill="#4a4f54", outline="#2e3236", width=10)
    for x in range(330, 640, 44):
        draw.rectangle((x, 272, x + 20, 448), fill="#15181b")
    if not after:
        chance = Random(43)
        for _count in range(70):
            x, y = chance.randint(260, 680), chance.randint(250, 480)
            size = chance.randint(14, 46)
            colour = chance.choice(["#8a5a32", "#cfd8dc", "#5b7f3a", "#b64a3a", "#3d6a8a", "#7b6b4a"])
            draw.ellipse((x, y, x + size, y + size * 0.6), fill=colour)


def _road(image: Image.Image, draw: Draw, after: bool) -> None:
    _street(draw, DAY, "#d9c7a5", "#585d63" if after else "#a5703f")
    if after:
        for y in range(450, 640, 52):
            draw.rectangle((472, y, 488, y + 28), fill="#f4f1e6")
        return
    for x, y, w in ((350, 560, 190), (520, 500, 130), (430, 460, 80), (660, 590, 150)):
        draw.ellipse((x, y, x + w, y + w * 0.34), fill="#6d4a2a")
        draw.ellipse((x + 14, y + 6, x + w - 18, y + w * 0.28), fill="#8d9aa0")


def _bridge(image: Image.Image, draw: Draw, after: bool) -> None:
    draw.rectangle((0, 0, 960, 640), fill=DAY)
    draw.rectangle((0, 380, 960, 640), fill="#4f7d7a")
    draw.rectangle((0, 330, 960, 420), fill="#b7b3aa")
    for x in range(20, 960, 80):
        if not after and 380 < x < 620:
            continue
        draw.rectangle((x, 210, x + 14, 332), fill="#2f6f9f")
    for y in (214, 268):
        for start, end in ((0, 960),) if after else ((0, 372), (622, 960)):
            draw.rectangle((start, y, end, y + 12), fill="#2f6f9f")
    if not after:
        draw.line((372, 220, 450, 318), fill="#2f6f9f", width=12)
    else:
        for x in range(0, 960, 120):
            draw.rectangle((x, 214, x + 50, 226), fill="#f2c230")


def _ditch(image: Image.Image, draw: Draw, after: bool) -> None:
    draw.rectangle((0, 0, 960, 640), fill=DAY)
    draw.rectangle((0, 250, 960, 640), fill="#86a35b")
    draw.polygon([(330, 250), (560, 250), (820, 640), (120, 640)], fill="#5f8f9c" if after else "#4d4a36")
    if not after:
        chance = Random(17)
        for _count in range(170):
            y = chance.randint(262, 620)
            spread = 100 + (y - 250) * 0.6
            x = 455 + chance.uniform(-spread, spread)
            size = 10 + (y - 250) / 14
            draw.ellipse(
                (x, y, x + size, y + size * 0.5),
                fill=chance.choice(["#5d8a35", "#4b7a2c", "#d9dfe0", "#a3603a"]),
            )


def _roof(image: Image.Image, draw: Draw, after: bool) -> None:
    draw.rectangle((0, 0, 960, 640), fill=DAY if after else "#9fb0ba")
    draw.rectangle((220, 330, 740, 600), fill="#e8dcc0")
    draw.polygon([(160, 340), (480, 140), (800, 340)], fill="#2f7f8c" if after else "#8a5b3a")
    draw.rectangle((430, 430, 530, 600), fill="#6b4a33")
    draw.rectangle((0, 598, 960, 640), fill="#8aa06a")
    if not after:
        for x, y in ((330, 270), (470, 210), (590, 290)):
            draw.ellipse((x, y, x + 66, y + 36), fill="#2b2623")
        for x in range(0, 960, 34):
            draw.line((x, 0, x - 60, 640), fill=(235, 242, 246, 90), width=3)


def _waste(image: Image.Image, draw: Draw, after: bool) -> None:
    _street(draw, DAY, "#d9c7a5", "#7f858a")
    if after:
        for x in (80, 180, 280):
            draw.rounded_rectangle((x, 430, x + 76, 560), 10, fill="#2f8f5b")
            draw.rectangle((x - 6, 420, x + 82, 438), fill="#236b45")
        return
    chance = Random(8)
    for _count in range(90):
        x, y = chance.randint(30, 430), chance.randint(430, 590)
        size = chance.randint(24, 64)
        draw.ellipse(
            (x, y, x + size, y + size * 0.7),
            fill=chance.choice(["#2c3136", "#e8ecef", "#3a6ea5", "#b5493a", "#7a6a4b"]),
        )


def _tree(image: Image.Image, draw: Draw, after: bool) -> None:
    _street(draw, DAY, "#d9c7a5", "#7f858a")
    if after:
        draw.rectangle((150, 200, 190, 470), fill="#6b4a33")
        draw.ellipse((70, 70, 270, 260), fill="#4d8a3f")
        return
    draw.polygon([(150, 470), (190, 470), (470, 190), (440, 160)], fill="#6b4a33")
    draw.ellipse((380, 60, 640, 270), fill="#4d8a3f")
    draw.line((0, 150, 960, 250), fill="#22262b", width=5)


_SUBJECTS = {
    "lamp": _lamp,
    "drain": _drain,
    "road": _road,
    "bridge": _bridge,
    "ditch": _ditch,
    "roof": _roof,
    "waste": _waste,
    "tree": _tree,
}
