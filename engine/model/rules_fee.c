/*
 * rules_fee.c: fees.csv, and the fee row of a trade.
 *
 * Specific goes by acquirer, then issuer, then service, then kind. So the map is asked at most four times: for (acquirer, issuer),
 * (acquirer, any), (any, issuer), (any, any), only for the kinds of pair that some row of the product has and for parties that some row
 * names; the rows of one pair stand with service before any service, and within that kind before any kind.
 */
#include <stdlib.h>

#include "model/rules_index.h"

enum { PRODUCT, SERVICE, KIND, ISSUER, ACQUIRER, PAYER, ON, BASIS, RATE, FIXED, MIN, MAX, ISSUER_SHARE, CENTRE_SHARE, REFUND, FROM, TO, COLUMNS };
static const struct clr_rules_column columns[COLUMNS] = {
    { "product", true, false },  { "service", true, false },   { "kind", true, false },     { "issuer", true, false },
    { "acquirer", true, false }, { "payer", true, false },     { "on", false, false },      { "basis", false, false },
    { "rate_ppm", false, false }, { "fixed_fen", false, false }, { "min_fen", false, false }, { "max_fen", false, false },
    { "issuer_share_ppm", false, false }, { "centre_share_ppm", false, false }, { "refund", false, false },
    { "valid_from", false, false }, { "valid_to", false, false },
};
static const char file_name[] = "fees.csv";
#define ANY UINT32_MAX
#define CLASS_ISSUER 1u
#define CLASS_ACQUIRER 2u

static enum clr_status read_what(struct clr_rules_table *table, struct clr_fee_row *row)
{
    int product = 0;

    CLR_TRY(clr_rules_cell_word(table, PRODUCT, &clr_rules_products, false, &product));
    row->product = (uint8_t)product;
    CLR_TRY(clr_rules_cell_word(table, SERVICE, &clr_rules_services, true, &row->service));
    CLR_TRY(clr_rules_cell_word(table, KIND, &clr_rules_kinds, true, &row->kind));
    switch (row->kind) {
    case CLR_KIND_ENTRY: case CLR_KIND_LOCK: case CLR_KIND_ADJUST: case CLR_KIND_DECIDE: case CLR_KIND_FEE:
        return RULES_FAIL(table, KIND, "records of this kind never carry a fee", "该种类的记录不产生手续费");
    default:
        return CLR_OK;
    }
}

static bool accepts_cards(enum clr_role role)
{
    return role == CLR_ROLE_ACQUIRER || role == CLR_ROLE_OWNER || role == CLR_ROLE_AGENCY;
}

static enum clr_status read_who(struct clr_rules_table *table, const struct clr_rules *rules, struct clr_fee_row *row)
{
    const struct clr_bytes payer = clr_rules_cell(table, PAYER);

    CLR_TRY(clr_rules_cell_participant(table, ISSUER, rules, &row->issuer));
    if (row->issuer >= 0 && rules->participant[row->issuer].role != CLR_ROLE_ISSUER) return RULES_FAIL(table, ISSUER, "this participant is not an issuer", "该参与方不是发卡方");
    CLR_TRY(clr_rules_cell_participant(table, ACQUIRER, rules, &row->acquirer));
    if (row->acquirer >= 0 && !accepts_cards(rules->participant[row->acquirer].role))
        return RULES_FAIL(table, ACQUIRER, "this participant is not an acquirer, owner or agency", "该参与方不是收单方、业主或经办机构");
    row->payer = clr_bytes_equal(payer, clr_bytes_text("issuer")) ? CLR_FEE_PAYER_ISSUER : CLR_FEE_PAYER_ACQUIRER;
    if (row->payer == CLR_FEE_PAYER_ISSUER || clr_bytes_equal(payer, clr_bytes_text("acquirer"))) return CLR_OK;
    CLR_TRY(clr_rules_cell_participant(table, PAYER, rules, &row->payer));
    return row->payer >= 0 ? CLR_OK : RULES_FAIL(table, PAYER, "the payer is acquirer, issuer or a participant", "付费方应为acquirer、issuer或参与方代码");
}

