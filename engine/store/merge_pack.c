/* Rows of several segments into one, column by column without records between (merge_pack.h). */
#include "store/merge_pack.h"

#include <stdlib.h>

#include "store/bits.h"

#define BLOCK_ROWS 32                              /* read one after another before they are numbered */
#define AHEAD 12                                   /* a miss takes as long as the work of a few rows */
#define MOVED_BITS 56                              /* with up to 7 bits before them they are in one load, and in one store */
#define PARTS_MAX (UINT32_MAX / CLR_PART_ROWS - 1)

/** How a step takes its value out of a row of one segment. */
struct clr_merge_move {
    const uint32_t *table;                         /* of ordinals, or NULL */
    uint64_t mask, add;
    uint32_t at;                                   /* bit in the row */
};

/** Columns that are moved together. */
struct step {
    uint8_t first, width;                          /* first column; bits of all of them */
    bool joined;                                   /* of more than one, which all segments hold side by side as the new one will */
    bool wide;                                     /* more bits than one load holds: a column alone */
};

struct layout {
    uint64_t base[CLR_SEG_COLUMN_COUNT], max[CLR_SEG_COLUMN_COUNT];
    uint8_t width[CLR_SEG_COLUMN_COUNT];
    struct step step[CLR_SEG_COLUMN_COUNT];
    unsigned steps;
};

enum clr_status clr_merge_packer_init(struct clr_merge_packer *packer)
{
    memset(packer, 0, sizeof *packer);
    packer->card = malloc(CLR_PART_ROWS * sizeof *packer->card);
    packer->card_slot = malloc(2 * CLR_PART_ROWS * sizeof *packer->card_slot);
    packer->word = malloc(CLR_PART_ROWS * sizeof *packer->word);
    return packer->card != NULL && packer->card_slot != NULL && packer->word != NULL ? CLR_OK : CLR_FULL;
}

void clr_merge_packer_free(struct clr_merge_packer *packer)
{
    free(packer->segment);
    free(packer->ordinal);
    free(packer->used);
    free(packer->move);
    free(packer->card);
    free(packer->card_slot);
    free(packer->word);
    memset(packer, 0, sizeof *packer);
}

void clr_merge_pack_reset(struct clr_merge_packer *packer)
{
    packer->segment_count = 0;
    packer->ordinal_count = 0;
    packer->part = 0;
}

/* ---- a segment ---- */

