#include "base/lz77.h"

#include <stdlib.h>
#include <string.h>

static uint32_t get_be16(const uint8_t *at)
{
    const uint32_t size = (uint32_t)at[0] << 8 | at[1];
    return size == 0 ? CLR_LZ77_BLOCK_SIZE : size;
}

static void put_be16(uint8_t *at, size_t size)
{
    at[0] = (uint8_t)(size >> 8);
    at[1] = (uint8_t)size;                                 /* 65536 is written as 0 */
}

/** Bits of an offset when `given` bytes are there: ceil(log2(given)). */
static unsigned offset_bits(size_t given) { return given < 2 ? 0 : 64 - (unsigned)__builtin_clzll((unsigned long long)(given - 1)); }

/* ---- unpacking ---- */

bool clr_lz77_head(const uint8_t head[CLR_LZ77_HEAD_SIZE], uint32_t *plain_size, uint32_t *coded_size)
{
    *plain_size = get_be16(head);
    *coded_size = get_be16(head + 2);
    return *coded_size <= *plain_size;
}

uint8_t clr_lz77_first(const uint8_t *block)
{
    const uint8_t *const data = block + CLR_LZ77_HEAD_SIZE;
    if (get_be16(block) == get_be16(block + 2)) return data[0];
    return (uint8_t)(data[0] << 1 | data[1] >> 7);
}

bool clr_lz77_size(struct clr_bytes packed, uint64_t *plain_size)
{
    size_t at = 0;
    *plain_size = 0;
    while (packed.size - at >= CLR_LZ77_HEAD_SIZE) {
        uint32_t plain, coded;
        if (!clr_lz77_head(packed.data + at, &plain, &coded)) return false;
        at += CLR_LZ77_HEAD_SIZE;
        if (coded > packed.size - at) return false;
        at += coded;
        *plain_size += plain;
    }
    return at == packed.size;
}

/** 64 bits from a byte on, high bit first; zeros behind the end. */
static uint64_t load_bits(const uint8_t *data, size_t size, size_t byte)
{
    uint64_t bits = 0;
    if (byte + 8 <= size) {
        memcpy(&bits, data + byte, 8);
        return __builtin_bswap64(bits);
    }
    for (size_t i = 0; i < 8; i++) bits = bits << 8 | (byte + i < size ? data[byte + i] : 0);
    return bits;
}

/** A copy of `length` bytes that does not overlap its own output. Short ones are most of them. */
static void copy(uint8_t *to, const uint8_t *from, size_t length, size_t room)
{
    if (length <= 16 && room >= 16 && (size_t)(to - from) >= 16) {
        uint8_t both[16];
        memcpy(both, from, 16);
        memcpy(to, both, 16);
        return;
    }
    memcpy(to, from, length);
}

/**
 * One coded block. A step needs at most 2 + 14 + 15 + 16 bits, and 57 are there at whatever bit it begins.
 */
static bool unpack_block(const uint8_t *data, size_t coded_size, uint8_t *plain, size_t plain_size)
{
    const size_t end = coded_size * 8;
    size_t bit = 0, given = 0;
    while (given < plain_size) {
        const uint64_t bits = load_bits(data, coded_size, bit >> 3) << (bit & 7);
        if (bits >> 63 == 0) {
            plain[given++] = (uint8_t)(bits >> 55);
            bit += 9;
            if (bit > end) return false;
            continue;
        }
        const unsigned ones = (unsigned)__builtin_clzll(~(bits << 1) | 1);
        if (ones > 14) return false;                        /* no copy is longer than half a block */
        const unsigned wide = offset_bits(given);
        const uint64_t rest = ones == 0 ? 0 : bits << (2 + ones) >> (64 - ones);
        const size_t length = ones == 0 ? 2 : ((size_t)1 << ones) + (size_t)rest + 1;
        const size_t offset = wide == 0 ? 0 : (size_t)(bits << (2 + 2 * ones) >> (64 - wide));
        bit += 2 + 2 * ones + wide;
        if (bit > end || offset + length > given || length > plain_size - given) return false;
        copy(plain + given, plain + offset, length, plain_size - given);
        given += length;
    }
    return end - bit < 8;
}

bool clr_lz77_unpack(struct clr_bytes packed, uint8_t *plain)
{
    for (size_t at = 0; at < packed.size;) {
        uint32_t plain_size, coded_size;
        if (packed.size - at < CLR_LZ77_HEAD_SIZE || !clr_lz77_head(packed.data + at, &plain_size, &coded_size)) return false;
        at += CLR_LZ77_HEAD_SIZE;
        if (coded_size > packed.size - at) return false;
        if (coded_size == plain_size) memcpy(plain, packed.data + at, plain_size);
        else if (!unpack_block(packed.data + at, coded_size, plain, plain_size)) return false;
        at += coded_size;
        plain += plain_size;
    }
    return true;
}

/* ---- packing ---- */

