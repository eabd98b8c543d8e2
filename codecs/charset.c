/* charset.c: validity of UTF-8 and GB18030 by bytes. See charset.h. UTF-8: RFC 3629. GB18030: the byte ranges of GB 18030-2005. */
#include "charset.h"

#include "digits.h"

static bool is_tail(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the character that starts at `at` (its first byte is 0x80 or more), 0 when it is none. */
static unsigned utf8_size(const uint8_t *at, size_t left)
{
    const uint8_t first = at[0];

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

/* Is any of eight bytes a control character, DEL, or not ASCII? May say yes without need, never no. */
static inline bool special8(uint64_t eight)
{
    const uint64_t high = CLR_EACH_BYTE(0x80), del = eight ^ CLR_EACH_BYTE(0x7f);

    return ((eight | (eight - CLR_EACH_BYTE(0x20)) | (del - CLR_EACH_BYTE(1))) & high) != 0;
}

/* Are the first six bytes two characters of three bytes each, as Chinese is? First bytes E0 and ED need more care and are not taken. */
static inline bool two_of_three(uint64_t eight)
{
    const unsigned first = (unsigned)eight & 15, second = (unsigned)(eight >> 24) & 15;

    if ((eight & UINT64_C(0x0000c0c0f0c0c0f0)) != UINT64_C(0x00008080e08080e0)) return false;
    return ((0x2001u >> first | 0x2001u >> second) & 1) == 0;
}

/* One character, or one byte of ASCII. */
static size_t character_size(const uint8_t *at, size_t left, bool gbk, enum clr_rule *rule)
{
    if (*at >= 0x80) {
        const unsigned size = gbk ? gb18030_size(at, left) : utf8_size(at, left);
        if (size == 0) *rule = CLR_RULE_ENCODING;
        return size;
    }
    if (*at == 0x7f || (*at < 0x20 && *at != '\t' && *at != '\n' && *at != '\r')) *rule = CLR_RULE_CHARSET;
    return 1;
}

/* Four to seven bytes as eight, blanks behind them. */
static inline uint64_t load_short(const uint8_t *from, size_t size)
{
    uint32_t front, back;

    memcpy(&front, from, 4);
    memcpy(&back, from + size - 4, 4);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    front = __builtin_bswap32(front);
    back = __builtin_bswap32(back);
#endif
    return front | (uint64_t)back << (8 * (size - 4)) | CLR_EACH_BYTE(0x20) << (8 * size);
}

enum clr_rule clr_text_check(struct clr_bytes text, bool gbk)
{
    enum clr_rule rule = CLR_RULE_NONE;
    size_t at = 0;

    while (at < text.size && rule == CLR_RULE_NONE) {
        const size_t left = text.size - at;
        if (left >= 4) {
            const uint64_t eight = left >= 8 ? clr_load8(text.data + at) : load_short(text.data + at, left);
            if (!special8(eight)) {
                at += left < 8 ? left : 8;
                continue;
            }
            if (!gbk && left >= 6 && two_of_three(eight)) {
                at += 6;
                continue;
            }
        }
        at += character_size(text.data + at, left, gbk, &rule);
    }
    return rule;
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