/** Room for one more segment and its ordinals, which are 0. */
static enum clr_status reserve(struct clr_merge_packer *packer, size_t ordinals)
{
    if (packer->segment_count == packer->segment_capacity) {
        const uint32_t capacity = packer->segment_capacity * 2 + 64;
        struct clr_merge_segment *const grown = realloc(packer->segment, capacity * sizeof *grown);
        if (grown != NULL) packer->segment = grown;
        uint32_t *const used = realloc(packer->used, capacity * sizeof *used);
        if (used != NULL) packer->used = used;
        if (grown == NULL || used == NULL) return CLR_FULL;
        packer->segment_capacity = capacity;
    }
    if (packer->ordinal_capacity - packer->ordinal_count < ordinals) {
        const size_t capacity = packer->ordinal_capacity + packer->ordinal_capacity / 2 + ordinals;
        uint32_t *const grown = realloc(packer->ordinal, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        packer->ordinal = grown;
        packer->ordinal_capacity = capacity;
    }
    if (ordinals > 0) memset(packer->ordinal + packer->ordinal_count, 0, ordinals * sizeof *packer->ordinal);
    return CLR_OK;
}

static uint64_t largest(const struct clr_columns *columns, unsigned column)
{
    uint64_t max = columns->base[column];
    for (size_t row = 0; row < columns->count; row++) {
        const uint64_t value = clr_columns_get(columns, row, column);
        if (value > max) max = value;
    }
    return max;
}

/**
 * Largest values. A base that is a prefix of all values goes with a width that is just enough, and stays with it; one that is the smallest value
 * would need one bit more with every merge, when the width alone said how far the values go.
 */
static void measure(struct clr_merge_segment *segment)
{
    const struct clr_columns *const columns = &segment->segment.columns;
    for (unsigned column = 0; column < CLR_SEG_COLUMN_COUNT; column++) {
        const unsigned width = columns->width[column];
        const uint64_t low = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
        segment->max[column] = (columns->base[column] & low) == 0 ? columns->base[column] + low : largest(columns, column);
    }
}

/** Ordinals that a table is asked for: each row's is compared with the count, which only says something when the sum cannot wrap. */
static bool is_table(const struct clr_columns *columns, unsigned column, uint64_t count)
{
    return columns->width[column] <= 32 && columns->base[column] < count;
}

enum clr_status clr_merge_pack_open(struct clr_merge_packer *packer, struct clr_bytes value, const uint32_t *file, uint32_t file_count)
{
    struct clr_segment segment;
    CLR_TRY(clr_segment_open(value, &segment));
    if (segment.columns.count == 0 || segment.columns.count > CLR_PART_ROWS || !is_table(&segment.columns, CLR_SEG_CARD, segment.card_count) ||
        !is_table(&segment.columns, CLR_SEG_REASONS, segment.word_count) || !is_table(&segment.columns, CLR_SEG_FILE, file_count))
        return CLR_DAMAGED;
    const size_t ordinals = (size_t)segment.card_count + segment.word_count;
    CLR_TRY(reserve(packer, ordinals));
    struct clr_merge_segment *const to = &packer->segment[packer->segment_count++];
    to->segment = segment;
    to->file = file;
    to->file_count = file_count;
    to->used_in = 0;
    to->ordinals = packer->ordinal_count;
    measure(to);
    packer->ordinal_count += ordinals;
    return CLR_OK;
}

/* ---- ordinals ---- */

/** Tokens are uniform bits, so any eight of them are a hash. */
static inline uint64_t slot_of(const struct clr_token *card)
{
    uint64_t hash;
    memcpy(&hash, card->byte + 4, 8);
    return hash;
}

/** Ordinal of a card, added when new. */
static uint32_t card_ordinal(struct clr_merge_packer *packer, size_t mask, const struct clr_token *card)
{
    for (size_t slot = slot_of(card) & mask;; slot = (slot + 1) & mask) {
        const uint32_t entry = packer->card_slot[slot];
        if (entry == 0) {
            packer->card[packer->card_count] = *card;
            packer->card_slot[slot] = ++packer->card_count;
            return packer->card_count - 1;
        }
        if (clr_token_equal(&packer->card[entry - 1], card)) return entry - 1;
    }
}

static uint32_t word_ordinal(struct clr_merge_packer *packer, const struct clr_segment *segment, uint64_t number)
{
    uint64_t word;
    memcpy(&word, segment->words + 8 * number, 8);
    for (uint32_t i = 0; i < packer->word_count; i++)
        if (packer->word[i] == word) return i;
    packer->word[packer->word_count] = word;
    return packer->word_count++;
}

static inline void prefetch_row(const struct clr_merge_packer *packer, const struct clr_merge_row *row)
{
    const struct clr_columns *const columns = &packer->segment[row->segment].segment.columns;
    __builtin_prefetch(columns->bits + ((uint64_t)row->row * columns->stride >> 3));
}

struct numbered { struct clr_merge_segment *from; uint64_t card, word; };

/** Read what is numbered of a row, and ask early for what it leads to. @return false when it is none of its segment's */
static inline bool read_row(const struct clr_merge_packer *packer, const struct clr_merge_row *row, struct numbered *out)
{
    out->from = &packer->segment[row->segment];
    const struct clr_segment *const segment = &out->from->segment;
    out->card = clr_segment_get(segment, row->row, CLR_SEG_CARD);
    out->word = clr_segment_get(segment, row->row, CLR_SEG_REASONS);
    if (out->card >= segment->card_count || out->word >= segment->word_count || clr_segment_get(segment, row->row, CLR_SEG_FILE) >= out->from->file_count) return false;
    __builtin_prefetch(&packer->ordinal[out->from->ordinals + out->card]);
    __builtin_prefetch(&segment->card[out->card]);
    return true;
}

static inline void number_row(struct clr_merge_packer *packer, const struct numbered *row, size_t mask, uint32_t first, uint32_t *pending)
{
    const struct clr_segment *const segment = &row->from->segment;
    uint32_t *const ordinal = &packer->ordinal[row->from->ordinals], *const of_word = &ordinal[segment->card_count + row->word];
    if (ordinal[row->card] < first) ordinal[row->card] = first + card_ordinal(packer, mask, &segment->card[row->card]);
    if (*of_word < first) *of_word = first + word_ordinal(packer, segment, row->word);
    const enum clr_verdict verdict = clr_verdict_of(packer->word[*of_word - first]);
    *pending += verdict == CLR_VERDICT_PENDING || verdict == CLR_VERDICT_CONFLICT;
    if (row->from->used_in == packer->part) return;
    row->from->used_in = packer->part;
    packer->used[packer->used_count++] = (uint32_t)(row->from - packer->segment);
}

/** Cards and reason words of the part, each in order of its first row; which segments have rows in it. */
static enum clr_status number_rows(struct clr_merge_packer *packer, const struct clr_merge_row *row, uint32_t count, uint32_t *pending)
{
    const uint32_t first = packer->part * CLR_PART_ROWS + 1;
    struct numbered block[BLOCK_ROWS];
    size_t slots = 64;
    while (slots < 2 * (size_t)count) slots *= 2;
    memset(packer->card_slot, 0, slots * sizeof *packer->card_slot);
    packer->card_count = packer->word_count = packer->used_count = 0;
    *pending = 0;
    for (uint32_t from = 0; from < count; from += BLOCK_ROWS) {
        const uint32_t rest = count - from, rows = rest < BLOCK_ROWS ? rest : BLOCK_ROWS;
        for (uint32_t i = 0; i < rows; i++) {
            if (from + i + AHEAD < count) prefetch_row(packer, &row[from + i + AHEAD]);
            if (!read_row(packer, &row[from + i], &block[i])) return CLR_DAMAGED;
        }
        for (uint32_t i = 0; i < rows; i++) __builtin_prefetch(&packer->card_slot[slot_of(&block[i].from->segment.card[block[i].card]) & (slots - 1)]);
        for (uint32_t i = 0; i < rows; i++) number_row(packer, &block[i], slots - 1, first, pending);
    }
    return CLR_OK;
}

/* ---- where the columns go ---- */

static void widen(struct layout *layout, unsigned column, bool first, uint64_t low, uint64_t high)
{
    if (first || low < layout->base[column]) layout->base[column] = low;
    if (first || high > layout->max[column]) layout->max[column] = high;
}

static bool is_ordinal(unsigned column) { return column == CLR_SEG_CARD || column == CLR_SEG_REASONS || column == CLR_SEG_FILE; }

static void find_widths(const struct clr_merge_packer *packer, struct layout *layout)
{
    for (uint32_t i = 0; i < packer->used_count; i++) {
        const struct clr_merge_segment *const from = &packer->segment[packer->used[i]];
        for (unsigned column = 0; column < CLR_SEG_COLUMN_COUNT; column++)
            if (!is_ordinal(column)) widen(layout, column, i == 0, from->segment.columns.base[column], from->max[column]);
        const uint64_t most = from->max[CLR_SEG_FILE] < from->file_count ? from->max[CLR_SEG_FILE] : from->file_count - 1;
        widen(layout, CLR_SEG_FILE, i == 0, from->file[from->segment.columns.base[CLR_SEG_FILE]], from->file[most]);
    }
    widen(layout, CLR_SEG_CARD, true, 0, packer->card_count - 1);
    widen(layout, CLR_SEG_REASONS, true, 0, packer->word_count - 1);
    for (unsigned column = 0; column < CLR_SEG_COLUMN_COUNT; column++) layout->width[column] = (uint8_t)clr_bits_for(layout->max[column] - layout->base[column]);
}

/** Do all segments hold the column as the new one will, `before` bits behind the first column of its step? */
static bool stays(const struct clr_merge_packer *packer, const struct layout *layout, unsigned column, unsigned first, unsigned before)
{
    if (is_ordinal(column)) return false;
    for (uint32_t i = 0; i < packer->used_count; i++) {
        const struct clr_columns *const columns = &packer->segment[packer->used[i]].segment.columns;
        if (columns->width[column] != layout->width[column] || columns->base[column] != layout->base[column]) return false;
        if (columns->at[column] != columns->at[first] + before) return false;
    }
    return true;
}

static bool is_wide(const struct clr_merge_packer *packer, const struct layout *layout, unsigned column)
{
    bool wide = layout->width[column] > MOVED_BITS;
    for (uint32_t i = 0; i < packer->used_count; i++) wide |= packer->segment[packer->used[i]].segment.columns.width[column] > MOVED_BITS;
    return wide;
}

static void find_steps(const struct clr_merge_packer *packer, struct layout *layout)
{
    bool open = false;                             /* may the last step take another column? */
    layout->steps = 0;
    for (unsigned column = 0; column < CLR_SEG_COLUMN_COUNT; column++) {
        const unsigned width = layout->width[column];
        if (width == 0) continue;
        struct step *const last = layout->steps > 0 ? &layout->step[layout->steps - 1] : NULL;
        if (open && last->width + width <= MOVED_BITS && stays(packer, layout, column, last->first, last->width)) {
            last->joined = true;
            last->width = (uint8_t)(last->width + width);
            continue;
        }
        layout->step[layout->steps++] = (struct step){ (uint8_t)column, (uint8_t)width, false, is_wide(packer, layout, column) };
        open = width <= MOVED_BITS && stays(packer, layout, column, column, 0);
    }
}

static uint64_t mask_of(unsigned width) { return width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1; }

static struct clr_merge_move move_of(const struct clr_merge_packer *packer, const struct layout *layout, const struct step *step, const struct clr_merge_segment *from)
{
    const struct clr_columns *const columns = &from->segment.columns;
    const unsigned column = step->first;
    const uint64_t base = columns->base[column];
    const uint64_t first = (uint64_t)packer->part * CLR_PART_ROWS + 1;
    struct clr_merge_move move = { .at = columns->at[column], .mask = mask_of(columns->width[column]), .add = base - layout->base[column] };
    if (step->joined) move.mask = mask_of(step->width);
    switch (column) {
    case CLR_SEG_CARD: move.table = packer->ordinal + from->ordinals + base; break;
    case CLR_SEG_REASONS: move.table = packer->ordinal + from->ordinals + from->segment.card_count + base; break;
    case CLR_SEG_FILE: move.table = from->file + base; break;
    default: return move;
    }
    move.add = 0 - layout->base[column] - (column == CLR_SEG_FILE ? 0 : first);
    return move;
}

/** @return CLR_FULL when there is no memory */
static enum clr_status plan_moves(struct clr_merge_packer *packer, const struct layout *layout)
{
    const size_t needed = (size_t)packer->segment_count * CLR_SEG_COLUMN_COUNT;
    if (packer->move_capacity < needed) {
        struct clr_merge_move *const grown = realloc(packer->move, 2 * needed * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        packer->move = grown;
        packer->move_capacity = 2 * needed;
    }
    for (uint32_t i = 0; i < packer->used_count; i++)
        for (unsigned step = 0; step < layout->steps; step++)
            packer->move[(size_t)packer->used[i] * CLR_SEG_COLUMN_COUNT + step] = move_of(packer, layout, &layout->step[step], &packer->segment[packer->used[i]]);
    return CLR_OK;
}

/* ---- the bits ---- */

struct cursor { uint8_t *to; uint64_t bits; unsigned filled; };          /* filled < 8 */

/** Eight bytes are written, though only the first of them may be full: there is room for as many behind the last row. */
static inline void put(struct cursor *cursor, uint64_t value, unsigned width)
{
    cursor->bits |= value << cursor->filled;
    memcpy(cursor->to, &cursor->bits, 8);
    const unsigned filled = cursor->filled + width;
    cursor->to += filled >> 3;
    cursor->bits >>= filled & ~7u;
    cursor->filled = filled & 7;
}

static void put_wide(struct cursor *cursor, uint64_t value, unsigned width)
{
    const unsigned low = width < 32 ? width : 32;
    put(cursor, value & mask_of(low), low);
    if (width > low) put(cursor, value >> low, width - low);
}

static void write_rows(const struct clr_merge_packer *packer, const struct layout *layout, const struct clr_merge_row *row, uint32_t count, struct cursor *cursor)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i + AHEAD < count) prefetch_row(packer, &row[i + AHEAD]);
        const struct clr_columns *const columns = &packer->segment[row[i].segment].segment.columns;
        const struct clr_merge_move *const move = &packer->move[(size_t)row[i].segment * CLR_SEG_COLUMN_COUNT];
        const uint64_t start = (uint64_t)row[i].row * columns->stride;
        for (unsigned k = 0; k < layout->steps; k++) {
            const struct step *const step = &layout->step[k];
            if (step->wide) {
                put_wide(cursor, clr_columns_get(columns, row[i].row, step->first) - layout->base[step->first], step->width);
                continue;
            }
            const uint64_t bit = start + move[k].at;
            uint64_t value;
            memcpy(&value, columns->bits + (bit >> 3), 8);
            value = value >> (bit & 7) & move[k].mask;
            if (move[k].table != NULL) value = move[k].table[value];
            put(cursor, value + move[k].add, step->width);
        }
    }
}

