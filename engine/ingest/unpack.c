/* unpack.c: see unpack.h. */
#include "ingest/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/stop.h"
#include "ingest/digest.h"
#include "ingest/unwrap.h"

#define PACKED_SIZE ((size_t)256 * 1024)
#define STEP_SIZE ((size_t)1 << 20)              /* output between two looks at the limit and the stop flag */
#define GZIP_WINDOW (15 + 16)                    /* 32 KiB window, gzip wrapping required */
#define ZSTD_WINDOW_LOG_MAX 27

struct clr_unpack {
    enum clr_packing packing;
    struct clr_unpack_feed feed;
    uint64_t limit, produced;
    bool fed_all;                                /* the feed has ended */
    bool inside;                                 /* between the first byte of a member or frame and its end */
    z_stream gzip;
    ZSTD_DStream *zstd;
    uint8_t *message;                            /* unpacked, NULL before the first read; of it [message_at .. message_size) is not yet handed out */
    size_t message_at, message_size;
    size_t packed_at, packed_size;               /* packed[packed_at .. packed_size) is not yet used */
    uint8_t packed[PACKED_SIZE];
};

enum clr_packing clr_unpack_sniff(const uint8_t *head, size_t size)
{
    static const uint8_t gzip_magic[] = { 0x1f, 0x8b };
    static const uint8_t zstd_magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
    static const uint8_t skip_magic[] = { 0x2a, 0x4d, 0x18 };      /* after 0x50 … 0x5f */

    if (size >= 2 && memcmp(head, gzip_magic, 2) == 0) return CLR_PACKING_GZIP;
    if (size >= 4 && memcmp(head, zstd_magic, 4) == 0) return CLR_PACKING_ZSTD;
    if (size >= 4 && (head[0] & 0xf0) == 0x50 && memcmp(head + 1, skip_magic, 3) == 0) return CLR_PACKING_ZSTD;
    return CLR_PACKING_NONE;
}

uint64_t clr_unpack_limit(uint64_t packed_size)
{
    if (packed_size >= CLR_UNPACKED_MAX / CLR_UNPACK_RATIO_MAX) return CLR_UNPACKED_MAX;
    const uint64_t limit = packed_size * CLR_UNPACK_RATIO_MAX + CLR_UNPACK_RATIO_FREE;
    return limit < CLR_UNPACKED_MAX ? limit : CLR_UNPACKED_MAX;
}

static enum clr_status read_source(void *context, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_source_feed *feed = context;
    const uint64_t left = feed->source->size - feed->at;

    *got = left < size ? (size_t)left : size;
    CLR_TRY(clr_source_read(feed->source, feed->at, buffer, *got, reason, fault));
    feed->at += *got;
    return CLR_OK;
}

struct clr_unpack_feed clr_unpack_feed_of(struct clr_source_feed *feed)
{
    return (struct clr_unpack_feed){ .read = read_source, .context = feed };
}

enum clr_status clr_unpack_open(enum clr_packing packing, struct clr_unpack_feed feed, uint64_t limit, struct clr_unpack **out,
                                struct clr_fault *fault)
{
    struct clr_unpack *unpack = calloc(1, sizeof *unpack);

    CLR_ASSERT(packing > CLR_PACKING_NONE && packing < CLR_PACKING_COUNT);
    *out = NULL;
    if (unpack == NULL) return clr_memory_short(fault);
    unpack->packing = packing;
    unpack->feed = feed;
    unpack->limit = limit;
    bool ready = true;
    if (packing == CLR_PACKING_GZIP) {
        ready = inflateInit2(&unpack->gzip, GZIP_WINDOW) == Z_OK;
    } else if (packing == CLR_PACKING_ZSTD) {
        unpack->zstd = ZSTD_createDStream();
        ready = unpack->zstd != NULL && !ZSTD_isError(ZSTD_DCtx_setParameter(unpack->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX));
    }
    if (!ready) {
        clr_unpack_close(unpack);
        return clr_memory_short(fault);
    }
    *out = unpack;
    return CLR_OK;
}

