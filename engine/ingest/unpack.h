/*
 * unpack.h: gzip, zstd and packed toll messages as one stream of unpacked bytes, fed by whoever has the packed ones.
 *
 * Reads     packed bytes from a feed: the input file (stream.c) or the archive's frames (store/archive.c).
 * Promise   every gzip member and zstd frame is read and its checksum compared; an end inside one, or bytes after the last one that are
 *           none, is CLR_REFUSED (framing). More than `limit` unpacked bytes is CLR_REFUSED (too-large), found before they are handed out.
 *           A packed message is read and unpacked whole before its first byte is handed out (ingest/unwrap.h).
 * Memory    one buffer of packed bytes, and what zlib (40 KiB) or zstd (its window, at most 2^27 bytes) need; a packed message and what it unpacks to.
 * Threads   one at a time.
 */
#ifndef CLR_INGEST_UNPACK_H
#define CLR_INGEST_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "ingest/input.h"
#include "ingest/source.h"

#define CLR_UNPACKED_MAX (UINT64_C(1) << 40)          /* 1 TiB: also the largest file as received */
#define CLR_UNPACK_RATIO_MAX 1024
#define CLR_UNPACK_RATIO_FREE (UINT64_C(1) << 20)     /* small files may pack better than the ratio */

struct clr_unpack_feed {
    /** The next packed bytes, up to `size`; `*got` is 0 only at their end. */
    enum clr_status (*read)(void *context, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason, struct clr_fault *fault);
    void *context;
};

/** A feed of a whole source, front to back; `at` starts at 0. Both are borrowed while the feed is used. */
struct clr_source_feed {
    const struct clr_source *source;
    uint64_t at;
};
struct clr_unpack_feed clr_unpack_feed_of(struct clr_source_feed *feed);

struct clr_unpack;

/** By magic: gzip, zstd (also a skippable frame first), else none. */
enum clr_packing clr_unpack_sniff(const uint8_t *head, size_t size);

/** Most bytes that a packed file of this size may unpack to. */
uint64_t clr_unpack_limit(uint64_t packed_size);

/** @param packing  not CLR_PACKING_NONE. */
CLR_MUST_USE enum clr_status clr_unpack_open(enum clr_packing packing, struct clr_unpack_feed feed, uint64_t limit, struct clr_unpack **out,
                                             struct clr_fault *fault);

/** Fill `buffer` as far as it goes; `*got` < size only at the end. */
CLR_MUST_USE enum clr_status clr_unpack_read(struct clr_unpack *unpack, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason,
                                             struct clr_fault *fault);

/** NULL is harmless. */
void clr_unpack_close(struct clr_unpack *unpack);

#endif
