/* toll.c: who is owed which part of a toll. See toll.h. */
#include "clear/toll.h"

#include <stdio.h>

#include "model/rules_split.h"

int clr_toll_station(const struct clr_rules *rules, enum clr_format format, struct clr_bytes station, clr_day day)
{
    return clr_rules_alias(rules, CLR_ROLE_OWNER, CLR_PRODUCT_TOLL, format, "station", station, day);
}

/* ---- shares ---- */

static void lacks(struct clr_toll_shares *out, uint64_t reason, enum clr_split_gap gap, struct clr_bytes seen)
{
    /* The first thing found missing is what people are told. */
    if (out->reasons == 0) {
        out->gap = gap;
        out->seen = seen;
    }
    out->reasons |= reason;
}

/** Owner of a unit, −1 when there is none: a reason, if the unit gets something. */
static int owner_of(const struct clr_rules *rules, const struct clr_toll_exit *exit, struct clr_bytes unit, bool needed,
                    struct clr_toll_shares *out)
{
    struct clr_rules_unit found;
    const enum clr_rules_unit_state state = clr_rules_unit(rules, unit, exit->journey_day, &found);

    if (needed && state == CLR_RULES_UNIT_UNKNOWN) lacks(out, CLR_REASON_MASK(SPLIT_INCOMPLETE), CLR_SPLIT_UNKNOWN_UNIT, unit);
    if (needed && state == CLR_RULES_UNIT_OWNER_GONE) lacks(out, CLR_REASON_MASK(UNKNOWN_PARTICIPANT), CLR_SPLIT_WHOLE, unit);
    return found.owner;
}

static void share_units(const struct clr_rules *rules, const struct clr_toll_exit *exit, const struct clr_split_list *list, clr_fen own_fen,
                        struct clr_toll_shares *out)
{
    clr_fen share_fen[CLR_SPLIT_UNITS_MAX];

    out->way = clr_split_share(list, own_fen, share_fen);
    for (size_t i = 0; i < list->count; i++) {
        struct clr_toll_share *const share = &out->share[out->count++];

        *share = (struct clr_toll_share){ .payee = -1, .share_fen = share_fen[i] };
        if (list->has_charges) share->gain_fen = share_fen[i] - list->charge_fen[i];
        if (share->share_fen != 0 || share->gain_fen != 0) share->payee = owner_of(rules, exit, list->unit[i], share->share_fen != 0, out);
    }
}

/** One's own part, over the exit's lists or those of gantry rows. */
static void share_own(const struct clr_rules *rules, const struct clr_toll_exit *exit, clr_fen own_fen, struct clr_toll_shares *out)
{
    struct clr_split_list own_list;
    enum clr_split_gap gap = CLR_SPLIT_WHOLE;
    const struct clr_split_list *list = exit->list;

    if (own_fen == 0) return;
    if (list == NULL) {
        gap = clr_split_read(&own_list, exit->units, exit->charges, exit->dues);
        list = &own_list;
    } else if (list->count == 0) {
        gap = CLR_SPLIT_NO_LIST;
    }
    if (gap != CLR_SPLIT_WHOLE) lacks(out, CLR_REASON_MASK(SPLIT_INCOMPLETE), gap, clr_bytes_of(NULL, 0));
    else share_units(rules, exit, list, own_fen, out);
}

/** Nothing came that would split it: it waits with the owner of the exit station. */
static void suspend(const struct clr_rules *rules, const struct clr_toll_exit *exit, clr_fen own_fen, struct clr_toll_shares *out)
{
    const int owner = clr_toll_station(rules, exit->format, exit->station, exit->journey_day);

    out->count = 0;
    out->reasons = 0;
    out->suspense = true;
    out->way = CLR_SPLIT_TO_EXIT;
    if (owner < 0) lacks(out, CLR_REASON_MASK(UNKNOWN_PARTICIPANT), CLR_SPLIT_WHOLE, exit->station);
    else out->share[out->count++] = (struct clr_toll_share){ .payee = owner, .share_fen = own_fen };
}

static void share_provinces(const struct clr_rules *rules, const struct clr_toll_exit *exit, const struct clr_split_provinces *provinces,
                            struct clr_toll_shares *out)
{
    for (size_t i = 0; i < provinces->count; i++) {
        char code[16];

        snprintf(code, sizeof code, "province:%02d", provinces->other[i].province);
        const int payee = clr_rules_participant(rules, clr_bytes_text(code), exit->journey_day);
        if (payee < 0) lacks(out, CLR_REASON_MASK(UNKNOWN_PARTICIPANT), CLR_SPLIT_WHOLE, exit->province_parts);
        out->share[out->count++] = (struct clr_toll_share){ .payee = payee, .share_fen = provinces->other[i].part_fen };
    }
}

void clr_toll_split(const struct clr_rules *rules, const struct clr_toll_exit *exit, bool suspense, struct clr_toll_shares *out)
{
    const int own = clr_rules_own_province(rules, CLR_PRODUCT_TOLL, exit->journey_day);
    struct clr_split_provinces provinces;

    out->reasons = 0;
    out->gap = CLR_SPLIT_WHOLE;
    out->way = CLR_SPLIT_AS_CHARGED;
    out->suspense = false;
    out->seen = clr_bytes_of(NULL, 0);
    out->count = 0;
    if (exit->amount_fen == 0) return;
    const enum clr_split_gap gap = clr_split_by_province(exit->amount_fen, exit->provinces, exit->province_parts, own, &provinces);
    if (gap != CLR_SPLIT_WHOLE) lacks(out, CLR_REASON_MASK(SPLIT_INCOMPLETE), gap, exit->provinces);
    else share_own(rules, exit, provinces.own_fen, out);
    if (out->reasons != 0 && suspense) suspend(rules, exit, provinces.own_fen, out);
    if (gap == CLR_SPLIT_WHOLE) share_provinces(rules, exit, &provinces, out);
}

