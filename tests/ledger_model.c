/* ledger_model.c: see ledger_model.h. */
#include "ledger_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clear/obligation.h"

const char *const model_code[NAMES] = {
    "card-a", "card-b", "card-c", "card-d", "bus", "ferry", "metro", "taxi", "bank-one", "bank-two", "hub", "east", "north", "west",
};

int model_name(const char *code)
{
    for (int i = 0; i < NAMES; i++) {
        if (strcmp(model_code[i], code) == 0) return i;
    }
    fail_msg("nobody is called %s", code);
    return -1;
}

static uint64_t pick(struct model *model, uint64_t limit)
{
    return draw_below(&model->seed, limit);
}

/* ---- rules ---- */

static void draw_people(struct model *model, struct model_version *version, FILE *out, bool may_go)
{
    for (int i = 0; i < PEOPLE; i++) {
        const char *role = i < ISSUERS ? "issuer" : i < ISSUERS + ACQUIRERS ? "acquirer" : i < HUB ? "agency" : "centre";
        const int member = ISSUERS + ACQUIRERS + (int)pick(model, MEMBERS);
        version->gone[i] = may_go && i < 2 && pick(model, 2) == 0;
        /* bank-one may settle through bank-two: a chain; the hub and bank-two are always members. */
        version->via[i] = i < HUB - MEMBERS ? (pick(model, 3) ? member : -1) : (i == HUB - MEMBERS && pick(model, 2) ? HUB - 1 : -1);
        version->region[i] = pick(model, 4) ? PEOPLE + (int)pick(model, REGIONS) : -1;
        if (version->gone[i]) continue;
        fprintf(out, "%s,%s,*,%s,%s,acc-%s,,\n", model_code[i], role, version->region[i] >= 0 ? model_code[version->region[i]] : "",
                version->via[i] >= 0 ? model_code[version->via[i]] : "", model_code[i]);
    }
}

static bool same_reach(const struct model_fee *a, const struct model_fee *b)
{
    return a->service == b->service && a->kind == b->kind && a->issuer == b->issuer && a->acquirer == b->acquirer;
}

static struct model_fee draw_fee(struct model *model)
{
    static const int payers[] = { PAYER_ACQUIRER, PAYER_ACQUIRER, PAYER_ISSUER, HUB, HUB - 1, ISSUERS, 2 };
    struct model_fee fee = {
        .service = pick(model, 2) ? -1 : (int)pick(model, 3), .kind = pick(model, 2) ? -1 : pick(model, 2) ? CLR_KIND_LOAD : CLR_KIND_PURCHASE,
        .issuer = pick(model, 2) ? -1 : (int)pick(model, ISSUERS), .acquirer = pick(model, 3) ? -1 : ISSUERS + (int)pick(model, ACQUIRERS),
        .payer = payers[pick(model, COUNT_OF(payers))], .on = (int)pick(model, 3), .total = pick(model, 2), .keep = pick(model, 4) == 0,
        .rate = (int64_t)pick(model, 40) * 500, .fixed = (int64_t)pick(model, 4), .min = pick(model, 2) ? 0 : (int64_t)pick(model, 8), .max = -1,
        .issuer_share = (int64_t)pick(model, 3) * 250000, .centre_share = (int64_t)pick(model, 3) * 166667,
    };

    if (fee.on == 2) fee.rate = 0;
    if (pick(model, 3) == 0) fee.max = fee.min + (int64_t)pick(model, 30);
    return fee;
}

static void write_fee(const struct model_fee *fee, FILE *out)
{
    static const char *const on[] = { "amount", "discount", "count" };

    fprintf(out, "transit,%s,%s,%s,%s,", fee->service < 0 ? "*" : clr_service_term((unsigned)fee->service).name,
            fee->kind < 0 ? "*" : clr_kind_term((unsigned)fee->kind).name, fee->issuer < 0 ? "*" : model_code[fee->issuer],
            fee->acquirer < 0 ? "*" : model_code[fee->acquirer]);
    fprintf(out, "%s,%s,%s,", fee->payer == PAYER_ACQUIRER ? "acquirer" : fee->payer == PAYER_ISSUER ? "issuer" : model_code[fee->payer],
            on[fee->on], fee->total ? "total" : "txn");
    fprintf(out, "%lld,%lld,%lld,", (long long)fee->rate, (long long)fee->fixed, (long long)fee->min);
    if (fee->max >= 0) fprintf(out, "%lld", (long long)fee->max);
    fprintf(out, ",%lld,%lld,%s,,\n", (long long)fee->issuer_share, (long long)fee->centre_share, fee->keep ? "keep" : "return");
}

