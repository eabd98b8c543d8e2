/*
 * scan.h: finding bytes fast: the next special byte of a block, the end of a line, bytes that no record may hold.
 *
 * With SSE2 sixteen bytes are compared at once; without it a plain loop gives the same answers (tests/test_codec_scan.c holds the two
 * against each other).
 *
 * Promise   nothing outside the slice is read: the last partial chunk is copied before it is looked at.
 * Threads   pure; a scanner belongs to one call.
 */
#ifndef CLR_CODECS_SCAN_H
#define CLR_CODECS_SCAN_H

#include "base/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/** The three bytes a scanner stops at. */
struct clr_scan_set {
    uint8_t byte[3];
};

/** Bit i: data[i] is one of the set; 64 bytes are read. The plain version, for reference and for other processors. */
static inline uint64_t clr_scan_mask_plain(const uint8_t *data, struct clr_scan_set set)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 64; i++) {
        if (data[i] == set.byte[0] || data[i] == set.byte[1] || data[i] == set.byte[2]) mask |= UINT64_C(1) << i;
    }
    return mask;
}

static inline uint64_t clr_scan_mask(const uint8_t *data, struct clr_scan_set set)
{
#ifdef __SSE2__
    const __m128i a = _mm_set1_epi8((char)set.byte[0]), b = _mm_set1_epi8((char)set.byte[1]), c = _mm_set1_epi8((char)set.byte[2]);
    uint64_t mask = 0;

    for (unsigned i = 0; i < 4; i++) {
        const __m128i chunk = _mm_loadu_si128((const __m128i *)(const void *)(data + 16 * i));
        const __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(chunk, a), _mm_cmpeq_epi8(chunk, b)), _mm_cmpeq_epi8(chunk, c));
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << (16 * i);
    }
    return mask;
#else
    return clr_scan_mask_plain(data, set);
#endif
}

/** Walks the special bytes of a block, front to back. */
struct clr_scan {
    struct clr_bytes block;
    size_t chunk;                           /* offset of the 64 bytes that `mask` describes */
    uint64_t mask;                          /* those of them not yet passed */
    struct clr_scan_set set;
};

static inline uint64_t clr_scan_chunk(struct clr_bytes block, size_t chunk, struct clr_scan_set set)
{
    if (chunk >= block.size) return 0;
    if (block.size - chunk >= 64) return clr_scan_mask(block.data + chunk, set);

    uint8_t copy[64];
    const size_t left = block.size - chunk;
    memset(copy, 0, sizeof copy);
    memcpy(copy, block.data + chunk, left);
    return clr_scan_mask(copy, set) & ((UINT64_C(1) << left) - 1);
}

/** Start at byte `at` (again): the next special byte found is the first one from there. */
static inline void clr_scan_seek(struct clr_scan *scan, size_t at)
{
    scan->chunk = at & ~(size_t)63;
    scan->mask = clr_scan_chunk(scan->block, scan->chunk, scan->set) & (~UINT64_C(0) << (at & 63));
}

/** Offset of the next special byte, block.size when there is none. */
static inline size_t clr_scan_next(struct clr_scan *scan)
{
    while (scan->mask == 0) {
        scan->chunk += 64;
        if (scan->chunk >= scan->block.size) return scan->block.size;
        scan->mask = clr_scan_chunk(scan->block, scan->chunk, scan->set);
    }
    const size_t at = scan->chunk + (size_t)__builtin_ctzll(scan->mask);
    scan->mask &= scan->mask - 1;
    return at;
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