static enum clr_status read_basis(struct clr_rules_table *table, struct clr_fee_row *row)
{
    static const char *const on[] = { "amount", "discount", "count", NULL };
    static const char *const basis[] = { "txn", "total", NULL };
    static const char *const refund[] = { "return", "keep", NULL };
    int choice = 0;

    CLR_TRY(clr_rules_cell_choice(table, ON, on, 0, &choice));
    row->on = choice == 0 ? CLR_FEE_ON_AMOUNT : choice == 1 ? CLR_FEE_ON_DISCOUNT : CLR_FEE_ON_COUNT;
    CLR_TRY(clr_rules_cell_choice(table, BASIS, basis, 0, &choice));
    row->total = choice == 1;
    CLR_TRY(clr_rules_cell_choice(table, REFUND, refund, 0, &choice));
    row->keep_on_refund = choice == 1;
    return CLR_OK;
}

static enum clr_status read_money(struct clr_rules_table *table, struct clr_fee_row *row)
{
    CLR_TRY(clr_rules_cell_whole(table, RATE, 0, CLR_PPM, 0, &row->rate_ppm));
    if (row->on == CLR_FEE_ON_COUNT && row->rate_ppm != 0) return RULES_FAIL(table, RATE, "a fee on the count has no rate, only fixed_fen", "按笔数计费时不设费率，只设fixed_fen");
    CLR_TRY(clr_rules_cell_whole(table, FIXED, 0, CLR_RECORD_FEN_MAX, 0, &row->fixed_fen));
    CLR_TRY(clr_rules_cell_whole(table, MIN, 0, CLR_RECORD_FEN_MAX, 0, &row->min_fen));
    CLR_TRY(clr_rules_cell_whole(table, MAX, 0, INT64_C(999999999999999999), INT64_MAX, &row->max_fen));
    if (row->min_fen > row->max_fen) return RULES_FAIL(table, MAX, "smaller than min_fen", "小于min_fen");
    return CLR_OK;
}

static enum clr_status read_shares(struct clr_rules_table *table, const struct clr_rules_load *load, struct clr_fee_row *row)
{
    int64_t issuer = 0, centre = 0;

    CLR_TRY(clr_rules_cell_whole(table, ISSUER_SHARE, 0, CLR_PPM, 0, &issuer));
    CLR_TRY(clr_rules_cell_whole(table, CENTRE_SHARE, 0, CLR_PPM, 0, &centre));
    if (issuer + centre > CLR_PPM) return RULES_FAIL(table, CENTRE_SHARE, "the shares of issuer and centre are more than the whole fee", "发卡方与清算中心的分成之和超过全部手续费");
    if (centre > 0 && clr_rules_centre(load->rules, (enum clr_product)row->product, CLR_DAY_NONE) < 0)
        return RULES_FAIL(table, CENTRE_SHARE, "the product has no centre in participants.csv", "participants.csv中该产品没有清算中心");
    row->issuer_share_ppm = (uint32_t)issuer;
    row->centre_share_ppm = (uint32_t)centre;
    return CLR_OK;
}

static enum clr_status read_row(struct clr_rules_table *table, const struct clr_rules_load *load, struct clr_fee_row *row)
{
    CLR_TRY(read_what(table, row));
    CLR_TRY(read_who(table, load->rules, row));
    CLR_TRY(read_basis(table, row));
    CLR_TRY(read_money(table, row));
    CLR_TRY(read_shares(table, load, row));
    return clr_rules_cell_validity(table, FROM, TO, &row->valid_from, &row->valid_to);
}

static enum clr_status read_rows(struct clr_rules_load *load, uint64_t **line)
{
    struct clr_rules *rules = load->rules;
    struct clr_rules_table table;
    size_t capacity = 0, line_capacity = 0;
    bool more = false;

