/*
 * rules_cards.c: cards.csv: whose card a number is, by its longest matching prefix.
 *
 * A row for any product or format is entered under each. Of rows with the same prefix the one with a length goes before one
 * without, then a named format before any, then a named product before any. A prefix whose issuer is not valid on the day names
 * nobody: a shorter prefix would be a guess.
 */
#include "model/rules_index.h"

enum { PRODUCT, FORMAT, PREFIX, LENGTH, ISSUER, FROM, TO, COLUMNS };
static const struct clr_rules_column columns[COLUMNS] = {
    { "product", true, false }, { "format", true, false }, { "prefix", false, false }, { "length", false, false }, { "issuer", true, false },
    { "valid_from", false, false }, { "valid_to", false, false },
};
static const char file_name[] = "cards.csv";

static uint32_t space_of(int product, int format)
{
    return (uint32_t)(product * CLR_FORMAT_COUNT + format);
}

static enum clr_status read_issuer(struct clr_rules_table *table, const struct clr_rules *rules, struct clr_rules_card *card)
{
    int head = -1;

    CLR_TRY(clr_rules_cell_participant(table, ISSUER, rules, &head));
    if (head < 0 || rules->participant[head].role != CLR_ROLE_ISSUER) return RULES_FAIL(table, ISSUER, "this participant is not an issuer", "该参与方不是发卡方");
    card->issuer = (uint32_t)head;
    return CLR_OK;
}

/* Only letters and digits are read as part of a card number. */
static enum clr_status read_prefix(struct clr_rules_table *table, struct clr_rules_load *load, struct clr_bytes *prefix)
{
    const struct clr_bytes text = clr_rules_cell(table, PREFIX);

    for (size_t i = 0; i < text.size; i++) {
        const uint8_t at = text.data[i];
        if ((at >= '0' && at <= '9') || (at >= 'A' && at <= 'Z') || (at >= 'a' && at <= 'z')) continue;
        return RULES_FAIL(table, PREFIX, "a prefix has letters and digits only, no star", "前缀只含字母和数字，不加星号");
    }
    if (text.size > CLR_RULES_PREFIX_MAX) return RULES_FAIL(table, PREFIX, "longer than %d characters", "超过%d个字符", CLR_RULES_PREFIX_MAX);
    *prefix = clr_bytes_text(clr_rules_pool_text(&load->index->pool, text));
    return CLR_OK;
}

static enum clr_status read_row(struct clr_rules_table *table, struct clr_rules_load *load, struct clr_rules_card *card, struct clr_bytes *prefix)
{
    int64_t length = 0;

    CLR_TRY(clr_rules_cell_word(table, PRODUCT, &clr_rules_products, true, &card->product));
    CLR_TRY(clr_rules_cell_word(table, FORMAT, &clr_rules_formats, true, &card->format));
    CLR_TRY(read_prefix(table, load, prefix));
    CLR_TRY(clr_rules_cell_whole(table, LENGTH, 1, 64, -1, &length));
    card->length = (int)length;
    if (length >= 0 && (size_t)length < prefix->size) return RULES_FAIL(table, LENGTH, "shorter than the prefix", "小于前缀长度");
    CLR_TRY(read_issuer(table, load->rules, card));
    return clr_rules_cell_validity(table, FROM, TO, &card->valid_from, &card->valid_to);
}

/* Smaller goes first: see the head of this file. */
static unsigned rank_of(const struct clr_rules_card *card)
{
    return (card->length < 0) * 4u + (card->format < 0) * 2u + (card->product < 0);
}

static enum clr_status add_card(struct clr_rules_load *load, uint32_t row, struct clr_bytes prefix)
{
    struct clr_rules_index *index = load->index;
    const struct clr_rules_card *card = &index->card[row];

    for (int product = 0; product < CLR_PRODUCT_COUNT; product++) {
        for (int format = 0; format < CLR_FORMAT_COUNT; format++) {
            if ((card->product >= 0 && card->product != product) || (card->format >= 0 && card->format != format)) continue;
            index->card_lengths[space_of(product, format)] |= UINT64_C(1) << prefix.size;
            CLR_TRY(clr_rules_map_add(&index->cards, space_of(product, format), prefix, row));
        }
    }
    return CLR_OK;
}

/* Rows are added rank by rank, so that a key gives the most specific first; prefixes stand in the spans, in file order until then. */
static enum clr_status index_cards(struct clr_rules_load *load, const struct clr_rules_spans *spans)
{
    for (unsigned rank = 0; rank < 8; rank++) {
        for (size_t i = 0; i < load->index->card_count; i++) {
            if (rank_of(&load->index->card[i]) == rank) CLR_TRY(add_card(load, (uint32_t)i, spans->span[i].key));
        }
    }
    return clr_rules_map_seal(&load->index->cards);
}

