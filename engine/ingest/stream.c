/* stream.c: the unpacked bytes of an input, front to back. See input.h. */
#include "ingest/stream.h"

#include <stdlib.h>

#include "base/stop.h"
#include "ingest/digest.h"
#include "ingest/unpack.h"

struct clr_stream {
    const struct clr_input *input;
    struct clr_source source;
    struct clr_source_feed feed;         /* packed inputs: where unpack reads */
    struct clr_unpack *unpack;           /* NULL when not packed */
    uint64_t position;                   /* in the unpacked bytes */
    bool ended;                          /* the end was reached and found where the scan had found it */
};

enum clr_status clr_input_reopen(const struct clr_input *input, struct clr_source *out, enum clr_file_reason *reason, struct clr_fault *fault)
{
    CLR_TRY(clr_source_open(input->path, out, reason, fault));
    if (out->size == input->received_size && out->mtime_ns == input->mtime_ns && out->device == input->device && out->inode == input->inode) {
        return CLR_OK;
    }
    clr_source_close(out);
    return clr_source_changed(input->path, reason, fault);
}

enum clr_status clr_stream_open(const struct clr_input *input, struct clr_stream **out, enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_stream *stream = calloc(1, sizeof *stream);
    enum clr_status status;

    *out = NULL;
    if (stream == NULL) return clr_memory_short(fault);
    stream->input = input;
    status = clr_input_reopen(input, &stream->source, reason, fault);
    if (status == CLR_OK && input->packing != CLR_PACKING_NONE) {
        stream->feed = (struct clr_source_feed){ .source = &stream->source };
        status = clr_unpack_open(input->packing, clr_unpack_feed_of(&stream->feed), clr_unpack_limit(input->received_size), &stream->unpack, fault);
    }
    if (status != CLR_OK) {
        clr_stream_close(stream);
        return status;
    }
    *out = stream;
    return CLR_OK;
}

void clr_stream_close(struct clr_stream *stream)
{
    if (stream == NULL) return;
    clr_unpack_close(stream->unpack);
    clr_source_close(&stream->source);
    free(stream);
}

static enum clr_status read_plain(struct clr_stream *stream, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason,
                                  struct clr_fault *fault)
{
    const uint64_t left = stream->input->content_size - stream->position;

    *got = left < size ? (size_t)left : size;
    CLR_TRY(clr_source_read(&stream->source, stream->position, buffer, *got, reason, fault));
    stream->position += *got;
    return CLR_OK;
}

/* The scan unpacked this file to its end, so whatever is wrong with its packing or its length now is a change. */
static enum clr_status read_packed(struct clr_stream *stream, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason,
                                   struct clr_fault *fault)
{
    const uint64_t content_size = stream->input->content_size;
    uint8_t beyond;
    size_t beyond_got = 0;
    enum clr_status status = clr_unpack_read(stream->unpack, buffer, size, got, reason, fault);

    if (status == CLR_OK && *got > content_size - stream->position) return clr_source_changed(stream->input->path, reason, fault);
    if (status == CLR_OK) {
        stream->position += *got;
        if (*got < size && stream->position < content_size) return clr_source_changed(stream->input->path, reason, fault);
        /* The last checksum stands behind the last byte: read on, or it would never be compared. */
        if (stream->position == content_size && !stream->ended) {
            status = clr_unpack_read(stream->unpack, &beyond, 1, &beyond_got, reason, fault);
        }
    }
    const bool odd = status == CLR_REFUSED && (*reason == CLR_FILE_REASON_FRAMING || *reason == CLR_FILE_REASON_TOO_LARGE);
    if (odd || beyond_got != 0) return clr_source_changed(stream->input->path, reason, fault);
    return status;
}

enum clr_status clr_stream_read(struct clr_stream *stream, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason,
                                struct clr_fault *fault)
{
    *got = 0;
    if (clr_stop_requested()) return CLR_STOPPED;
    if (stream->ended) return CLR_OK;
    if (stream->unpack == NULL) CLR_TRY(read_plain(stream, buffer, size, got, reason, fault));
    else CLR_TRY(read_packed(stream, buffer, size, got, reason, fault));
    if (stream->position == stream->input->content_size) stream->ended = true;
    /* After the bytes are here: a change before or during the read is seen. */
    return clr_source_check(&stream->source, reason, fault);
}

enum clr_status clr_stream_skip(struct clr_stream *stream, uint64_t size, enum clr_file_reason *reason, struct clr_fault *fault)
{
    CLR_ASSERT(size <= stream->input->content_size - stream->position);
    if (stream->unpack == NULL) {
        stream->position += size;
        return CLR_OK;
    }
    uint8_t passed[4096];
    while (size > 0) {
        const size_t want = size < sizeof passed ? (size_t)size : sizeof passed;
        size_t got;

        CLR_TRY(clr_stream_read(stream, passed, want, &got, reason, fault));
        if (got < want) return clr_source_changed(stream->input->path, reason, fault);
        size -= want;
    }
    explicit_bzero(passed, sizeof passed);
    return CLR_OK;
}
