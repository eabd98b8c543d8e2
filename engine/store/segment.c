#include "store/segment.h"

#include <stdlib.h>

static const char magic[4] = { 'S', 'E', 'G', '1' };
#define HEAD_SIZE 16

void clr_segment_builder_init(struct clr_segment_builder *builder) { memset(builder, 0, sizeof *builder); }

void clr_segment_builder_free(struct clr_segment_builder *builder)
{
    free(builder->cells);
    free(builder->cards);
    free(builder->card_slots);
    clr_segment_builder_init(builder);
}

static bool reserve(struct clr_segment_builder *builder, size_t count)
{
    if (builder->cells_capacity < count) {
        free(builder->cells);
        builder->cells = malloc(count * CLR_SEG_COLUMN_COUNT * sizeof *builder->cells);
        builder->cells_capacity = builder->cells != NULL ? count : 0;
    }
    if (builder->cards_capacity < count) {
        size_t slots = 64;
        while (slots < 2 * count) slots *= 2;
        free(builder->cards);
        free(builder->card_slots);
        builder->cards = malloc(count * sizeof *builder->cards);
        builder->card_slots = malloc(slots * sizeof *builder->card_slots);
        builder->card_slot_count = slots;
        builder->cards_capacity = builder->cards != NULL && builder->card_slots != NULL ? count : 0;
    }
    return builder->cells_capacity >= count && builder->cards_capacity >= count;
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
static int64_t unzigzag(uint64_t value) { return (int64_t)(value >> 1) ^ -(int64_t)(value & 1); }

static void fill_cells(uint64_t *cell, const struct clr_txn *txn, uint64_t number)
{
    cell[CLR_SEG_SAM] = txn->sam;
    cell[CLR_SEG_SERIAL] = txn->sam_serial;
    cell[CLR_SEG_AMOUNT] = (uint64_t)txn->amount_fen;
    cell[CLR_SEG_DISCOUNT] = zigzag(txn->price_fen - txn->amount_fen);
    cell[CLR_SEG_TIME] = (uint64_t)txn->traded_at_s;
    cell[CLR_SEG_BALANCE] = txn->balance_fen;
    cell[CLR_SEG_COUNTER] = txn->counter;
    cell[CLR_SEG_TAC] = txn->tac;
    cell[CLR_SEG_ISSUER] = txn->issuer;
    cell[CLR_SEG_ACQUIRER] = txn->acquirer;
    cell[CLR_SEG_WINDOW] = (uint32_t)txn->window;
    cell[CLR_SEG_NUMBER] = number;
    cell[CLR_SEG_KIND] = txn->kind;
    cell[CLR_SEG_SERVICE] = txn->service;
    cell[CLR_SEG_TYPE] = txn->type;
    cell[CLR_SEG_FLAGS] = txn->flags;
    cell[CLR_SEG_PRODUCT] = txn->product;
    cell[CLR_SEG_DETAIL] = txn->detail;
}

enum clr_status clr_segment_pack(struct clr_segment_builder *builder, const struct clr_txn *const *rows, const uint64_t *numbers, size_t count,
                                 uint32_t first_file, uint8_t **value, size_t *size)
{
    if (!reserve(builder, count)) return CLR_FULL;
    size_t slots = 64;
    while (slots < 2 * count) slots *= 2;
    memset(builder->card_slots, 0, slots * sizeof *builder->card_slots);

    uint32_t card_count = 0, word_count = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t *const cell = builder->cells + i * CLR_SEG_COLUMN_COUNT;
        fill_cells(cell, rows[i], numbers[i]);
        cell[CLR_SEG_FILE] = rows[i]->file - first_file;
        cell[CLR_SEG_CARD] = card_ordinal(builder, slots - 1, &rows[i]->card, &card_count);
        const uint32_t word = word_ordinal(builder, rows[i]->reasons, &word_count);
        if (word == UINT32_MAX) return CLR_FULL;
        cell[CLR_SEG_REASONS] = word;
    }

    const size_t before = HEAD_SIZE + 16 * (size_t)card_count + 8 * (size_t)word_count;
    uint8_t *const out = malloc(before + clr_columns_size_max(count, CLR_SEG_COLUMN_COUNT));
    if (out == NULL) return CLR_FULL;
    memset(out, 0, HEAD_SIZE);
    memcpy(out, magic, 4);
    memcpy(out + 4, &card_count, 4);
    memcpy(out + 8, &word_count, 4);
    memcpy(out + HEAD_SIZE, builder->cards, 16 * (size_t)card_count);
    memcpy(out + HEAD_SIZE + 16 * (size_t)card_count, builder->words, 8 * (size_t)word_count);
    *size = before + clr_columns_pack(builder->cells, count, CLR_SEG_COLUMN_COUNT, out + before);
    uint8_t *const fitted = realloc(out, *size);
    *value = fitted != NULL ? fitted : out;
    return CLR_OK;
}