    CLR_TRY(clr_rules_load_table(load, file_name, columns, COLUMNS, &table, &more));
    while (more) {
        enum clr_status status;
        void *grown;

        CLR_TRY(clr_rules_table_next(&table, &more));
        if (!more) break;
        grown = clr_rules_load_room(&table, rules->fee, rules->fee_count, &capacity, CLR_RULES_FEES_MAX, sizeof *rules->fee, &status);
        CLR_TRY(status);
        rules->fee = grown;
        grown = clr_rules_load_room(&table, *line, rules->fee_count, &line_capacity, CLR_RULES_FEES_MAX, sizeof **line, &status);
        CLR_TRY(status);
        *line = grown;
        CLR_TRY(read_row(&table, load, &rules->fee[rules->fee_count]));
        (*line)[rules->fee_count++] = table.csv.row_line;
    }
    return CLR_OK;
}

static struct clr_bytes key_bytes(const struct clr_rules_fee_key *key)
{
    return clr_bytes_of(key, sizeof *key);
}

static_assert(CLR_PRODUCT_COUNT <= 8 && CLR_SERVICE_COUNT < 128 && CLR_KIND_COUNT < 128, "products are bits of a byte, services and kinds fit one");

static enum clr_status make_keys(struct clr_rules_load *load)
{
    struct clr_rules_index *index = load->index;

    index->fee_key = calloc(load->rules->fee_count + 1, sizeof *index->fee_key);
    index->fee_candidate = calloc(load->rules->fee_count + 1, sizeof *index->fee_candidate);
    index->fee_named = calloc(load->rules->participant_count + 1, sizeof *index->fee_named);
    if (index->fee_key == NULL || index->fee_candidate == NULL || index->fee_named == NULL) return CLR_FULL;
    for (size_t i = 0; i < load->rules->fee_count; i++) {
        const struct clr_fee_row *row = &load->rules->fee[i];

        index->fee_key[i] = (struct clr_rules_fee_key){ row->product, row->acquirer < 0 ? ANY : (uint32_t)row->acquirer, row->issuer < 0 ? ANY : (uint32_t)row->issuer };
        index->fee_classes[row->product] |= (uint8_t)(1u << ((row->acquirer < 0 ? 0 : CLASS_ACQUIRER) + (row->issuer < 0 ? 0 : CLASS_ISSUER)));
        if (row->acquirer >= 0) index->fee_named[row->acquirer] |= (uint8_t)(1u << row->product);
        if (row->issuer >= 0) index->fee_named[row->issuer] |= (uint8_t)(1u << row->product);
    }
    return CLR_OK;
}

/* Rows are added from the most to the least specific, so that a key gives them in that order. */
static enum clr_status index_fees(struct clr_rules_load *load)
{
    CLR_TRY(make_keys(load));
    for (unsigned rank = 0; rank < 4; rank++) {
        for (size_t i = 0; i < load->rules->fee_count; i++) {
            const struct clr_fee_row *row = &load->rules->fee[i];

            if ((row->service < 0) * 2u + (row->kind < 0) == rank) CLR_TRY(clr_rules_map_add(&load->index->fees, 0, key_bytes(&load->index->fee_key[i]), (uint32_t)i));
        }
    }
    CLR_TRY(clr_rules_map_seal(&load->index->fees));
    for (size_t i = 0; i < load->rules->fee_count; i++) {
        const uint32_t number = load->index->fees.row[i];
        const struct clr_fee_row *row = &load->rules->fee[number];

        load->index->fee_candidate[i] = (struct clr_rules_fee_candidate){ (int8_t)row->service, (int8_t)row->kind, (uint16_t)number, row->valid_from, row->valid_to };
    }
    return CLR_OK;
}