static enum clr_status read_rows(struct clr_rules_load *load, struct clr_rules_spans *spans)
{
    struct clr_rules_index *index = load->index;
    struct clr_rules_table table;
    size_t capacity = 0;
    bool more = false;

    CLR_TRY(clr_rules_load_table(load, file_name, columns, COLUMNS, &table, &more));
    while (more) {
        enum clr_status status;
        struct clr_bytes prefix = { NULL, 0 };
        struct clr_rules_card *card;
        void *grown;

        CLR_TRY(clr_rules_table_next(&table, &more));
        if (!more) break;
        grown = clr_rules_load_room(&table, index->card, index->card_count, &capacity, CLR_RULES_CARDS_MAX, sizeof *index->card, &status);
        CLR_TRY(status);
        index->card = grown;
        card = &index->card[index->card_count];
        CLR_TRY(read_row(&table, load, card, &prefix));
        CLR_TRY(clr_rules_spans_add(spans, &(struct clr_rules_span){
            prefix, (uint32_t)(((card->product + 1) * 16 + card->format + 1) * 128 + card->length + 1), card->valid_from, card->valid_to, table.csv.row_line }));
        index->card_count++;
    }
    return CLR_OK;
}

enum clr_status clr_rules_load_cards(struct clr_rules_load *load)
{
    struct clr_rules_spans spans = { 0 };
    enum clr_status status = read_rows(load, &spans);

    if (status == CLR_OK) status = index_cards(load, &spans);
    if (status == CLR_FULL) clr_rules_out_of_memory(load->fault, file_name);
    if (status != CLR_OK) {
        clr_rules_spans_free(&spans);
        return status;
    }
    return clr_rules_load_clash(load, &spans, file_name, "prefix", "the validity of this prefix overlaps that of line %llu", "该前缀的有效期与第%llu行重叠");
}

bool clr_rules_has_cards(const struct clr_rules *rules, enum clr_product product, enum clr_format format)
{
    return clr_rules_index_of(rules)->card_lengths[space_of((int)product, (int)format)] != 0;
}

size_t clr_rules_card_prefix_max(const struct clr_rules *rules, enum clr_product product, enum clr_format format)
{
    const uint64_t lengths = clr_rules_index_of(rules)->card_lengths[space_of((int)product, (int)format)];

    return lengths == 0 ? 0 : 63 - (size_t)__builtin_clzll(lengths);
}

static const struct clr_rules_card *pick(const struct clr_rules_index *index, uint32_t space, struct clr_bytes prefix, size_t length, clr_day day)
{
    uint32_t count = 0;
    const uint32_t *row = clr_rules_map_find(&index->cards, space, prefix, &count);

    for (uint32_t i = 0; i < count; i++) {
        const struct clr_rules_card *card = &index->card[row[i]];

        if ((card->length < 0 || (size_t)card->length == length) && clr_rules_valid_on(card->valid_from, card->valid_to, day)) return card;
    }
    return NULL;
}

/* The row whose prefix is the longest that fits, NULL if none. */
static const struct clr_rules_card *find_card(const struct clr_rules *rules, enum clr_product product, enum clr_format format, struct clr_bytes number, clr_day day,
                                              size_t *prefix_size)
{
    const struct clr_rules_index *index = clr_rules_index_of(rules);
    const uint32_t space = space_of((int)product, (int)format);
    uint64_t lengths = index->card_lengths[space];

    number = clr_bytes_trim(number);
    if (lengths == 0 || number.size == 0) return NULL;
    if (number.size < CLR_RULES_PREFIX_MAX) lengths &= (UINT64_C(2) << number.size) - 1;
    while (lengths != 0) {
        const unsigned length = 63 - (unsigned)__builtin_clzll(lengths);
        const struct clr_rules_card *card = pick(index, space, clr_bytes_of(number.data, length), number.size, day);

        *prefix_size = length;
        if (card != NULL) return card;
        lengths &= ~(UINT64_C(1) << length);
    }
    return NULL;
}

int clr_rules_card_issuer(const struct clr_rules *rules, enum clr_product product, enum clr_format format, struct clr_bytes number, clr_day day)
{
    size_t prefix_size;
    const struct clr_rules_card *const card = find_card(rules, product, format, number, day, &prefix_size);

    return card != NULL ? clr_rules_row_on(rules, (int)card->issuer, day) : -1;
}

int clr_rules_card_prefix(const struct clr_rules *rules, enum clr_product product, enum clr_format format, struct clr_bytes number, clr_day day)
{
    size_t prefix_size;

    return find_card(rules, product, format, number, day, &prefix_size) != NULL ? (int)prefix_size : -1;
}
