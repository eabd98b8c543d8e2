/*
 * transfer.c: the payments that settle a window's members through the centre's books.
 *
 * Each matrix row gives two legs, payer minus and payee plus; legs of one member and part add up, and what is left is one payment
 * between the member and the centre. How rows fall into parts is the netting mode.
 */
#include "settle/position.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settle/place.h"

enum netting { NETTING_FULL, NETTING_GROSS_BY_KIND, NETTING_FEE_GROSS, NETTING_COUNT };

enum { PART_NET, PART_FEE_PAID, PART_FEE_RECEIVED };     /* of fee-gross; gross-by-kind takes the kind as part */

struct leg {
    const struct clr_name *member;
    uint8_t product;
    clr_day window;
    unsigned part;
    clr_fen amount_fen;              /* + receives */
};

struct payment {
    struct clr_transfer transfer;
    unsigned part;
};

struct maker {
    const struct clr_rules *current;
    struct clr_fault *fault;
    struct leg *leg;          size_t leg_count;
    struct payment *payment;  size_t payment_count;
};

/* ---- legs ---- */

static enum clr_status netting_of(const struct maker *maker, uint8_t product, enum netting *out)
{
    static const char *const names[NETTING_COUNT] = { "full", "gross-by-kind", "fee-gross" };
    const char *asked = product < CLR_PRODUCT_COUNT ? maker->current->product[product].netting : NULL;

    *out = NETTING_FULL;
    if (asked == NULL || asked[0] == '\0') return CLR_OK;
    for (unsigned i = 0; i < NETTING_COUNT; i++) {
        *out = (enum netting)i;
        if (strcmp(asked, names[i]) == 0) return CLR_OK;
    }
    return clr_fault_say(maker->fault, CLR_USAGE,
        "windows.ini: netting = %s is none of full, gross-by-kind, fee-gross (product %s)",
        "windows.ini：netting = %s 不是 full、gross-by-kind、fee-gross 之一（产品 %s）", asked, clr_product_term(product).name);
}

static void add_leg(struct maker *maker, const struct clr_matrix_row *row, const struct clr_name *member, unsigned part, clr_fen amount_fen)
{
    maker->leg[maker->leg_count++] = (struct leg){ member, row->product, row->window, part, amount_fen };
}

static enum clr_status take_row(struct maker *maker, const struct clr_matrix_row *row)
{
    const bool fee = row->kind == CLR_KIND_FEE;
    const struct clr_name *payer = &row->payer, *payee = &row->payee;
    clr_fen amount_fen = row->amount_fen, minus_fen;
    enum netting netting;

    CLR_TRY(netting_of(maker, row->product, &netting));
    if (__builtin_sub_overflow(0, amount_fen, &minus_fen)) return CLR_OVERFLOW;
    if (netting == NETTING_GROSS_BY_KIND) {
        add_leg(maker, row, payer, row->kind, minus_fen);
        add_leg(maker, row, payee, row->kind, amount_fen);
    } else if (netting == NETTING_FEE_GROSS && fee) {
        const bool back = amount_fen < 0;            /* more fees came back than were charged: the payee pays */
        add_leg(maker, row, back ? payee : payer, PART_FEE_PAID, back ? amount_fen : minus_fen);
        add_leg(maker, row, back ? payer : payee, PART_FEE_RECEIVED, back ? minus_fen : amount_fen);
    } else {
        add_leg(maker, row, payer, PART_NET, minus_fen);
        add_leg(maker, row, payee, PART_NET, amount_fen);
    }
    return CLR_OK;
}

static int compare_legs(const void *left, const void *right)
{
    const struct leg *a = left, *b = right;
    int order;

    if (a->product != b->product) return a->product < b->product ? -1 : 1;
    if (a->window != b->window) return a->window < b->window ? -1 : 1;
    order = strcmp(a->member->code, b->member->code);
    if (order != 0) return order;
    return a->part < b->part ? -1 : a->part > b->part;
}

/** One leg a member and part. The sum is taken in 128 bits, so that no order of the rows can overflow on the way. */
static enum clr_status merge_legs(struct maker *maker)
{
    size_t kept = 0;

    qsort(maker->leg, maker->leg_count, sizeof *maker->leg, compare_legs);
    for (size_t i = 0; i < maker->leg_count; ) {
        const struct leg first = maker->leg[i];
        clr_wide sum = 0;
        for (; i < maker->leg_count && compare_legs(&first, &maker->leg[i]) == 0; i++) sum += maker->leg[i].amount_fen;
        if (sum > INT64_MAX || sum < -INT64_MAX) return CLR_OVERFLOW;
        maker->leg[kept] = first;
        maker->leg[kept++].amount_fen = (clr_fen)sum;
    }
    maker->leg_count = kept;
    return CLR_OK;
}

/* ---- transfers ---- */

/** The centre's own member: its books. */
static enum clr_status find_centre(const struct maker *maker, const struct leg *leg, const struct clr_participant **out)
{
    const int row = clr_rules_centre(maker->current, (enum clr_product)leg->product, leg->window);
    char day[CLR_DAY_TEXT_SIZE];

