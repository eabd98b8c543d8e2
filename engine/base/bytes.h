/*
 * bytes.h: a borrowed slice of bytes, and the small readers everything uses on it.
 *
 * Owner     whoever the slice says it points into; a slice owns nothing.
 * Threads   pure.
 */
#ifndef CLR_BASE_BYTES_H
#define CLR_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct clr_bytes {
    const uint8_t *data;
    size_t size;
};

static inline struct clr_bytes clr_bytes_of(const void *data, size_t size)
{
    return (struct clr_bytes){ (const uint8_t *)data, size };
}

static inline struct clr_bytes clr_bytes_text(const char *text)
{
    return clr_bytes_of(text, strlen(text));
}

static inline bool clr_bytes_equal(struct clr_bytes a, struct clr_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/** Without leading and trailing ASCII blanks. */
static inline struct clr_bytes clr_bytes_trim(struct clr_bytes text)
{
    while (text.size > 0 && text.data[0] == ' ') { text.data++; text.size--; }
    while (text.size > 0 && text.data[text.size - 1] == ' ') text.size--;
    return text;
}

/** Big- and little-endian stores and loads; big-endian keys sort as numbers in LMDB. */
static inline void clr_put_be32(uint8_t *to, uint32_t value) { value = __builtin_bswap32(value); memcpy(to, &value, 4); }
static inline void clr_put_be64(uint8_t *to, uint64_t value) { value = __builtin_bswap64(value); memcpy(to, &value, 8); }
static inline uint32_t clr_get_be32(const uint8_t *from) { uint32_t value; memcpy(&value, from, 4); return __builtin_bswap32(value); }
static inline uint64_t clr_get_be64(const uint8_t *from) { uint64_t value; memcpy(&value, from, 8); return __builtin_bswap64(value); }

#endif
