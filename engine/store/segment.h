/*
 * segment.h: the rows of one partition of one run: canonical records, packed.
 *
 * Rows are sorted by (lookup-key hash, record id), so that the fingerprint index (store/runindex.h) is in row order.
 * A segment holds accepted, pending, conflict and decodable rejected records; duplicates and class-1 rejects are in the verdict map.
 *
 *   off  size meaning (little-endian)
 *     0    4  "SEG1"
 *     4    4  distinct cards c
 *     8    4  distinct reason words w
 *    12    4  zero
 *    16  16·c card tokens, in order of first row
 *     …   8·w reason words
 *     …    …  columns (store/columns.h), in the order of enum clr_segment_column
 *
 * The file column is the ordinal in the run's manifest; record numbers are the file's own.
 * Threads   a reader borrows the stored bytes; plain data.
 */
#ifndef CLR_STORE_SEGMENT_H
#define CLR_STORE_SEGMENT_H

#include "model/txn.h"
#include "store/columns.h"

enum clr_segment_column {
    CLR_SEG_CARD, CLR_SEG_SAM, CLR_SEG_SERIAL, CLR_SEG_AMOUNT, CLR_SEG_DISCOUNT /* zigzag of price − amount */, CLR_SEG_TIME,
    CLR_SEG_BALANCE, CLR_SEG_COUNTER, CLR_SEG_TAC, CLR_SEG_ISSUER, CLR_SEG_ACQUIRER, CLR_SEG_WINDOW, CLR_SEG_FILE, CLR_SEG_NUMBER,
    CLR_SEG_KIND, CLR_SEG_SERVICE, CLR_SEG_TYPE, CLR_SEG_FLAGS, CLR_SEG_REASONS, CLR_SEG_PRODUCT, CLR_SEG_DETAIL,
    CLR_SEG_COLUMN_COUNT
};

/** Scratch of one packing thread, grown as needed. */
struct clr_segment_builder {
    struct clr_token *cards;
    uint32_t *card_slots;          /* hash slots: 1 + index of the card */
    size_t card_slot_count, cards_capacity;
    uint64_t words[4096];
};
void clr_segment_builder_init(struct clr_segment_builder *builder);
void clr_segment_builder_free(struct clr_segment_builder *builder);

/**
 * Pack `count` records, in the order given by `rows` (pointers); the file column is txn->file − `first_file`, `numbers[i]` the record number of rows[i].
 * The records are used up: they are turned into row form in place.
 * @param[out] value  malloc'ed; the caller frees it.
 * @return CLR_OK | CLR_FULL
 */
CLR_MUST_USE enum clr_status clr_segment_pack(struct clr_segment_builder *builder, struct clr_txn *const *rows, const uint64_t *numbers, size_t count,
                                              uint32_t first_file, uint8_t **value, size_t *size);

#define CLR_SEGMENT_MAGIC "SEG1"
#define CLR_SEGMENT_HEAD_SIZE 16

struct clr_segment {
    const struct clr_token *card;
    const uint8_t *words;          /* unaligned u64 */
    uint32_t card_count, word_count;
    struct clr_columns columns;
};
CLR_MUST_USE enum clr_status clr_segment_open(struct clr_bytes value, struct clr_segment *out);

static inline size_t clr_segment_rows(const struct clr_segment *segment) { return segment->columns.count; }
static inline uint64_t clr_segment_get(const struct clr_segment *segment, size_t row, enum clr_segment_column column)
{
    return clr_columns_get(&segment->columns, row, column);
}
const struct clr_token *clr_segment_card(const struct clr_segment *segment, size_t row);
uint64_t clr_segment_reasons(const struct clr_segment *segment, size_t row);

/** A whole row as a record; hash, block, index and link are 0; file is the ordinal in the run. @param[out] number may be NULL. */
void clr_segment_row(const struct clr_segment *segment, size_t row, struct clr_txn *out, uint64_t *number);

#endif