void clr_unpack_close(struct clr_unpack *unpack)
{
    if (unpack == NULL) return;
    if (unpack->packing == CLR_PACKING_GZIP) inflateEnd(&unpack->gzip);
    ZSTD_freeDStream(unpack->zstd);
    if (unpack->message != NULL) explicit_bzero(unpack->message, unpack->message_size);      /* card numbers */
    free(unpack->message);
    free(unpack);
}

static enum clr_status refuse_truncated(enum clr_file_reason *reason, struct clr_fault *fault)
{
    return clr_source_refuse(NULL, CLR_FILE_REASON_FRAMING, reason, fault, "the compressed file is cut off before its end; send it again",
                             "压缩文件不完整（提前结束）；请重新发送");
}

static enum clr_status refuse_damaged(enum clr_file_reason *reason, struct clr_fault *fault)
{
    return clr_source_refuse(NULL, CLR_FILE_REASON_FRAMING, reason, fault,
                             "the compressed file is damaged, or something follows its end; send it again",
                             "压缩文件已损坏，或其末尾之后还有多余数据；请重新发送");
}

/* ---- one step of each kind: some packed bytes in, some unpacked bytes out ---- */

static enum clr_status step_gzip(struct clr_unpack *unpack, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason,
                                 struct clr_fault *fault)
{
    z_stream *gzip = &unpack->gzip;

    if (!unpack->inside && inflateReset(gzip) != Z_OK) return refuse_damaged(reason, fault);
    unpack->inside = true;
    gzip->next_in = unpack->packed + unpack->packed_at;
    gzip->avail_in = (uInt)(unpack->packed_size - unpack->packed_at);
    gzip->next_out = buffer;
    gzip->avail_out = (uInt)size;
    const int result = inflate(gzip, Z_NO_FLUSH);
    unpack->packed_at = unpack->packed_size - gzip->avail_in;
    *got = size - gzip->avail_out;
    switch (result) {
    case Z_STREAM_END: unpack->inside = false; return CLR_OK;
    case Z_OK:
    case Z_BUF_ERROR: return CLR_OK;             /* it wants more; the caller sees whether there is more */
    case Z_MEM_ERROR: return clr_memory_short(fault);
    default: return refuse_damaged(reason, fault);
    }
}

static enum clr_status zstd_refused(size_t result, enum clr_file_reason *reason, struct clr_fault *fault)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation: return clr_memory_short(fault);
    case ZSTD_error_frameParameter_windowTooLarge:
        return clr_source_refuse(NULL, CLR_FILE_REASON_TOO_LARGE, reason, fault,
                                 "the zstd file needs a window of more than 128 MiB; pack it without --long or with --long=27",
                                 "zstd 文件所需窗口超过 128 MiB；请不用 --long 或用 --long=27 重新压缩");
    default: return refuse_damaged(reason, fault);
    }
}

static enum clr_status step_zstd(struct clr_unpack *unpack, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason,
                                 struct clr_fault *fault)
{
    ZSTD_inBuffer in = { unpack->packed, unpack->packed_size, unpack->packed_at };
    ZSTD_outBuffer out = { buffer, size, 0 };
    const size_t result = ZSTD_decompressStream(unpack->zstd, &out, &in);

    unpack->packed_at = in.pos;
    *got = out.pos;
    if (ZSTD_isError(result)) return zstd_refused(result, reason, fault);
    unpack->inside = result != 0;
    return CLR_OK;
}

static enum clr_status take_packed(struct clr_unpack *unpack, enum clr_file_reason *reason, struct clr_fault *fault)
{
    size_t got = 0;