/* ---- cells ---- */

/** The first payee: its cell bears what belongs to the record as a whole. NULL: nobody is owed anything. */
static const struct clr_toll_share *first_share(const struct clr_toll_shares *shares)
{
    for (size_t i = 0; i < shares->count; i++) {
        if (shares->share[i].share_fen != 0) return &shares->share[i];
    }
    return NULL;
}

/** The trade between the payer and the first payee, on the whole amount. */
static struct clr_trade head_of(const struct clr_rules *rules, const struct clr_trade *trade, const struct clr_toll_share *first)
{
    struct clr_trade head = *trade;

    head.acquirer_index = first->payee;
    head.acquirer = rules->participant[first->payee].party;
    return head;
}

/** A cell a share: the parts of each payee; the record's own figures with the first. Cells of one payee sum by themselves. */
static enum clr_status add_cells(const struct clr_rules *rules, const struct clr_toll_shares *shares, const clr_fen *part_fen,
                                 const struct clr_cell_key *head_key, const struct clr_cell_sum *head_sum, struct clr_cells *cells)
{
    struct clr_cell_sum head = *head_sum;

    head.amount_fen = 0;
    CLR_TRY(clr_cells_add(cells, head_key, &head, 1));
    for (size_t i = 0; i < shares->count; i++) {
        const struct clr_cell_sum sum = { .amount_fen = part_fen[i] };
        struct clr_cell_key key = *head_key;

        if (part_fen[i] == 0) continue;
        key.acquirer = rules->participant[shares->share[i].payee].party;
        if (key.acquirer != head_key->acquirer) key.fee_row = CLR_FEE_NONE;
        CLR_TRY(clr_cells_add(cells, &key, &sum, 1));
    }
    return CLR_OK;
}

static void copy_shares(const struct clr_toll_shares *shares, clr_fen *fen)
{
    for (size_t i = 0; i < shares->count; i++) fen[i] = shares->share[i].share_fen;
}

enum clr_status clr_toll_book(const struct clr_rules *rules, const struct clr_trade *trade, const struct clr_toll_shares *shares,
                              struct clr_cells *cells)
{
    const struct clr_toll_share *const first = first_share(shares);
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    clr_fen part_fen[CLR_TOLL_SHARES_MAX];
    bool booked;

    CLR_ASSERT(shares->reasons == 0);
    if (first == NULL) return CLR_OK;
    const struct clr_trade head = head_of(rules, trade, first);
    CLR_TRY(clr_obligation_of(rules, &head, &key, &sum, &booked));
    if (!booked) return CLR_OK;
    copy_shares(shares, part_fen);
    return add_cells(rules, shares, part_fen, &key, &sum, cells);
}

void clr_toll_remaining(const struct clr_toll_shares *shares, clr_fen *remaining_fen) { copy_shares(shares, remaining_fen); }

enum clr_status clr_toll_book_refund(const struct clr_rules *rules, const struct clr_trade *original, const struct clr_toll_shares *shares,
                                     clr_fen *remaining_fen, enum clr_kind kind, clr_fen refund_fen, clr_day window, struct clr_cells *cells)
{
    const struct clr_toll_share *const first = first_share(shares);
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    clr_fen part_fen[CLR_TOLL_SHARES_MAX], left_fen = 0;
    bool booked;

    if (first == NULL) return refund_fen == 0 ? CLR_OK : CLR_INTERNAL;
    for (size_t i = 0; i < shares->count; i++) left_fen += remaining_fen[i];
    if (!clr_split_refund(remaining_fen, shares->count, refund_fen, part_fen)) return CLR_INTERNAL;
    const struct clr_trade head = head_of(rules, original, first);
    CLR_TRY(clr_refund_of(rules, &head, kind, head.amount_fen - left_fen, refund_fen, window, &key, &sum, &booked));
    return booked ? add_cells(rules, shares, part_fen, &key, &sum, cells) : CLR_OK;
}

enum clr_status clr_toll_book_adjust(const struct clr_rules *rules, const struct clr_trade *original, const struct clr_toll_shares *shares,
                                     clr_fen adjust_fen, clr_day window, struct clr_cells *cells)
{
    const struct clr_toll_share *const first = first_share(shares);
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    clr_fen part_fen[CLR_TOLL_SHARES_MAX];
    bool booked;

    if (first == NULL) return CLR_INTERNAL;
    const struct clr_trade head = head_of(rules, original, first);
    CLR_TRY(clr_adjust_of(rules, &head, adjust_fen, window, &key, &sum, &booked));
    if (!booked) return CLR_OK;
    copy_shares(shares, part_fen);
    const bool weighed = clr_split_weigh(sum.amount_fen, part_fen, shares->count, part_fen);
    CLR_ASSERT(weighed);                                     /* some share is not 0 */
    return add_cells(rules, shares, part_fen, &key, &sum, cells);
}

enum clr_status clr_toll_gains_add(const struct clr_toll_shares *shares, clr_fen *gain_fen)
{
    for (size_t i = 0; i < shares->count; i++) {
        const struct clr_toll_share *const share = &shares->share[i];

        if (share->gain_fen != 0 && share->payee >= 0) CLR_TRY(clr_fen_add(&gain_fen[share->payee], share->gain_fen));
    }
    return CLR_OK;
}
