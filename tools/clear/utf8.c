#include "utf8.h"

#include <stdbool.h>
#include <string.h>

/** Shape of a lead byte: how many bytes follow, the bits it carries, and the smallest code that may need that many. */
static bool lead_of(uint8_t byte, unsigned *follow, uint32_t *code, uint32_t *smallest)
{
    if (byte < 0x80) { *follow = 0; *code = byte; *smallest = 0; return true; }
    if (byte < 0xC2) return false;                       /* continuation bytes, and leads of overlong forms */
    if (byte < 0xE0) { *follow = 1; *code = byte & 0x1Fu; *smallest = 0x80; return true; }
    if (byte < 0xF0) { *follow = 2; *code = byte & 0x0Fu; *smallest = 0x800; return true; }
    if (byte < 0xF5) { *follow = 3; *code = byte & 0x07u; *smallest = 0x10000; return true; }
    return false;
}

size_t utf8_next(const char *text, size_t size, uint32_t *code)
{
    const uint8_t *bytes = (const uint8_t *)text;
    unsigned follow;
    uint32_t value, smallest;

    *code = UTF8_REPLACEMENT;
    if (!lead_of(bytes[0], &follow, &value, &smallest) || follow >= size) return 1;
    for (unsigned i = 1; i <= follow; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return 1;
        value = value << 6 | (bytes[i] & 0x3Fu);
    }
    if (value < smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 1;
    *code = value;
    return follow + 1;
}

struct range { uint32_t first, last; };

static bool in_ranges(const struct range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

/* Unicode's East Asian Width W and F, with neighbouring blocks joined; ambiguous characters count as narrow. */
static const struct range wide[] = {
    { 0x1100, 0x115F }, { 0x231A, 0x231B }, { 0x23E9, 0x23EC }, { 0x2E80, 0x303E }, { 0x3041, 0x33FF }, { 0x3400, 0x4DBF },
    { 0x4E00, 0x9FFF }, { 0xA000, 0xA4CF }, { 0xA960, 0xA97F }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE10, 0xFE19 },
    { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F }, { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
};

static const struct range combining[] = {
    { 0x0300, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD }, { 0x0610, 0x061A }, { 0x064B, 0x065F }, { 0x200B, 0x200F },
    { 0x202A, 0x202E }, { 0x2060, 0x2064 }, { 0x20D0, 0x20FF }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F }, { 0xFEFF, 0xFEFF },
};

unsigned utf8_width(uint32_t code)
{
    if (code < 0x300) return 1;
    if (in_ranges(combining, sizeof combining / sizeof *combining, code)) return 0;
    return in_ranges(wide, sizeof wide / sizeof *wide, code) ? 2 : 1;
}

size_t utf8_text_width(const char *text)
{
    const size_t size = strlen(text);
    size_t width = 0;

    for (size_t at = 0; at < size;) {
        uint32_t code;
        at += utf8_next(text + at, size - at, &code);
        width += utf8_width(code);
    }
    return width;
}
