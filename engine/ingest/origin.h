/*
 * origin.h: the records of an admitted file read again from its archive, as they were read when it was admitted.
 *
 * Any record by number: the offsets of table soff lead to a place before it, from there it is decoding in order. So records in ascending order
 * cost one pass, and a single one costs at most a block. What the bytes mean is what ingest/check makes of them, under the rules version of the
 * file; what needs other records (repeats, closed windows) is not judged again.
 * A file that is one message (codec->walk) is walked once, and its records are kept.
 *
 * Parties   references are the store's own; `window` is the first window w0, before closed ones are skipped.
 * Threads   one; the caller's transaction.
 */
#ifndef CLR_INGEST_ORIGIN_H
#define CLR_INGEST_ORIGIN_H

#include "ingest/check.h"
#include "ingest/whole.h"
#include "store/archive.h"
#include "store/store.h"

struct clr_origin {
    struct clr_store *store;
    struct clr_tx *tx;
    const struct clr_file *file;   /* borrowed */
    const struct clr_rules *rules; /* of the file's version */
    struct clr_archive *archive;
    struct clr_checker checker;
    struct clr_job job; /* the file as the checker sees it */
    struct clr_sender sender;
    struct clr_closed_windows closed[CLR_PRODUCT_COUNT]; /* none */
    uint8_t *buffer;
    size_t size;     /* bytes in the buffer */
    uint64_t offset; /* of the buffer in the unpacked file */
    size_t at;       /* behind the last decoded record */
    uint64_t next;   /* number of the record at `at` */
    struct clr_raw *raw;
    struct clr_txn *txn;
    uint64_t batch_first;
    size_t batch_count;
    struct clr_whole whole; /* of a file that is one message, in place of the buffer; read when its first record is asked for */
};

/** A decoded record; borrowed until the next clr_origin_read. */
struct clr_origin_record {
    const struct clr_raw *raw;
    const struct clr_txn *txn;
    struct clr_bytes bytes; /* the record with its line end */
    uint64_t offset;        /* in the unpacked file */
};

/**
 * @param out  too large for a stack of many; close it also after CLR_NOT_FOUND.
 * @return CLR_OK | CLR_NOT_FOUND (fault left alone: no archive was kept, it was removed, what it refers to is gone, or the format is not in `codecs`) |
 *         CLR_DAMAGED | CLR_FULL | CLR_KEY
 */
CLR_MUST_USE enum clr_status clr_origin_open(struct clr_store *store, struct clr_tx *tx, const struct clr_codec_list *codecs,
                                             const struct clr_file *file, struct clr_origin *out, struct clr_fault *fault);
void clr_origin_close(struct clr_origin *origin);

/** Record `number` (1..records of the file). */
CLR_MUST_USE enum clr_status clr_origin_read(struct clr_origin *origin, uint64_t number, struct clr_origin_record *out,
                                             struct clr_fault *fault);

#endif