    if (row >= 0) {
        const int member = clr_rules_member(maker->current, row, leg->window);
        const char *code = maker->current->participant[member].code;
        *out = &maker->current->participant[clr_places_row(maker->current, code, leg->window)];
        return CLR_OK;
    }
    return clr_fault_say(maker->fault, CLR_USAGE,
        "participants.csv has no centre for %s that is valid on %s, so that window cannot be settled: add one and load the rules",
        "participants.csv 中没有产品 %s 在 %s 有效的清算中心，该窗口无法结算：请增加后重新加载规则",
        clr_product_term(leg->product).name, clr_day_text(leg->window, day));
}

static void add_transfer(struct maker *maker, const struct leg *leg, const struct clr_participant *centre)
{
    const struct clr_name own = { centre->code, centre->name_zh, centre->name_en, (int)centre->role };
    const int row = clr_places_row(maker->current, leg->member->code, leg->window);
    const struct clr_participant *member = row >= 0 ? &maker->current->participant[row] : NULL;
    const bool pays = leg->amount_fen < 0;

    maker->payment[maker->payment_count++] = (struct payment){ .part = leg->part, .transfer = {
        .product = leg->product,
        .window = leg->window,
        .payer = pays ? *leg->member : own,
        .payee = pays ? own : *leg->member,
        .account = member != NULL && member->account != NULL ? member->account : "",
        .bank = member != NULL && member->bank != NULL ? member->bank : "",
        .amount_fen = pays ? -leg->amount_fen : leg->amount_fen,
        .settlement_day = clr_rules_settlement_day(maker->current, (enum clr_product)leg->product, leg->window),
    } };
}

static enum clr_status pay_legs(struct maker *maker)
{
    const struct clr_participant *centre = NULL;
    const struct leg *centre_of = NULL;

    for (size_t i = 0; i < maker->leg_count; i++) {
        const struct leg *leg = &maker->leg[i];
        if (leg->amount_fen == 0) continue;
        if (centre_of == NULL || centre_of->product != leg->product || centre_of->window != leg->window) {
            CLR_TRY(find_centre(maker, leg, &centre));
            centre_of = leg;
        }
        if (strcmp(leg->member->code, centre->code) != 0) add_transfer(maker, leg, centre);
    }
    return CLR_OK;
}

static int compare_payments(const void *left, const void *right)
{
    const struct payment *a = left, *b = right;
    int order;

    if (a->transfer.product != b->transfer.product) return a->transfer.product < b->transfer.product ? -1 : 1;
    if (a->transfer.window != b->transfer.window) return a->transfer.window < b->transfer.window ? -1 : 1;
    order = strcmp(a->transfer.payer.code, b->transfer.payer.code);
    if (order == 0) order = strcmp(a->transfer.payee.code, b->transfer.payee.code);
    if (order != 0) return order;
    return a->part < b->part ? -1 : a->part > b->part;
}

static void name_transfer(struct clr_transfer *transfer, unsigned number)
{
    int year, month, day;

    clr_day_to_date(transfer->window, &year, &month, &day);
    snprintf(transfer->id, sizeof transfer->id, "%s-%04d%02d%02d-%04u", clr_product_term(transfer->product).name, year, month, day, number);
}

/** Sort the payments and hand them out as numbered transfers. */
static enum clr_status number_transfers(struct maker *maker, struct clr_transfer **out)
{
    struct clr_transfer *transfer = malloc((maker->payment_count + 1) * sizeof *transfer);
    unsigned number = 0;

    if (transfer == NULL) return CLR_FULL;
    qsort(maker->payment, maker->payment_count, sizeof *maker->payment, compare_payments);
    for (size_t i = 0; i < maker->payment_count; i++) {
        transfer[i] = maker->payment[i].transfer;
        number = i > 0 && transfer[i].product == transfer[i - 1].product && transfer[i].window == transfer[i - 1].window ? number + 1 : 1;
        name_transfer(&transfer[i], number);
    }
    *out = transfer;
    return CLR_OK;
}

static enum clr_status make(struct maker *maker, const struct clr_ledger *members, struct clr_transfer **out)
{
    for (size_t i = 0; i < members->matrix_count; i++) {
        const struct clr_matrix_row *row = &members->matrix[i];
        if (strcmp(row->payer.code, row->payee.code) != 0) CLR_TRY(take_row(maker, row));
    }
    CLR_TRY(merge_legs(maker));
    CLR_TRY(pay_legs(maker));
    return number_transfers(maker, out);
}

enum clr_status clr_transfers_build(const struct clr_ledger *members, const struct clr_rules *current,
                                    struct clr_transfer **out, size_t *count, struct clr_fault *fault)
{
    const size_t most = members->matrix_count * 2 + 1;
    struct maker maker = { .current = current, .fault = fault };
    enum clr_status status = CLR_FULL;

    *out = NULL;
    *count = 0;
    maker.leg = malloc(most * sizeof *maker.leg);
    maker.payment = malloc(most * sizeof *maker.payment);
    if (maker.leg != NULL && maker.payment != NULL) status = make(&maker, members, out);
    if (status == CLR_OK) *count = maker.payment_count;
    free(maker.leg);
    free(maker.payment);
    return status;
}
