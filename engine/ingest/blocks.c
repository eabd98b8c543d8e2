/* blocks.c: the stream cut at record ends. See input.h. */
#include <stdlib.h>
#include <string.h>

#include "ingest/digest.h"
#include "ingest/source.h"
#include "ingest/stream.h"

struct clr_blocks {
    const struct clr_input *input;
    struct clr_codec_file *file;
    struct clr_stream *stream;
    size_t block_size;
    uint64_t taken;                      /* of the unpacked file: everything before it was read from the stream */
    uint64_t handed;                     /* bytes of records given to the caller */
    bool ended;
    size_t carry_size;                   /* the record begun in the last block, to be finished in the next */
    uint8_t carry[CLR_RECORD_SIZE_MAX];
};

enum clr_status clr_blocks_open(const struct clr_input *input, struct clr_codec_file *file, size_t block_size, struct clr_blocks **out,
                                enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_blocks *blocks;
    enum clr_status status;

    CLR_ASSERT(block_size >= 2 * CLR_RECORD_SIZE_MAX);
    *out = NULL;
    if (file->data_offset > input->content_size) {
        return clr_source_refuse(input->path, CLR_FILE_REASON_FRAMING, reason, fault, "the file ends inside its own header",
                                 "文件在文件头之内就结束了");
    }
    blocks = calloc(1, sizeof *blocks);
    if (blocks == NULL) return clr_memory_short(fault);
    *blocks = (struct clr_blocks){ .input = input, .file = file, .block_size = block_size, .taken = file->data_offset };
    status = clr_stream_open(input, &blocks->stream, reason, fault);
    if (status == CLR_OK) status = clr_stream_skip(blocks->stream, file->data_offset, reason, fault);
    if (status != CLR_OK) {
        clr_blocks_close(blocks);
        return status;
    }
    *out = blocks;
    return CLR_OK;
}

void clr_blocks_close(struct clr_blocks *blocks)
{
    if (blocks == NULL) return;
    clr_stream_close(blocks->stream);
    explicit_bzero(blocks, sizeof *blocks);                  /* the carry-over held card numbers */
    free(blocks);
}

uint64_t clr_blocks_handed(const struct clr_blocks *blocks)
{
    return blocks->handed;
}

static enum clr_status refuse_long(const struct clr_blocks *blocks, uint64_t offset, enum clr_file_reason *reason, struct clr_fault *fault)
{
    *reason = CLR_FILE_REASON_FRAMING;
    clr_fault_say(fault, CLR_REFUSED, "no record end within %d bytes: the file is not of this format, or damaged at byte %llu",
                  "连续 %d 字节内没有记录结束标志：文件不是此格式，或在第 %llu 字节处损坏", CLR_RECORD_SIZE_MAX, (unsigned long long)offset);
    clr_fault_at(fault, blocks->input->path, 0, NULL);
    if (fault != NULL) {
        fault->offset = offset;
        fault->has_offset = 1;
    }
    return CLR_REFUSED;
}

/*
 * Cut `data` in windows of the largest record: a window full of bytes without a record end proves a record that is too long, wherever
 * the block began. Asking once for the whole block would find only those that happen to lie across its end, and the
 * block size would decide about a file. Costs at most one record read twice in each window.
 */
static enum clr_status cut_windows(struct clr_blocks *blocks, struct clr_bytes data, uint64_t offset, bool ends, size_t *used,
                                   enum clr_file_reason *reason, struct clr_fault *fault)
{
    *used = 0;
    while (*used < data.size) {
        const size_t left = data.size - *used;
        const size_t window = left < CLR_RECORD_SIZE_MAX ? left : CLR_RECORD_SIZE_MAX;
        const bool last = ends && window == left;
        const size_t cut = blocks->file->codec->cut(blocks->file, clr_bytes_of(data.data + *used, window), last);

        CLR_ASSERT(cut <= window);
        if (cut == 0 && window == CLR_RECORD_SIZE_MAX && !last) return refuse_long(blocks, offset + *used, reason, fault);
        *used += cut;
        if (window == left) break;       /* the rest of the block holds no record end */
    }
    return CLR_OK;
}

enum clr_status clr_blocks_next(struct clr_blocks *blocks, uint8_t *buffer, struct clr_block *out, enum clr_file_reason *reason,
                                struct clr_fault *fault)
{
    const uint64_t offset = blocks->taken - blocks->carry_size;
    size_t fresh = 0, used;

    *out = (struct clr_block){ .data = buffer, .offset = offset, .last = true };
    if (blocks->ended) return CLR_OK;
    memcpy(buffer, blocks->carry, blocks->carry_size);
    CLR_TRY(clr_stream_read(blocks->stream, buffer + blocks->carry_size, blocks->block_size - blocks->carry_size, &fresh, reason, fault));
    blocks->taken += fresh;
    const size_t filled = blocks->carry_size + fresh;
    const bool ends = blocks->taken == blocks->input->content_size;
    CLR_TRY(cut_windows(blocks, clr_bytes_of(buffer, filled), offset, ends, &used, reason, fault));
    CLR_ASSERT(ends || (used > 0 && filled - used < CLR_RECORD_SIZE_MAX));
    /* At the end, what cut(last) left is no record: the codec reports it in close(). */
    blocks->carry_size = ends ? 0 : filled - used;
    memcpy(blocks->carry, buffer + used, blocks->carry_size);
    blocks->ended = ends;
    blocks->handed += used;
    out->size = used;
    out->last = ends;
    return CLR_OK;
}
