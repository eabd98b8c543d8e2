#include "store/segment.h"

#define MAGIC CLR_SEGMENT_MAGIC
#define HEAD_SIZE CLR_SEGMENT_HEAD_SIZE

static int64_t unzigzag(uint64_t value) { return (int64_t)(value >> 1) ^ -(int64_t)(value & 1); }

enum clr_status clr_segment_open(struct clr_bytes value, struct clr_segment *out)
{
    if (value.size < HEAD_SIZE || memcmp(value.data, MAGIC, 4) != 0) return CLR_DAMAGED;
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
    out->hash = out->link = 0;               /* every other field is set below: no need to clear them first */
    out->block = out->index = 0;
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
