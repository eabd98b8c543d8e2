/*
 * stream.h: what blocks.c needs of a stream beyond input.h.
 */
#ifndef CLR_INGEST_STREAM_H
#define CLR_INGEST_STREAM_H

#include "ingest/input.h"

/** Go on `size` bytes without looking at them. `size` may not pass the end (our caller compares with content_size). */
CLR_MUST_USE enum clr_status clr_stream_skip(struct clr_stream *stream, uint64_t size, enum clr_file_reason *reason, struct clr_fault *fault);

#endif
