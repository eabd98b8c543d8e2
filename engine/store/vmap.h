/*
 * vmap.h: the verdict of every record of a file, exceptions listed: what `digest`, `verify`, `records` and `why` start from.
 *
 * A chunk covers up to 65,536 consecutive records of one file. Its default is the most frequent reason word of records that
 * need nothing else said (accepted, no link); every other record is an exception with its reason word, the record it links to, its amount and detail.
 *
 *   off  size meaning (little-endian)
 *     0    8  first record number
 *     8    4  records
 *    12    4  exceptions
 *    16    8  default reason word
 *    24    …  columns (store/columns.h) of the exceptions in record order: number − first, reasons, link admission, link number, amount, detail
 *
 * Table `vmap`: key admission32 first number64.
 */
#ifndef CLR_STORE_VMAP_H
#define CLR_STORE_VMAP_H

#include "model/txn.h"
#include "store/columns.h"
#include "store/env.h"

#define CLR_VMAP_CHUNK 65536

/** What a record adds to the default; amount as read (for the control totals). */
struct clr_exception {
    uint64_t number;               /* 1-based, in the file */
    uint64_t reasons;
    clr_record_id link;
    clr_fen amount_fen;
    uint16_t detail;
};

/**
 * Encode one chunk.
 * @param reasons     reason word of each of the `count` records from `first` on.
 * @param exceptions  sorted by number, inside the chunk: at least every record whose word is not plain acceptance, or that has a link.
 * @param[out] value  malloc'ed
 */
CLR_MUST_USE enum clr_status clr_vmap_pack(uint64_t first, const uint64_t *reasons, size_t count, const struct clr_exception *exceptions, size_t exception_count,
                                           uint8_t **value, size_t *size);

struct clr_vmap {
    uint64_t first, count, default_reasons;
    size_t exception_count;
    struct clr_columns columns;
};
CLR_MUST_USE enum clr_status clr_vmap_open(struct clr_bytes value, struct clr_vmap *out);
void clr_vmap_exception(const struct clr_vmap *map, size_t index, struct clr_exception *out);
/** Exception of a record, or false: then its word is default_reasons. */
bool clr_vmap_find(const struct clr_vmap *map, uint64_t number, struct clr_exception *out);

/** First verdict of a record. CLR_NOT_FOUND when the file has no such record. */
CLR_MUST_USE enum clr_status clr_vmap_get(struct clr_tx *tx, clr_record_id id, struct clr_exception *out, struct clr_fault *fault);

#endif