    CLR_TRY(unpack->feed.read(unpack->feed.context, unpack->packed, PACKED_SIZE, &got, reason, fault));
    unpack->packed_at = 0;
    unpack->packed_size = got;
    unpack->fed_all = got == 0;
    return CLR_OK;
}

/* Some unpacked bytes, at most `size`; none when packed bytes are needed first. `*ended` at a proper end. */
static enum clr_status step(struct clr_unpack *unpack, uint8_t *buffer, size_t size, size_t *got, bool *ended, enum clr_file_reason *reason,
                            struct clr_fault *fault)
{
    *got = 0;
    if (clr_stop_requested()) return CLR_STOPPED;
    if (unpack->packed_at == unpack->packed_size && !unpack->fed_all) CLR_TRY(take_packed(unpack, reason, fault));
    const bool starved = unpack->packed_at == unpack->packed_size;
    if (starved && !unpack->inside) {
        *ended = true;
        return CLR_OK;
    }
    if (unpack->packing == CLR_PACKING_GZIP) CLR_TRY(step_gzip(unpack, buffer, size, got, reason, fault));
    else CLR_TRY(step_zstd(unpack, buffer, size, got, reason, fault));
    /* Without input a decoder may still hold bytes back that did not fit before; when none come either, the rest is missing. */
    if (starved && unpack->inside && *got == 0) return refuse_truncated(reason, fault);
    return CLR_OK;
}

/* ---- packed messages ---- */

/** The feed to its end; a message that is longer than one may be was not taken for one. */
static enum clr_status read_packed(struct clr_unpack *unpack, uint8_t **data, size_t *size, enum clr_file_reason *reason, struct clr_fault *fault)
{
    size_t room = PACKED_SIZE, got = 1;
    *size = 0;
    *data = malloc(room);
    while (*data != NULL && got > 0) {
        if (*size == room) {
            uint8_t *const grown = realloc(*data, room *= 2);
            if (grown == NULL) return clr_memory_short(fault);
            *data = grown;
        }
        CLR_TRY(unpack->feed.read(unpack->feed.context, *data + *size, room - *size, &got, reason, fault));
        *size += got;
    }
    return *data != NULL ? CLR_OK : clr_memory_short(fault);
}

static enum clr_status read_message(struct clr_unpack *unpack, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason,
                                    struct clr_fault *fault)
{
    if (unpack->message == NULL) {
        uint8_t *packed = NULL;
        size_t packed_size;
        enum clr_status status = read_packed(unpack, &packed, &packed_size, reason, fault);
        if (status == CLR_OK)
            status = clr_unwrap(unpack->packing, clr_bytes_of(packed, packed_size), unpack->limit, &unpack->message, &unpack->message_size, reason, fault);
        free(packed);
        CLR_TRY(status);
    }
    const size_t left = unpack->message_size - unpack->message_at;
    *got = left < size ? left : size;
    memcpy(buffer, unpack->message + unpack->message_at, *got);
    unpack->message_at += *got;
    return CLR_OK;
}

enum clr_status clr_unpack_read(struct clr_unpack *unpack, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason,
                                struct clr_fault *fault)
{
    bool ended = false;

    if (unpack->packing >= CLR_PACKING_LZ77) return read_message(unpack, buffer, size, got, reason, fault);
    *got = 0;
    while (*got < size && !ended) {
        const size_t room = size - *got < STEP_SIZE ? size - *got : STEP_SIZE;
        size_t fresh;

        CLR_TRY(step(unpack, buffer + *got, room, &fresh, &ended, reason, fault));
        if (fresh > unpack->limit - unpack->produced) {
            return clr_source_refuse(NULL, CLR_FILE_REASON_TOO_LARGE, reason, fault,
                                     "the file unpacks to more than 1024 times its size or more than 1 TiB; it is not unpacked further",
                                     "文件解压后超过原大小的 1024 倍或超过 1 TiB，已停止解压");
        }
        unpack->produced += fresh;
        *got += fresh;
    }
    return CLR_OK;
}