static void draw_fees(struct model *model, struct model_version *version, FILE *out)
{
    for (int i = 0; i < FEES_MAX; i++) {
        const struct model_fee fee = draw_fee(model);
        bool taken = fee.issuer >= 0 && version->gone[fee.issuer];
        for (int j = 0; j < version->fee_count; j++) taken |= same_reach(&fee, &version->fee[j]);
        if (taken) continue;
        version->fee[version->fee_count++] = fee;
        write_fee(&fee, out);
    }
}

static void draw_version(struct model *model, int number)
{
    struct model_version *version = &model->version[number];
    char *people, *fees;
    size_t size;
    FILE *out = open_memstream(&people, &size);

    draw_people(model, version, out, number == VERSIONS - 1);
    fclose(out);
    out = open_memstream(&fees, &size);
    draw_fees(model, version, out);
    fclose(out);
    version->rules = ledger_rules((uint32_t)number + 1, people, fees);
    model->rules[number] = version->rules;
    free(people);
    free(fees);
}

/* ---- the reference: one record ---- */

static int fee_row_of(const struct model_version *version, const struct clr_trade *trade, int issuer, int acquirer)
{
    int best = -1, best_rank = -1;

    for (int i = 0; i < version->fee_count; i++) {
        const struct model_fee *fee = &version->fee[i];
        const int rank = (fee->acquirer >= 0) * 8 + (fee->issuer >= 0) * 4 + (fee->service >= 0) * 2 + (fee->kind >= 0);
        if ((fee->service >= 0 && fee->service != (int)trade->service) || (fee->kind >= 0 && fee->kind != (int)trade->kind)) continue;
        if ((fee->issuer >= 0 && fee->issuer != issuer) || (fee->acquirer >= 0 && fee->acquirer != acquirer)) continue;
        if (rank > best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}

/* What a trade of that amount owes as fee: numerator; rounded fee and shares; does it bear one. A trade that is gone owes nothing. */
struct owed { clr_wide numerator; int64_t part[3]; int64_t bears; };     /* part: issuer, centre, rest */

static struct owed owed_of(const struct model_fee *fee, int64_t amount, int64_t discount, bool gone)
{
    const int64_t base = fee->on == 0 ? amount : fee->on == 1 ? discount : 1;
    struct owed owed = { 0, { 0 }, 0 };
    int64_t whole;

    if (gone || (fee->on != 2 && (amount == 0 || base == 0))) return owed;
    owed.bears = 1;
    owed.numerator = (clr_wide)fee->rate * base + (clr_wide)fee->fixed * CLR_PPM;
    if (fee->total) return owed;
    whole = (int64_t)((2 * owed.numerator + CLR_PPM) / (2 * CLR_PPM));
    if (whole < fee->min) whole = fee->min;
    if (fee->max >= 0 && whole > fee->max) whole = fee->max;
    owed.part[0] = whole * fee->issuer_share / CLR_PPM;
    owed.part[1] = whole * fee->centre_share / CLR_PPM;
    owed.part[2] = whole - owed.part[0] - owed.part[1];
    return owed;
}

static void flow(struct model_table *table, int window, int payer, int payee, int kind, clr_wide amount, int64_t count)
{
    table->at[window][payer][payee][kind].amount += amount;
    table->at[window][payer][payee][kind].count += count;
}

/** Parts of a fee to issuer, hub and acquirer, except to the payer itself and where the row gives no share. */
static void pay_fee(struct model_table *table, const struct model_fee *fee, int window, int issuer, int acquirer, const clr_wide part[3], int64_t count)
{
    const int payer = fee->payer == PAYER_ACQUIRER ? acquirer : fee->payer == PAYER_ISSUER ? issuer : fee->payer;
    const int payee[] = { issuer, HUB, acquirer };
    const bool given[] = { fee->issuer_share > 0, fee->centre_share > 0, fee->issuer_share + fee->centre_share < CLR_PPM };

    for (int i = 0; i < 3; i++) {
        if (payee[i] != payer && (given[i] || part[i] != 0)) flow(table, window, payer, payee[i], CLR_KIND_FEE, part[i], count);
    }
}

struct record {
    struct clr_trade trade;
    int version, issuer, acquirer;
};

/** Fee for a change of the trade's amount: what it owes after less what it owed before. */
static void reference_fee(struct model *model, const struct record *record, int window, const struct owed *before, const struct owed *after, int row)
{
    const struct model_fee *fee = &model->version[record->version].fee[row];
    const int acquirer = record->acquirer - ISSUERS;
    const clr_wide part[] = { after->part[0] - before->part[0], after->part[1] - before->part[1], after->part[2] - before->part[2] };

    if (fee->total) {
        model->total[record->version][row][record->issuer][acquirer][window].numerator += after->numerator - before->numerator;
        model->total[record->version][row][record->issuer][acquirer][window].count += after->bears - before->bears;
    } else {
        pay_fee(&model->flow, fee, window, record->issuer, record->acquirer, part, after->bears - before->bears);
    }
}

static int64_t discount_of(const struct clr_trade *trade)
{
    return (trade->flags & CLR_FLAG_HAS_PRICE) && trade->price_fen > trade->amount_fen ? trade->price_fen - trade->amount_fen : 0;
}

/** amount > 0 goes the trade's way, amount < 0 back. */
static void reference_owe(struct model *model, const struct record *record, int window, int kind, int64_t amount)
{
    const bool issuer_pays = (record->trade.kind == CLR_KIND_PURCHASE) == (amount > 0);

    if (amount == 0) return;
    flow(&model->flow, window, issuer_pays ? record->issuer : record->acquirer, issuer_pays ? record->acquirer : record->issuer, kind,
         amount > 0 ? amount : -amount, 1);
}

/* ---- records, through engine and reference ---- */

static void keep(struct model *model, const struct clr_cell_key *key, const struct clr_cell_sum *sum, bool booked)
{
    if (booked) assert_int_equal(clr_cells_add(&model->cells[pick(model, 2)], key, sum, 1), CLR_OK);
}

static struct record draw_trade(struct model *model)
{
    struct record record = { .version = (int)pick(model, VERSIONS) };
    const struct model_version *version = &model->version[record.version];

    do record.issuer = (int)pick(model, ISSUERS); while (version->gone[record.issuer]);
    record.acquirer = ISSUERS + (int)pick(model, ACQUIRERS);
    record.trade = (struct clr_trade){
        .product = CLR_PRODUCT_TRANSIT, .kind = pick(model, 4) ? CLR_KIND_PURCHASE : CLR_KIND_LOAD, .service = (enum clr_service)pick(model, 3),
        .flags = pick(model, 2) ? CLR_FLAG_HAS_PRICE : 0, .amount_fen = pick(model, 8) ? (clr_fen)pick(model, 2000) : 0,
        .trade_day = FIRST_WINDOW - 1, .window = FIRST_WINDOW + (clr_day)pick(model, WINDOWS),
        .issuer = ledger_party(model_code[record.issuer]), .acquirer = ledger_party(model_code[record.acquirer]),
        .issuer_index = ledger_row(version->rules, model_code[record.issuer]), .acquirer_index = ledger_row(version->rules, model_code[record.acquirer]),
    };
    record.trade.price_fen = record.trade.amount_fen + (clr_fen)pick(model, 300) - 50;
    return record;
}

static void book_trade(struct model *model, const struct record *record, int row)
{
    const struct owed nothing = { 0, { 0 }, 0 };
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    struct owed owed;
    bool booked;

    assert_int_equal(clr_obligation_of(model->version[record->version].rules, &record->trade, &key, &sum, &booked), CLR_OK);
    keep(model, &key, &sum, booked);
    reference_owe(model, record, record->trade.window - FIRST_WINDOW, record->trade.kind, record->trade.amount_fen);
    if (row < 0) return;
    owed = owed_of(&model->version[record->version].fee[row], record->trade.amount_fen, discount_of(&record->trade), false);
    reference_fee(model, record, record->trade.window - FIRST_WINDOW, &nothing, &owed, row);
}

static void book_refund(struct model *model, const struct record *record, int row, enum clr_kind kind, int64_t refunded, int64_t refund)
{
    const struct model_version *version = &model->version[record->version];
    const int window = (int)pick(model, WINDOWS);
    const int64_t left = record->trade.amount_fen - refunded, discount = discount_of(&record->trade);
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    struct owed before, after;
    bool booked;

    assert_int_equal(clr_refund_of(version->rules, &record->trade, kind, refunded, refund, FIRST_WINDOW + window, &key, &sum, &booked), CLR_OK);
    keep(model, &key, &sum, booked);
    reference_owe(model, record, window, kind, -refund);
    if (row < 0 || (version->fee[row].keep && kind == CLR_KIND_REFUND) || (kind == CLR_KIND_REFUND && refund == 0)) return;
    before = owed_of(&version->fee[row], left, discount, false);
    after = owed_of(&version->fee[row], left - refund, discount, left == refund);
    reference_fee(model, record, window, &before, &after, row);
}

static void book_adjustment(struct model *model, const struct record *record)
{
    const int window = (int)pick(model, WINDOWS);
    const int64_t adjust = (int64_t)pick(model, 200) - 100;
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;

    assert_int_equal(clr_adjust_of(model->version[record->version].rules, &record->trade, adjust, FIRST_WINDOW + window, &key, &sum, &booked), CLR_OK);
    keep(model, &key, &sum, booked);
    reference_owe(model, record, window, CLR_KIND_ADJUST, adjust);
}

static void book_record(struct model *model)
{
    const struct record record = draw_trade(model);
    const int row = fee_row_of(&model->version[record.version], &record.trade, record.issuer, record.acquirer);
    const int64_t first_part = (int64_t)pick(model, (uint64_t)record.trade.amount_fen + 1);

    book_trade(model, &record, row);
    switch (pick(model, 6)) {
    case 0:
        book_refund(model, &record, row, CLR_KIND_REVERSAL, 0, record.trade.amount_fen);
        break;
    case 1:
        book_refund(model, &record, row, CLR_KIND_REFUND, 0, first_part);
        if (pick(model, 2)) book_refund(model, &record, row, CLR_KIND_REFUND, first_part, record.trade.amount_fen - first_part);
        break;
    case 2:
        book_adjustment(model, &record);
        break;
    default:
        break;
    }
}

void model_create(struct model *model, uint64_t seed, int trades)
{
    memset(model, 0, sizeof *model);
    model->seed = seed;
    for (int i = 0; i < VERSIONS; i++) draw_version(model, i);
    for (int i = 0; i < 2; i++) clr_cells_init(&model->cells[i]);
    for (int i = 0; i < trades; i++) book_record(model);
}

void model_destroy(struct model *model)
{
    for (int i = 0; i < 2; i++) clr_cells_free(&model->cells[i]);
    for (int i = 0; i < VERSIONS; i++) clr_rules_destroy(model->version[i].rules);
}

const struct clr_cell **model_cells(const struct model *model, uint64_t shuffle, size_t *count)
{
    const struct clr_cell **cell = malloc((model->cells[0].count + model->cells[1].count + 1) * sizeof *cell);

    *count = 0;
    for (int set = 0; set < 2; set++) {
        for (size_t i = 0; i < model->cells[set].capacity; i++) {
            if (model->cells[set].used[i]) cell[(*count)++] = &model->cells[set].slot[i];
        }
    }
    for (size_t i = *count; shuffle != 0 && i > 1; i--) {
        const size_t other = draw_below(&shuffle, i);
        const struct clr_cell *moved = cell[i - 1];
        cell[i - 1] = cell[other];
        cell[other] = moved;
    }
    return cell;
}

/* ---- the reference: levels ---- */

static int level_of(const struct model *model, enum clr_level level, int person)
{
    const struct model_version *now = &model->version[VERSIONS - 1], *old = &model->version[0];
    int at = person;

    if (level == CLR_LEVEL_PARTICIPANT) return person;
    if (level == CLR_LEVEL_REGION) {
        const int region = now->gone[person] ? old->region[person] : now->region[person];
        return region >= 0 ? region : person;
    }
    while (!now->gone[person] && now->via[at] >= 0) at = now->via[at];
    return at;
}

static void close_total(const struct model *model, int version, int row, int issuer, int acquirer, int window, struct model_table *table)
{
    const struct model_fee *fee = &model->version[version].fee[row];
    const clr_wide numerator = model->total[version][row][issuer][acquirer][window].numerator;
    const int64_t count = model->total[version][row][issuer][acquirer][window].count;
    clr_wide whole = ((numerator < 0 ? -numerator : numerator) * 2 + CLR_PPM) / (2 * CLR_PPM), part[3];

    if (numerator == 0 && count == 0) return;
    if (numerator < 0) whole = -whole;
    if (whole > 0 && whole < fee->min) whole = fee->min;
    if (whole > 0 && fee->max >= 0 && whole > fee->max) whole = fee->max;
    part[0] = whole * fee->issuer_share / CLR_PPM;
    part[1] = whole * fee->centre_share / CLR_PPM;
    part[2] = whole - part[0] - part[1];
    pay_fee(table, fee, window, issuer, ISSUERS + acquirer, part, count);
}

static void close_totals(const struct model *model, struct model_table *table)
{
    for (int version = 0; version < VERSIONS; version++) {
        for (int row = 0; row < model->version[version].fee_count; row++) {
            for (int pair = 0; pair < ISSUERS * ACQUIRERS; pair++) {
                for (int window = 0; window < WINDOWS; window++) {
                    close_total(model, version, row, pair / ACQUIRERS, pair % ACQUIRERS, window, table);
                }
            }
        }
    }
}

void model_matrix(const struct model *model, enum clr_level level, struct model_table *out)
{
    struct model_table *between = malloc(sizeof *between);

    *between = model->flow;
    close_totals(model, between);
    memset(out, 0, sizeof *out);
    for (int window = 0; window < WINDOWS; window++) {
        for (int payer = 0; payer < PEOPLE; payer++) {
            for (int payee = 0; payee < PEOPLE; payee++) {
                for (int kind = 0; kind < CLR_KIND_COUNT; kind++) {
                    flow(out, window, level_of(model, level, payer), level_of(model, level, payee), kind,
                         between->at[window][payer][payee][kind].amount, between->at[window][payer][payee][kind].count);
                }
            }
        }
    }
    free(between);
}