enum clr_status clr_merge_pack(struct clr_merge_packer *packer, const struct clr_merge_row *row, uint32_t count, uint8_t **value, size_t *size, uint32_t *pending)
{
    struct layout layout = { .steps = 0 };
    CLR_ASSERT(count > 0 && count <= CLR_PART_ROWS);
    if (packer->part == PARTS_MAX) {               /* ordinals of all parts so far are below those of the next */
        if (packer->ordinal_count > 0) memset(packer->ordinal, 0, packer->ordinal_count * sizeof *packer->ordinal);
        for (uint32_t i = 0; i < packer->segment_count; i++) packer->segment[i].used_in = 0;
        packer->part = 0;
    }
    packer->part++;
    CLR_TRY(number_rows(packer, row, count, pending));
    find_widths(packer, &layout);
    find_steps(packer, &layout);
    CLR_TRY(plan_moves(packer, &layout));

    const size_t before = CLR_SEGMENT_HEAD_SIZE + 16 * (size_t)packer->card_count + 8 * (size_t)packer->word_count;
    *size = before + clr_columns_size(count, CLR_SEG_COLUMN_COUNT, layout.width);
    uint8_t *const out = malloc(*size);
    if (out == NULL) return CLR_FULL;
    memset(out, 0, CLR_SEGMENT_HEAD_SIZE);
    memcpy(out, CLR_SEGMENT_MAGIC, 4);
    memcpy(out + 4, &packer->card_count, 4);
    memcpy(out + 8, &packer->word_count, 4);
    memcpy(out + CLR_SEGMENT_HEAD_SIZE, packer->card, 16 * (size_t)packer->card_count);
    memcpy(out + CLR_SEGMENT_HEAD_SIZE + 16 * (size_t)packer->card_count, packer->word, 8 * (size_t)packer->word_count);
    struct cursor cursor = { out + before + clr_columns_head(out + before, count, CLR_SEG_COLUMN_COUNT, layout.base, layout.width), 0, 0 };
    write_rows(packer, &layout, row, count, &cursor);
    uint8_t *const end = cursor.to + (cursor.filled > 0);
    memset(end, 0, (size_t)(out + *size - end));
    *value = out;
    return CLR_OK;
}
