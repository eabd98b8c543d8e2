/*
 * segment_pack.c: records to a segment. Three walks over the records, in blocks that stay in the first-level cache where they can:
 *
 *   number   cards and reason words become ordinals; records are turned into row form in place; which bits differ at all?
 *   measure  smallest and largest value of the columns that vary widely around a value of their own: times and device numbers. Of the others
 *            that vary the bits in which they differ are width enough: they are ordinals and small numbers, near 0 already
 *   write    the varying columns, joined to words of up to 64 bits before they go to the bit stream
 *
 * Row form: what a column is computed from is overwritten by its value, so that every column is some bytes of the record.
 */
#include <stdlib.h>

#include "store/bits.h"
#include "store/segment.h"

static const struct {
    uint8_t offset, size;                  /* bytes of a record in row form, little-endian */
} place_of[CLR_SEG_COLUMN_COUNT] = {
#define AT(member) { offsetof(struct clr_txn, member), sizeof(((struct clr_txn *)0)->member) }
    [CLR_SEG_CARD] = { offsetof(struct clr_txn, card), 8 },      /* row form: ordinal of the card */
    [CLR_SEG_SAM] = AT(sam), [CLR_SEG_SERIAL] = AT(sam_serial), [CLR_SEG_AMOUNT] = AT(amount_fen),
    [CLR_SEG_DISCOUNT] = AT(price_fen),                          /* row form: zigzag of price − amount */
    [CLR_SEG_TIME] = AT(traded_at_s), [CLR_SEG_BALANCE] = AT(balance_fen), [CLR_SEG_COUNTER] = AT(counter), [CLR_SEG_TAC] = AT(tac),
    [CLR_SEG_ISSUER] = AT(issuer), [CLR_SEG_ACQUIRER] = AT(acquirer), [CLR_SEG_WINDOW] = AT(window),
    [CLR_SEG_FILE] = AT(file),                                   /* row form: ordinal in the run */
    [CLR_SEG_NUMBER] = AT(hash),                                 /* row form: record number */
    [CLR_SEG_KIND] = AT(kind), [CLR_SEG_SERVICE] = AT(service), [CLR_SEG_TYPE] = AT(type), [CLR_SEG_FLAGS] = AT(flags),
    [CLR_SEG_REASONS] = AT(reasons),                             /* row form: ordinal of the reason word */
    [CLR_SEG_PRODUCT] = AT(product), [CLR_SEG_DETAIL] = AT(detail),
#undef AT
};

void clr_segment_builder_init(struct clr_segment_builder *builder) { memset(builder, 0, sizeof *builder); }

void clr_segment_builder_free(struct clr_segment_builder *builder)
{
    free(builder->cards);
    free(builder->card_slots);
    clr_segment_builder_init(builder);
}

static bool reserve(struct clr_segment_builder *builder, size_t count)
{
    if (builder->cards_capacity >= count) return true;
    size_t slots = 64;
    while (slots < 2 * count) slots *= 2;
    free(builder->cards);
    free(builder->card_slots);
    builder->cards = malloc(count * sizeof *builder->cards);
    builder->card_slots = malloc(slots * sizeof *builder->card_slots);
    builder->card_slot_count = slots;
    builder->cards_capacity = builder->cards != NULL && builder->card_slots != NULL ? count : 0;
    return builder->cards_capacity >= count;
}

/** Ordinal of a card, added when new. Tokens are uniform bits, so any eight of them are a hash. */
static uint32_t card_ordinal(struct clr_segment_builder *builder, size_t mask, const struct clr_token *card, uint32_t *count)
{
    uint64_t hash;
    memcpy(&hash, card->byte + 4, 8);
    for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
        const uint32_t entry = builder->card_slots[slot];
        if (entry == 0) {
            builder->cards[*count] = *card;
            builder->card_slots[slot] = ++*count;
            return *count - 1;
        }
        if (clr_token_equal(&builder->cards[entry - 1], card)) return entry - 1;
    }
}

