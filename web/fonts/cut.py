#!/usr/bin/python3
"""Cuts the console's font from Noto Sans CJK SC: one small woff2 that every desk draws the same Chinese with.

A desk without a Chinese font draws boxes, and a map that waits for a glyph server needs one. So the console brings its
own: GB 2312 (all 6,763 characters, which hold those of vehicle plates), Latin and the signs that the screen uses.

    web/fonts/cut.py [NotoSansCJK-Regular.ttc] [OUT.woff2]

Needs python3-fonttools, python3-brotli and fonts-noto-cjk of Debian 12; the same versions give the same bytes. Outlines
become quadratic and lie on a grid of 160 units an em, a tenth of a pixel at 16 px, which nearly halves the file (CFF:
1.1 MB). Layout tables and hints go: the map and the screen set text from left to right only. Licence: OFL.txt beside this
file.
"""
import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem

SOURCE = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
FAMILY = "Cordon Sans SC"
GRID = 160
# How far a quadratic curve may lie from the cubic one, in thousandths of an em.
CURVE_ERROR = 8.0
# What the screen uses beyond Latin-1 and GB 2312.
SIGNS = "–—‘’“”…‰′″→←↑↓↔−×÷±≤≥≈√°·•▲△▼◆◇○●■□★☆✓⚠①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤ²³µ▶"


def gb2312():
    """Every character of GB 2312: signs and full-width forms (rows 1 to 3), level 1 and level 2 (rows 16 to 87)."""
    for row in [*range(1, 4), *range(16, 88)]:
        for cell in range(1, 95):
            try:
                yield bytes([0xA0 + row, 0xA0 + cell]).decode("gb2312")
            except UnicodeDecodeError:
                pass


def quadratic(font):
    """CFF outlines become those of a TrueType font."""
    order = font.getGlyphOrder()
    outlines = font.getGlyphSet()
    glyf = newTable("glyf")
    glyf.glyphOrder = order
    glyf.glyphs = {}
    for name in order:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True))
        glyf.glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf
    font["maxp"].tableVersion = 0x00010000
    for field in ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
                  "maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(font["maxp"], field, 0)
    font["maxp"].maxZones = 1
    for table in ("CFF ", "VORG"):
        if table in font:
            del font[table]
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"


def bounds(font):
    """Says anew how far each glyph reaches."""
    for name, glyph in font["glyf"].glyphs.items():
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))


def rename(font):
    """OFL: a changed font carries a name of its own; whose work it is stays."""
    names = font["name"]
    for record in list(names.names):
        if record.nameID in (1, 3, 4, 6, 16, 17, 18):
            names.removeNames(nameID=record.nameID)
    for number, text in ((1, FAMILY), (2, "Regular"), (3, FAMILY), (4, FAMILY), (6, FAMILY.replace(" ", ""))):
        names.setName(text, number, 3, 1, 0x409)


def main():
    source = sys.argv[1] if len(sys.argv) > 1 else SOURCE
    out = sys.argv[2] if len(sys.argv) > 2 else Path(__file__).with_name("cordon-sans-sc.woff2")
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 5, 13, 14],
                             drop_tables=["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG", "STAT"])
    faces = [TTFont(source, fontNumber=n, recalcTimestamp=False) for n in range(5)]
    font = next(face for face in faces if face["name"].getDebugName(1) == "Noto Sans CJK SC")
    wanted = {ord(c) for c in [*gb2312(), *map(chr, range(0x20, 0x7F)), *map(chr, range(0xA0, 0x100)), *SIGNS]}
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    quadratic(font)
    scale_upem(font, GRID)
    bounds(font)
    rename(font)
    font.flavor = "woff2"
    font.save(out)
    missing = sorted(chr(c) for c in wanted - set(font.getBestCmap()))
    print(f"{out}: {Path(out).stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters; not in the font: {''.join(missing)}")


if __name__ == "__main__":
    main()
