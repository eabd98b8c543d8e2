/*
 * unwrap.h: packed toll messages (base/lz77.h), alone or in the frame of their connection (base/tollframe.h), as packings of an input.
 *
 * They have no magic, so they are known by their structure: the heads of all blocks lead exactly to the end of the file, none becomes larger by being
 * packed, and the first unpacked byte is one with which an XML text begins. A frame must say so itself. Such a file is a message: it is
 * unpacked whole, in memory.
 *
 * Errors    a damaged block, a frame whose length or MD5 does not fit: CLR_REFUSED (framing). More than CLR_UNWRAPPED_MAX bytes, or more than
 *           `limit`: CLR_REFUSED (too-large), from the heads alone, before anything is unpacked.
 * Threads   one at a time.
 */
#ifndef CLR_INGEST_UNWRAP_H
#define CLR_INGEST_UNWRAP_H

#include "base/bytes.h"
#include "ingest/unpack.h"

#define CLR_UNWRAPPED_MAX (UINT64_C(64) << 20)        /* as large as a message may be, packed or not */

/** CLR_PACKING_LZ77, CLR_PACKING_FRAME or CLR_PACKING_NONE. */
CLR_MUST_USE enum clr_status clr_unwrap_sniff(const struct clr_source *source, enum clr_packing *out, enum clr_file_reason *reason, struct clr_fault *fault);

/** The unpacked bytes of a packed message. @param[out] plain  malloc'ed; the caller frees it */
CLR_MUST_USE enum clr_status clr_unwrap(enum clr_packing packing, struct clr_bytes packed, uint64_t limit, uint8_t **plain, size_t *size,
                                        enum clr_file_reason *reason, struct clr_fault *fault);

#endif