/* Two rows are equally specific and match one trade only if they name the same parties, service and kind. */
static enum clr_status span_fees(struct clr_rules_load *load, const uint64_t *line, struct clr_rules_spans *spans)
{
    for (size_t i = 0; i < load->rules->fee_count; i++) {
        const struct clr_fee_row *row = &load->rules->fee[i];

        CLR_TRY(clr_rules_spans_add(spans, &(struct clr_rules_span){
            key_bytes(&load->index->fee_key[i]), (uint32_t)((row->service + 1) * 64 + row->kind + 1), row->valid_from, row->valid_to, line[i] }));
    }
    return CLR_OK;
}

/* The key is numbers: the place says enough, so nothing is shown as seen. */
static enum clr_status check_fees(struct clr_rules_load *load, const uint64_t *line)
{
    struct clr_rules_spans spans = { 0 };
    enum clr_status status = span_fees(load, line, &spans);

    if (status != CLR_OK) {
        clr_rules_spans_free(&spans);
        return status;
    }
    status = clr_rules_load_clash(load, &spans, file_name, NULL, "the row is as specific as line %llu and valid at the same time", "本行与第%llu行同样具体且有效期重叠");
    clr_rules_seen(load->fault, clr_bytes_of("", 0));
    return status;
}

enum clr_status clr_rules_load_fees(struct clr_rules_load *load)
{
    uint64_t *line = NULL;
    enum clr_status status = read_rows(load, &line);

    if (status == CLR_OK) status = index_fees(load);
    if (status == CLR_OK) status = check_fees(load, line);
    if (status == CLR_FULL) clr_rules_out_of_memory(load->fault, file_name);
    free(line);
    return status;
}

static uint16_t pick(const struct clr_rules_index *index, const struct clr_rules_fee_key *key, int service, int kind, clr_day day)
{
    uint32_t count = 0;
    const uint32_t *row = clr_rules_map_find(&index->fees, 0, key_bytes(key), &count);
    const struct clr_rules_fee_candidate *fee = count == 0 ? NULL : index->fee_candidate + (row - index->fees.row);

    for (uint32_t i = 0; i < count; i++, fee++) {
        if ((fee->service < 0 || fee->service == service) && (fee->kind < 0 || fee->kind == kind) && clr_rules_valid_on(fee->valid_from, fee->valid_to, day)) return fee->row;
    }
    return CLR_FEE_NONE;
}

/* The first row of a participant's code, ANY when no fee row of the product names it: then only rows for anyone can match. */
static uint32_t named(const struct clr_rules_index *index, unsigned product, int participant)
{
    const uint32_t head = participant < 0 ? ANY : (uint32_t)index->head[participant];

    return head != ANY && index->fee_named[head] >> product & 1u ? head : ANY;
}

uint16_t clr_rules_fee(const struct clr_rules *rules, enum clr_product product, enum clr_service service, enum clr_kind kind,
                       int issuer, int acquirer, clr_day day)
{
    const struct clr_rules_index *index = clr_rules_index_of(rules);
    const unsigned classes = index->fee_classes[product];
    uint32_t by_issuer, by_acquirer;
    uint16_t found = CLR_FEE_NONE;

    if (classes == 0) return CLR_FEE_NONE;
    by_issuer = named(index, (unsigned)product, issuer);
    by_acquirer = named(index, (unsigned)product, acquirer);
    for (unsigned parties = 4; parties-- > 0 && found == CLR_FEE_NONE;) {
        const struct clr_rules_fee_key key = { (uint32_t)product, parties & CLASS_ACQUIRER ? by_acquirer : ANY, parties & CLASS_ISSUER ? by_issuer : ANY };

        if (!(classes & 1u << parties)) continue;
        if ((parties & CLASS_ACQUIRER && by_acquirer == ANY) || (parties & CLASS_ISSUER && by_issuer == ANY)) continue;
        found = pick(index, &key, (int)service, (int)kind, day);
    }
    return found;
}
