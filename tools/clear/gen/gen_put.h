/*
 * gen_put.h: numbers and texts into bytes, without printf: once a field and ten million times a run.
 *
 * Threads   pure.
 */
#ifndef CLEAR_GEN_PUT_H
#define CLEAR_GEN_PUT_H

#include <stdint.h>
#include <string.h>

/** Exactly `width` decimal digits, zeros in front (higher digits are cut). @return the byte after them. */
static inline char *gen_put_padded(char *to, uint64_t value, unsigned width)
{
    for (unsigned i = width; i-- > 0; value /= 10) to[i] = (char)('0' + value % 10);
    return to + width;
}

/** As many decimal digits as it takes. @return the byte after them. */
static inline char *gen_put_decimal(char *to, uint64_t value)
{
    unsigned width = 1;

    for (uint64_t rest = value; rest >= 10; rest /= 10) width++;
    return gen_put_padded(to, value, width);
}

/** Exactly `width` upper-case hexadecimal digits. @return the byte after them. */
static inline char *gen_put_hex(char *to, uint64_t value, unsigned width)
{
    for (unsigned i = width; i-- > 0; value >>= 4) to[i] = "0123456789ABCDEF"[value & 15];
    return to + width;
}

static inline char *gen_put_text(char *to, const char *text)
{
    const size_t size = strlen(text);

    memcpy(to, text, size);
    return to + size;
}

#endif