/** Ordinal of a reason word among those met so far; CLR_SEG words are few. @return UINT32_MAX when the table is full */
static uint32_t word_ordinal(struct clr_segment_builder *builder, uint64_t word, uint32_t *count)
{
    for (uint32_t i = 0; i < *count; i++)
        if (builder->words[i] == word) return i;
    if (*count == sizeof builder->words / sizeof *builder->words) return UINT32_MAX;
    builder->words[*count] = word;
    return (*count)++;
}

static uint64_t zigzag(int64_t value) { return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63); }

/* ---- columns of records in row form ---- */

static inline uint64_t load(const struct clr_txn *row, size_t offset)
{
    uint64_t value;
    memcpy(&value, (const uint8_t *)row + offset, 8);
    return value;
}

static uint64_t mask_of(unsigned column) { return place_of[column].size == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * place_of[column].size) - 1; }

#define WORDS (sizeof(struct clr_txn) / 8)

/** Add to diff[] the bits in which a record differs from the first. */
static inline void add_differences(const struct clr_txn *row, const uint64_t *first, uint64_t *diff)
{
    for (size_t word = 0; word < WORDS; word++) diff[word] |= load(row, 8 * word) ^ first[word];
}

struct varying {
    size_t offset;
    uint64_t mask, base, max;              /* of the value's bytes; smallest and largest value */
    unsigned column, width;
    unsigned shift;                        /* in its word of the stream */
};

/** Worth a walk over all rows: else the base is what the values have in common above the bits that differ. */
static bool is_far_from_zero(unsigned column) { return column == CLR_SEG_TIME || column == CLR_SEG_SAM || column == CLR_SEG_SERIAL; }

/** Columns with differing bits; the others are constant: `base` is their value, `width` 0. @return how many vary */
static unsigned find_varying(const struct clr_txn *first, const uint64_t *diff, struct varying *varying, uint64_t *base, uint8_t *width)
{
    unsigned count = 0;
    for (unsigned column = 0; column < CLR_SEG_COLUMN_COUNT; column++) {
        const size_t offset = place_of[column].offset;
        const uint64_t mask = mask_of(column), differs = diff[offset / 8] >> offset % 8 * 8 & mask;
        base[column] = load(first, offset) & mask;
        width[column] = 0;
        if (differs == 0) continue;
        const unsigned bits = clr_bits_for(differs);
        const uint64_t low = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
        varying[count++] = (struct varying){ .offset = offset, .mask = mask, .column = column, .width = bits,
                                             .base = is_far_from_zero(column) ? base[column] : base[column] & ~low, .max = base[column] };
    }
    return count;
}

#define BLOCK_ROWS 64

static void measure_block(struct clr_txn *const *rows, size_t count, struct varying *varying)
{
    const size_t offset = varying->offset;
    uint64_t min = varying->base, max = varying->max;
    for (size_t row = 0; row < count; row++) {
        const uint64_t value = load(rows[row], offset);          /* eight bytes wide, all of them */
        if (value < min) min = value;
        if (value > max) max = value;
    }
    varying->base = min;
    varying->max = max;
}

static void measure(struct clr_txn *const *rows, size_t count, struct varying *varying, unsigned varying_count)
{
    for (size_t from = 0; from < count; from += BLOCK_ROWS) {
        const size_t rest = count - from;
        for (unsigned i = 0; i < varying_count; i++)
            if (is_far_from_zero(varying[i].column)) measure_block(rows + from, rest < BLOCK_ROWS ? rest : BLOCK_ROWS, &varying[i]);
    }
    for (unsigned i = 0; i < varying_count; i++)
        if (is_far_from_zero(varying[i].column)) varying[i].width = clr_bits_for(varying[i].max - varying[i].base);
}

/** Columns whose bits go to the stream as one word of at most 64. */
struct word {
    unsigned end;                          /* of its columns */
    unsigned width;
};

static unsigned join(struct varying *varying, unsigned count, struct word *word, uint64_t *base, uint8_t *width)
{
    unsigned words = 0;
    for (unsigned i = 0; i < count; i++) {
        const unsigned bits = varying[i].width;
        base[varying[i].column] = varying[i].base;
        width[varying[i].column] = (uint8_t)bits;
        if (words == 0 || word[words - 1].width + bits > 64) word[words++] = (struct word){ i, 0 };
        varying[i].shift = word[words - 1].width;
        word[words - 1].width += bits;
        word[words - 1].end = i + 1;
    }
    return words;
}

