/*
 * pack.h: stored structures written field by field, little-endian, into a growing buffer, and read back with bounds checked.
 *
 * A reader that runs out of bytes, or a length that does not fit, sets `bad` and gives zeros; the caller checks once at the end.
 * Threads   plain data.
 */
#ifndef CLR_STORE_PACK_H
#define CLR_STORE_PACK_H

#include <stdbool.h>
#include <stdlib.h>

#include "base/bytes.h"

struct clr_pack {
    uint8_t *data;
    size_t size, capacity;
    bool bad;                       /* out of memory */
};

static inline void clr_pack_bytes(struct clr_pack *pack, const void *data, size_t size)
{
    if (pack->size + size > pack->capacity) {
        const size_t capacity = (pack->size + size) * 2 + 256;
        uint8_t *const grown = pack->bad ? NULL : realloc(pack->data, capacity);
        if (grown == NULL) {
            pack->bad = true;
            return;
        }
        pack->data = grown;
        pack->capacity = capacity;
    }
    if (size > 0) memcpy(pack->data + pack->size, data, size);
    pack->size += size;
}
static inline void clr_pack_u8(struct clr_pack *pack, uint8_t value) { clr_pack_bytes(pack, &value, 1); }
static inline void clr_pack_u16(struct clr_pack *pack, uint16_t value) { clr_pack_bytes(pack, &value, 2); }
static inline void clr_pack_u32(struct clr_pack *pack, uint32_t value) { clr_pack_bytes(pack, &value, 4); }
static inline void clr_pack_u64(struct clr_pack *pack, uint64_t value) { clr_pack_bytes(pack, &value, 8); }
static inline void clr_pack_text(struct clr_pack *pack, const char *text)
{
    const uint32_t size = (uint32_t)strlen(text);
    clr_pack_u32(pack, size);
    clr_pack_bytes(pack, text, size);
}
static inline void clr_pack_free(struct clr_pack *pack)
{
    free(pack->data);
    memset(pack, 0, sizeof *pack);
}

struct clr_unpack {
    const uint8_t *data;
    size_t size, at;
    bool bad;
};
static inline struct clr_unpack clr_unpack_of(struct clr_bytes bytes) { return (struct clr_unpack){ bytes.data, bytes.size, 0, false }; }
static inline void clr_unpack_bytes(struct clr_unpack *unpack, void *out, size_t size)
{
    if (unpack->bad || size > unpack->size - unpack->at) {
        unpack->bad = true;
        memset(out, 0, size);
        return;
    }
    if (size > 0) memcpy(out, unpack->data + unpack->at, size);
    unpack->at += size;
}
static inline uint8_t clr_unpack_u8(struct clr_unpack *unpack) { uint8_t v; clr_unpack_bytes(unpack, &v, 1); return v; }
static inline uint16_t clr_unpack_u16(struct clr_unpack *unpack) { uint16_t v; clr_unpack_bytes(unpack, &v, 2); return v; }
static inline uint32_t clr_unpack_u32(struct clr_unpack *unpack) { uint32_t v; clr_unpack_bytes(unpack, &v, 4); return v; }
static inline uint64_t clr_unpack_u64(struct clr_unpack *unpack) { uint64_t v; clr_unpack_bytes(unpack, &v, 8); return v; }
/** malloc'ed, NUL-terminated; NULL (and bad) when broken or out of memory. */
static inline char *clr_unpack_text(struct clr_unpack *unpack)
{
    const uint32_t size = clr_unpack_u32(unpack);
    if (unpack->bad || size > unpack->size - unpack->at) {
        unpack->bad = true;
        return NULL;
    }
    char *const text = malloc((size_t)size + 1);
    if (text == NULL) {
        unpack->bad = true;
        return NULL;
    }
    clr_unpack_bytes(unpack, text, size);
    text[size] = '\0';
    return text;
}

#endif