/** Places of the block by the two bytes that stand there, the last one first. Numbers are place + 1; 0 ends a chain. */
struct places {
    uint32_t last[65536];
    uint32_t before[CLR_LZ77_BLOCK_SIZE];
    size_t known;                                           /* places below this one are in the chains */
};

struct writer {
    uint8_t *data;
    size_t room, bit;
    bool full;                                              /* the block does not become smaller */
};

static void put_bits(struct writer *writer, uint32_t value, unsigned count)
{
    if (writer->bit + count > writer->room * 8) writer->full = true;
    for (unsigned i = count; i-- > 0 && !writer->full; writer->bit++)
        writer->data[writer->bit >> 3] |= (uint8_t)((value >> i & 1) << (7 - (writer->bit & 7)));
}

/** Places whose two bytes both lie before `end`. Inside a run of equal bytes no copy begins. */
static void learn(struct places *places, const uint8_t *plain, size_t end)
{
    for (; places->known + 1 < end; places->known++) {
        const size_t at = places->known;
        if (at > 0 && plain[at - 1] == plain[at] && plain[at] == plain[at + 1]) continue;
        uint32_t *const last = &places->last[(unsigned)plain[at] << 8 | plain[at + 1]];
        places->before[at] = *last;
        *last = (uint32_t)at + 1;
    }
}

static size_t same(const uint8_t *a, const uint8_t *b, size_t most)
{
    size_t length = 0;
    while (most - length >= 8) {
        uint64_t x, y;
        memcpy(&x, a + length, 8);
        memcpy(&y, b + length, 8);
        if (x != y) return length + (size_t)(__builtin_ctzll(x ^ y) >> 3);
        length += 8;
    }
    while (length < most && a[length] == b[length]) length++;
    return length;
}

/** The longest copy for place `at`, of equally long ones the last. @return its length, below 2 when there is none */
static size_t longest(const struct places *places, const uint8_t *plain, size_t size, size_t at, size_t *offset)
{
    size_t best = 1;
    if (at + 1 >= size) return best;
    for (uint32_t place = places->last[(unsigned)plain[at] << 8 | plain[at + 1]]; place != 0; place = places->before[place - 1]) {
        const size_t from = place - 1, most = size - at < at - from ? size - at : at - from;
        if (most <= best || plain[from + best] != plain[at + best]) continue;
        const size_t length = same(plain + from, plain + at, most);
        if (length <= best) continue;
        best = length;
        *offset = from;
    }
    return best;
}

static void put_copy(struct writer *writer, size_t given, size_t offset, size_t length)
{
    put_bits(writer, 1, 1);
    if (length == 2) {
        put_bits(writer, 0, 1);
    } else {
        const unsigned ones = 31 - (unsigned)__builtin_clz((unsigned)(length - 1));
        put_bits(writer, (1u << (ones + 1)) - 2, ones + 1);
        put_bits(writer, (uint32_t)(length - 1) - (1u << ones), ones);
    }
    put_bits(writer, (uint32_t)offset, offset_bits(given));
}

/** Coded bytes of a block, fewer than `size`. @return how many; `size` itself: it is better stored */
static size_t pack_block(struct places *places, const uint8_t *plain, size_t size, uint8_t *coded)
{
    struct writer writer = { .data = coded, .room = size - 1 };
    memset(places->last, 0, sizeof places->last);
    places->known = 0;
    memset(coded, 0, size);
    for (size_t at = 0; at < size && !writer.full;) {
        size_t offset = 0;
        learn(places, plain, at);
        const size_t length = longest(places, plain, size, at, &offset);
        if (length < 2) put_bits(&writer, plain[at], 9);    /* a zero, and the byte */
        else put_copy(&writer, at, offset, length);
        at += length;
    }
    return writer.full ? size : (writer.bit + 7) / 8;
}

enum clr_status clr_lz77_pack(struct clr_bytes plain, uint8_t **packed, size_t *size)
{
    const size_t blocks = (plain.size + CLR_LZ77_BLOCK_SIZE - 1) / CLR_LZ77_BLOCK_SIZE;
    uint8_t *const out = malloc(plain.size + blocks * CLR_LZ77_HEAD_SIZE + 1);
    struct places *const places = malloc(sizeof *places);
    size_t to = 0;

    if (out == NULL || places == NULL) {
        free(out);
        free(places);
        return CLR_FULL;
    }
    for (size_t at = 0; at < plain.size; at += CLR_LZ77_BLOCK_SIZE) {
        const size_t here = plain.size - at < CLR_LZ77_BLOCK_SIZE ? plain.size - at : CLR_LZ77_BLOCK_SIZE;
        const size_t coded = pack_block(places, plain.data + at, here, out + to + CLR_LZ77_HEAD_SIZE);
        if (coded == here) memcpy(out + to + CLR_LZ77_HEAD_SIZE, plain.data + at, here);
        put_be16(out + to, here);
        put_be16(out + to + 2, coded);
        to += CLR_LZ77_HEAD_SIZE + coded;
    }
    free(places);
    *packed = out;
    *size = to;
    return CLR_OK;
}
