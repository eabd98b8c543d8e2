/* charset.c: validity of UTF-8 and GB18030 by bytes. See charset.h. UTF-8: RFC 3629. GB18030: the byte ranges of GB 18030-2005. */
#include "charset.h"

static bool is_tail(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the character that starts at `at` (its first byte is 0x80 or more), 0 when it is none. */
static unsigned utf8_size(const uint8_t *at, size_t left)
{
    const uint8_t first = at[0];

    if (first >= 0xe1 && first <= 0xec) return left >= 3 && is_tail(at[1]) && is_tail(at[2]) ? 3 : 0;      /* most of Chinese */
    if (first < 0xc2) return 0;
    if (first < 0xe0) return left >= 2 && is_tail(at[1]) ? 2 : 0;
    if (first < 0xf0) {
        if (left < 3 || !is_tail(at[1]) || !is_tail(at[2])) return 0;
        if (first == 0xe0 && at[1] < 0xa0) return 0;                     /* could be written shorter */
        return first == 0xed && at[1] > 0x9f ? 0 : 3;                    /* surrogates */
    }
    if (first > 0xf4 || left < 4 || !is_tail(at[1]) || !is_tail(at[2]) || !is_tail(at[3])) return 0;
    if (first == 0xf0 && at[1] < 0x90) return 0;
    return first == 0xf4 && at[1] > 0x8f ? 0 : 4;
}

static unsigned gb18030_size(const uint8_t *at, size_t left)
{
    if (at[0] < 0x81 || at[0] > 0xfe || left < 2) return 0;
    if (at[1] >= 0x40) return at[1] == 0x7f || at[1] == 0xff ? 0 : 2;
    if (at[1] < '0' || at[1] > '9' || left < 4) return 0;
    return at[2] >= 0x81 && at[2] <= 0xfe && at[3] >= '0' && at[3] <= '9' ? 4 : 0;
}

enum clr_rule clr_text_check(struct clr_bytes text, bool gbk)
{
    size_t at = 0;

    while (at < text.size) {
        const uint8_t byte = text.data[at];
        if (byte < 0x80) {
            if (byte == 0x7f || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')) return CLR_RULE_CHARSET;
            at++;
            continue;
        }
        const unsigned size = gbk ? gb18030_size(text.data + at, text.size - at) : utf8_size(text.data + at, text.size - at);
        if (size == 0) return CLR_RULE_ENCODING;
        at += size;
    }
    return CLR_RULE_NONE;
}

char *clr_text_show(struct clr_bytes text, char *to, size_t size)
{
    size_t count = text.size < size - 1 ? text.size : size - 1;

    for (size_t i = 0; i < count; i++) to[i] = text.data[i] >= 0x20 && text.data[i] < 0x7f ? (char)text.data[i] : '?';
    to[count] = '\0';
    return to;
}

unsigned clr_text_put(uint8_t to[4], uint32_t code_point)
{
    if (code_point < 0x80) {
        to[0] = (uint8_t)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        to[0] = (uint8_t)(0xc0 | code_point >> 6);
        to[1] = (uint8_t)(0x80 | (code_point & 0x3f));
        return 2;
    }
    if (code_point < 0x10000) {
        if (code_point >= 0xd800 && code_point < 0xe000) return 0;
        to[0] = (uint8_t)(0xe0 | code_point >> 12);
        to[1] = (uint8_t)(0x80 | (code_point >> 6 & 0x3f));
        to[2] = (uint8_t)(0x80 | (code_point & 0x3f));
        return 3;
    }
    if (code_point > 0x10ffff) return 0;
    to[0] = (uint8_t)(0xf0 | code_point >> 18);
    to[1] = (uint8_t)(0x80 | (code_point >> 12 & 0x3f));
    to[2] = (uint8_t)(0x80 | (code_point >> 6 & 0x3f));
    to[3] = (uint8_t)(0x80 | (code_point & 0x3f));
    return 4;
}
