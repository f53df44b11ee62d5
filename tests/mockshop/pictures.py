"""Draw pictures of shoes as SVG: four silhouettes in the colours of the catalogue."""

from typing import Final

from tests.mockshop.catalogue import Shoe

_UPPERS: Final = {
    "sneaker": "M60 230 C60 190 70 150 100 140 L160 150 C190 185 250 200 310 210 "
    "C340 216 350 230 350 245 L60 245 Z",
    "loafer": "M60 235 C58 205 66 175 95 168 C130 172 150 190 190 196 C250 200 320 206 345 230 "
    "L348 245 L60 245 Z",
    "boot": "M70 245 L72 90 C90 82 140 82 158 90 L162 160 C200 190 270 200 320 212 "
    "C344 220 350 232 350 245 Z",
    "slip-on": "M58 240 C56 205 70 178 105 172 L175 176 C235 188 310 200 342 222 "
    "C350 230 352 238 350 245 Z",
}
_DETAILS: Final = {
    "sneaker": '<path d="M170 158 l22 26 M192 168 l20 22 M214 178 l18 18" stroke="#fff" '
    'stroke-width="6" stroke-linecap="round"/><circle cx="112" cy="186" r="13" fill="#fff"/>',
    "loafer": '<path d="M178 196 C200 214 236 216 262 206" stroke="#0005" stroke-width="7" '
    'fill="none"/><rect x="196" y="193" width="46" height="11" rx="5" fill="#0004"/>',
    "boot": '<path d="M120 88 L124 168" stroke="#0004" stroke-width="10"/>'
    '<path d="M168 166 l26 14 M180 158 l26 14" stroke="#fff" stroke-width="5"/>',
    "slip-on": '<path d="M112 176 L122 204 L152 176" stroke="#0004" stroke-width="7" '
    'fill="none"/><path d="M200 192 C240 200 290 206 320 216" stroke="#fff8" '
    'stroke-width="5" fill="none"/>',
}


def picture(shoe: Shoe) -> str:
    """Return an SVG of 400 by 340 of one shoe, with its own background and sole."""
    hue = shoe.number * 47 % 360
    sole = "#f7f4ec" if shoe.number % 3 else "#7a5a3c"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 340" width="400" height="340">'
        f'<rect width="400" height="340" fill="hsl({hue} 42% 93%)"/>'
        f'<circle cx="{120 + shoe.number * 31 % 160}" cy="130" r="96" fill="hsl({hue} 46% 86%)"/>'
        '<ellipse cx="205" cy="284" rx="160" ry="11" fill="#0002"/>'
        f'<path d="{_UPPERS[shoe.style]}" fill="{shoe.colour}"/>{_DETAILS[shoe.style]}'
        f'<path d="M52 243 H352 C360 243 360 272 346 272 H64 C48 272 46 243 52 243 Z" '
        f'fill="{sole}"/><path d="M58 258 H350" stroke="#0002" stroke-width="4"/></svg>'
    )
