/*
 * scan.h: looking at many bytes at once: where special bytes are, and whether there are bytes that no record may hold.
 *
 * With SSE2 sixteen bytes are compared at once; without it a plain loop gives the same answers (tests/test_codec_bytes.c holds the two
 * against each other).
 *
 * Threads   pure.
 */
#ifndef CLR_CODECS_SCAN_H
#define CLR_CODECS_SCAN_H

#include "base/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/** Three bytes to look for. */
struct clr_scan_set {
    uint8_t byte[3];
};

/** Bit i of mask k: data[i] is byte k of the set. */
struct clr_scan_masks {
    uint64_t of[3];
};

/** Of the 64 bytes at `data`. The plain version, for reference and for other processors. */
static inline struct clr_scan_masks clr_scan_masks_plain(const uint8_t *data, struct clr_scan_set set)
{
    struct clr_scan_masks masks = { { 0, 0, 0 } };

    for (unsigned i = 0; i < 64; i++) {
        for (unsigned k = 0; k < 3; k++) masks.of[k] |= (uint64_t)(data[i] == set.byte[k]) << i;
    }
    return masks;
}

static inline struct clr_scan_masks clr_scan_masks(const uint8_t *data, struct clr_scan_set set)
{
#ifdef __SSE2__
    const __m128i a = _mm_set1_epi8((char)set.byte[0]), b = _mm_set1_epi8((char)set.byte[1]), c = _mm_set1_epi8((char)set.byte[2]);
    struct clr_scan_masks masks = { { 0, 0, 0 } };

    for (unsigned i = 0; i < 4; i++) {
        const __m128i chunk = _mm_loadu_si128((const __m128i *)(const void *)(data + 16 * i));
        masks.of[0] |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, a)) << (16 * i);
        masks.of[1] |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, b)) << (16 * i);
        masks.of[2] |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, c)) << (16 * i);
    }
    return masks;
#else
    return clr_scan_masks_plain(data, set);
#endif
}

/** Bit i: an odd number of bits 0 to i of `mask` is set. With quotes as the mask: inside quotes, the opening one included. */
static inline uint64_t clr_scan_inside(uint64_t mask)
{
    for (unsigned shift = 1; shift < 64; shift *= 2) mask ^= mask << shift;
    return mask;
}

/** What a stretch of bytes contains. */
enum { CLR_SCAN_CONTROL = 1, CLR_SCAN_HIGH = 2 };    /* bytes below blank, and DEL; bytes of 0x80 and more */

static inline unsigned clr_scan_class_plain(struct clr_bytes text)
{
    unsigned found = 0;

    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x20 || text.data[i] == 0x7f) found |= CLR_SCAN_CONTROL;
        if (text.data[i] >= 0x80) found |= CLR_SCAN_HIGH;
    }
    return found;
}

static inline unsigned clr_scan_class(struct clr_bytes text)
{
#ifdef __SSE2__
    const __m128i blank = _mm_set1_epi8(0x20), del = _mm_set1_epi8(0x7f);
    __m128i low = _mm_setzero_si128(), high = low;
    size_t at = 0;

    for (; at + 16 <= text.size; at += 16) {
        const __m128i chunk = _mm_loadu_si128((const __m128i *)(const void *)(text.data + at));
        /* Signed comparison: what is below blank is a control character or has its high bit set. */
        low = _mm_or_si128(low, _mm_andnot_si128(chunk, _mm_cmplt_epi8(chunk, blank)));
        low = _mm_or_si128(low, _mm_cmpeq_epi8(chunk, del));
        high = _mm_or_si128(high, chunk);
    }
    unsigned found = clr_scan_class_plain(clr_bytes_of(text.data + at, text.size - at));
    if (_mm_movemask_epi8(low) != 0) found |= CLR_SCAN_CONTROL;
    if (_mm_movemask_epi8(high) != 0) found |= CLR_SCAN_HIGH;
    return found;
#else
    return clr_scan_class_plain(text);
#endif
}

#endif