static void write_rows(struct clr_txn *const *rows, size_t count, const struct varying *varying, const struct word *word, unsigned words, struct clr_bit_writer *writer)
{
    for (size_t row = 0; row < count; row++) {
        const struct varying *at = varying;
        for (unsigned w = 0; w < words; w++) {
            uint64_t bits = 0;
            for (const struct varying *const end = varying + word[w].end; at < end; at++)
                bits |= ((load(rows[row], at->offset) & at->mask) - at->base) << at->shift;
            clr_bits_write(writer, bits, word[w].width);
        }
    }
}

/* ---- the segment ---- */

/** Every record to row form. @return false when there are more reason words than a segment can have */
static bool number_rows(struct clr_segment_builder *builder, struct clr_txn *const *rows, const uint64_t *numbers, size_t count, uint32_t first_file,
                        uint64_t *diff, uint32_t *card_count, uint32_t *word_count)
{
    uint64_t first[WORDS] = { 0 };
    size_t slots = 64;
    while (slots < 2 * count) slots *= 2;
    memset(builder->card_slots, 0, slots * sizeof *builder->card_slots);
    for (size_t i = 0; i < count; i++) {
        struct clr_txn *const row = rows[i];
        const uint64_t card = card_ordinal(builder, slots - 1, &row->card, card_count);
        const uint32_t word = word_ordinal(builder, row->reasons, word_count);
        if (word == UINT32_MAX) return false;
        memcpy(row->card.byte, &card, 8);
        row->hash = numbers[i];
        row->price_fen = (clr_fen)zigzag(row->price_fen - row->amount_fen);
        row->reasons = word;
        row->file -= first_file;
        if (i == 0) memcpy(first, row, sizeof first);
        add_differences(row, first, diff);
    }
    return true;
}

enum clr_status clr_segment_pack(struct clr_segment_builder *builder, struct clr_txn *const *rows, const uint64_t *numbers, size_t count,
                                 uint32_t first_file, uint8_t **value, size_t *size)
{
    uint64_t diff[WORDS] = { 0 }, base[CLR_SEG_COLUMN_COUNT] = { 0 };
    uint8_t width[CLR_SEG_COLUMN_COUNT] = { 0 };
    struct varying varying[CLR_SEG_COLUMN_COUNT];
    struct word word[CLR_SEG_COLUMN_COUNT];
    uint32_t card_count = 0, word_count = 0;
    unsigned varying_count = 0;

    if (!reserve(builder, count) || !number_rows(builder, rows, numbers, count, first_file, diff, &card_count, &word_count)) return CLR_FULL;
    if (count > 0) varying_count = find_varying(rows[0], diff, varying, base, width);
    measure(rows, count, varying, varying_count);
    const unsigned words = join(varying, varying_count, word, base, width);

    const size_t before = CLR_SEGMENT_HEAD_SIZE + 16 * (size_t)card_count + 8 * (size_t)word_count;
    *size = before + clr_columns_size(count, CLR_SEG_COLUMN_COUNT, width);
    uint8_t *const out = malloc(*size);
    if (out == NULL) return CLR_FULL;
    memset(out, 0, CLR_SEGMENT_HEAD_SIZE);
    memcpy(out, CLR_SEGMENT_MAGIC, 4);
    memcpy(out + 4, &card_count, 4);
    memcpy(out + 8, &word_count, 4);
    memcpy(out + CLR_SEGMENT_HEAD_SIZE, builder->cards, 16 * (size_t)card_count);
    memcpy(out + CLR_SEGMENT_HEAD_SIZE + 16 * (size_t)card_count, builder->words, 8 * (size_t)word_count);
    struct clr_bit_writer writer = { out + before + clr_columns_head(out + before, count, CLR_SEG_COLUMN_COUNT, base, width), out + *size, 0, 0 };
    write_rows(rows, count, varying, word, words, &writer);
    clr_bits_end(&writer);
    *value = out;
    return CLR_OK;
}
