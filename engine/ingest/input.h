/*
 * input.h: one file as it was received: its identity, its packing, its bytes as a stream of unpacked bytes.
 *
 * A file's digest is the root over SHA-256 of its 1 MiB chunks: SHA-256("clear-root-v1" ‖ size le64 ‖ chunk digests…). An empty
 * file has the root of no chunks. `received` is over the bytes as they came, `content` over the unpacked bytes (equal when not packed).
 *
 * Packing   .gz and .zst are recognised by content (magic), never by name; multi-member gzip and multi-frame zstd are read to the end.
 *           Packed toll messages, with or without their frame, are recognised by their structure (ingest/unwrap.h).
 *           A truncated or damaged stream is CLR_REFUSED (framing). Limits: unpacked <= 1024 × packed + 1 MiB, and <= 1 TiB (too-large).
 * Reading   by pread into the caller's buffers; never mapped (a truncated file would be a SIGBUS). O_NOFOLLOW is not used for inputs;
 *           only regular files are read: a directory, FIFO or device is CLR_REFUSED (unreadable).
 * Promise   size, mtime (ns) and inode are remembered by the scan; a stream that finds them changed, or a short read, is CLR_REFUSED (changed).
 * Memory    bounded: buffers of a few MiB, 32 bytes a MiB of content while it is hashed; zstd adds its window (at most 128 MiB).
 * Threads   clr_input_scan uses `threads` inside; a stream belongs to one thread at a time.
 */
#ifndef CLR_INGEST_INPUT_H
#define CLR_INGEST_INPUT_H

#include "base/bytes.h"
#include "base/status.h"
#include "codec.h"
#include "model/rules.h"

/** Stored in archives: numbers never change. */
enum clr_packing { CLR_PACKING_NONE, CLR_PACKING_GZIP, CLR_PACKING_ZSTD, CLR_PACKING_LZ77, CLR_PACKING_FRAME, CLR_PACKING_COUNT };
#define CLR_CHUNK_SIZE (1u << 20)

struct clr_input {
    char *path;
    char *base_name;                     /* of the path, without .gz / .zst / .lz77 */
    enum clr_packing packing;
    uint64_t received_size, content_size;
    int64_t mtime_ns;
    uint64_t device, inode;              /* which file it was: one put in its place is a changed one, whatever its times say */
    uint8_t received[CLR_DIGEST_SIZE], content[CLR_DIGEST_SIZE];
    uint8_t *head;                       /* first min(CLR_HEAD_SIZE, content_size) unpacked bytes */
    size_t head_size;
};

/**
 * Open, classify, hash. @return CLR_OK | CLR_REFUSED (with `*reason`: unreadable, framing, too-large, changed) | CLR_FULL | CLR_STOPPED
 */
CLR_MUST_USE enum clr_status clr_input_scan(const char *path, unsigned threads, struct clr_input *out, enum clr_file_reason *reason, struct clr_fault *fault);
void clr_input_free(struct clr_input *input);

/** Root of a buffer (for tests and small things). */
void clr_root_of(const void *data, size_t size, uint8_t root[CLR_DIGEST_SIZE]);

/* ---- the unpacked bytes, front to back ---- */

struct clr_stream;
CLR_MUST_USE enum clr_status clr_stream_open(const struct clr_input *input, struct clr_stream **out, enum clr_file_reason *reason, struct clr_fault *fault);
/** Fill `buffer` as far as it goes; `*got` < size only at the end of the file. */
CLR_MUST_USE enum clr_status clr_stream_read(struct clr_stream *stream, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason, struct clr_fault *fault);
void clr_stream_close(struct clr_stream *stream);

/*
 * ---- blocks: the stream cut at record ends ----
 *
 * clr_blocks_next fills the caller's buffer with whole records: carry-over of the last cut first, then fresh bytes. The carry-over lives in
 * the blocks object (at most CLR_RECORD_SIZE_MAX + 1 bytes… whatever cut() left), so a block is independent of the one before it.
 */
struct clr_blocks;
struct clr_block {
    uint8_t *data;                       /* the caller's buffer */
    size_t size;                         /* bytes of whole records */
    uint64_t offset;                     /* of data[0] in the unpacked file */
    bool last;
};
/** @param block_size  capacity of the buffers that will be passed, >= 2 × CLR_RECORD_SIZE_MAX. Skips file->data_offset bytes first. */
CLR_MUST_USE enum clr_status clr_blocks_open(const struct clr_input *input, struct clr_codec_file *file, size_t block_size, struct clr_blocks **out,
                                             enum clr_file_reason *reason, struct clr_fault *fault);
/**
 * Next block into `buffer`. size 0 and last = end of file; the block that reaches the end says last, too. A record longer than CLR_RECORD_SIZE_MAX:
 * CLR_REFUSED (framing) with its offset, wherever it lies: cut() is asked in windows of that size, so the block size never decides about a file.
 */
CLR_MUST_USE enum clr_status clr_blocks_next(struct clr_blocks *blocks, uint8_t *buffer, struct clr_block *out, enum clr_file_reason *reason, struct clr_fault *fault);
/** Bytes of records handed out so far. At the end, what the file has beyond data_offset and this was left by cut(last) for close() to report. */
uint64_t clr_blocks_handed(const struct clr_blocks *blocks);
void clr_blocks_close(struct clr_blocks *blocks);

#endif
