/*
 * stream.h: what blocks.c and the archive need of a scanned input beyond input.h.
 */
#ifndef CLR_INGEST_STREAM_H
#define CLR_INGEST_STREAM_H

#include "ingest/input.h"
#include "ingest/source.h"

/** Open the file of a scanned input once more. Another file, size or time than the scan saw: CLR_REFUSED (changed). */
CLR_MUST_USE enum clr_status clr_input_reopen(const struct clr_input *input, struct clr_source *out, enum clr_file_reason *reason,
                                              struct clr_fault *fault);

/** Go on `size` bytes without looking at them. `size` may not pass the end (our caller compares with content_size). */
CLR_MUST_USE enum clr_status clr_stream_skip(struct clr_stream *stream, uint64_t size, enum clr_file_reason *reason, struct clr_fault *fault);

#endif