enum clr_status clr_segment_open(struct clr_bytes value, struct clr_segment *out)
{
    if (value.size < HEAD_SIZE || memcmp(value.data, magic, 4) != 0) return CLR_DAMAGED;
    memcpy(&out->card_count, value.data + 4, 4);
    memcpy(&out->word_count, value.data + 8, 4);
    const uint64_t before = HEAD_SIZE + 16 * (uint64_t)out->card_count + 8 * (uint64_t)out->word_count;
    if (value.size < before) return CLR_DAMAGED;
    out->card = (const struct clr_token *)(const void *)(value.data + HEAD_SIZE);
    out->words = value.data + HEAD_SIZE + 16 * (size_t)out->card_count;
    size_t used;
    CLR_TRY(clr_columns_open(clr_bytes_of(value.data + before, value.size - before), &out->columns, &used));
    return out->columns.columns == CLR_SEG_COLUMN_COUNT ? CLR_OK : CLR_DAMAGED;
}

const struct clr_token *clr_segment_card(const struct clr_segment *segment, size_t row)
{
    static const struct clr_token none = { { 0 } };
    const uint64_t ordinal = clr_segment_get(segment, row, CLR_SEG_CARD);
    return ordinal < segment->card_count ? &segment->card[ordinal] : &none;
}

uint64_t clr_segment_reasons(const struct clr_segment *segment, size_t row)
{
    const uint64_t ordinal = clr_segment_get(segment, row, CLR_SEG_REASONS);
    uint64_t word = 0;
    if (ordinal < segment->word_count) memcpy(&word, segment->words + 8 * ordinal, 8);
    return word;
}

void clr_segment_row(const struct clr_segment *segment, size_t row, struct clr_txn *out, uint64_t *number)
{
#define GET(column) clr_segment_get(segment, row, CLR_SEG_##column)
    memset(out, 0, sizeof *out);
    out->card = *clr_segment_card(segment, row);
    out->sam = GET(SAM);
    out->sam_serial = GET(SERIAL);
    out->amount_fen = (clr_fen)GET(AMOUNT);
    out->price_fen = out->amount_fen + unzigzag(GET(DISCOUNT));
    out->reasons = clr_segment_reasons(segment, row);
    out->traded_at_s = (int64_t)GET(TIME);
    out->balance_fen = (uint32_t)GET(BALANCE);
    out->counter = (uint32_t)GET(COUNTER);
    out->tac = (uint32_t)GET(TAC);
    out->issuer = (clr_party)GET(ISSUER);
    out->acquirer = (clr_party)GET(ACQUIRER);
    out->window = (clr_day)(uint32_t)GET(WINDOW);
    out->file = (uint32_t)GET(FILE);
    out->kind = (uint8_t)GET(KIND);
    out->service = (uint8_t)GET(SERVICE);
    out->type = (uint8_t)GET(TYPE);
    out->flags = (uint16_t)GET(FLAGS);
    out->product = (uint8_t)GET(PRODUCT);
    out->detail = (uint16_t)GET(DETAIL);
    out->trade_day = clr_day_of_time(out->traded_at_s);
    if (number != NULL) *number = GET(NUMBER);
#undef GET
}
