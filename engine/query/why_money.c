/* why_money.c: who owes whom for the record, and its fee with the arithmetic written out. See explain.h. */
#include <stdio.h>
#include <stdlib.h>

#include "clear/obligation.h"
#include "query/explain.h"
#include "settle/book.h"
#include "settle/original.h"

/* ---- the fee ---- */

static const char *on_en(const struct clr_fee_row *row)
{
    return row->on == CLR_FEE_ON_AMOUNT ? "amount" : row->on == CLR_FEE_ON_DISCOUNT ? "discount" : "count";
}
static const char *on_zh(const struct clr_fee_row *row)
{
    return row->on == CLR_FEE_ON_AMOUNT ? "金额" : row->on == CLR_FEE_ON_DISCOUNT ? "优惠额" : "笔数";
}

static const char *payer_of(const struct clr_rules *rules, const struct clr_fee_row *row, const struct clr_name *issuer,
                            const struct clr_name *acquirer)
{
    if (row->payer == CLR_FEE_PAYER_ACQUIRER) return acquirer->code;
    return row->payer == CLR_FEE_PAYER_ISSUER ? issuer->code : rules->participant[row->payer].code;
}

/** fen with six decimals, exactly. */
static void ppm_text(clr_wide numerator, char *text, size_t size)
{
    const bool negative = numerator < 0;
    const clr_wide magnitude = negative ? -numerator : numerator;
    snprintf(text, size, "%s%lld.%06lld", negative ? "-" : "", (long long)(magnitude / CLR_PPM), (long long)(magnitude % CLR_PPM));
}

static void limits_text(const struct clr_fee_row *row, char *text, size_t size)
{
    if (row->max_fen == INT64_MAX)
        snprintf(text, size, "[%lld, ∞)", (long long)row->min_fen);
    else
        snprintf(text, size, "[%lld, %lld]", (long long)row->min_fen, (long long)row->max_fen);
}

static enum clr_status say_shares(struct clr_account *account, const struct clr_fee_row *row, const struct clr_cell_sum *sum,
                                  const char *payer)
{
    const clr_fen rest_fen = sum->fee_fen - sum->fee_issuer_fen - sum->fee_centre_fen;
    return clr_why_say(
        account, "fee-shares", true,
        "%s pays %lld fen: issuer ⌊%u ppm⌋ = %lld, centre ⌊%u ppm⌋ = %lld, acquirer the rest %lld; a share to the payer itself moves nothing",
        "%s 支付 %lld 分：发卡方 ⌊%u ppm⌋ = %lld，中心 ⌊%u ppm⌋ = %lld，其余 %lld 归收单方；归付款方自身的部分不划转", payer,
        (long long)sum->fee_fen, row->issuer_share_ppm, (long long)sum->fee_issuer_fen, row->centre_share_ppm,
        (long long)sum->fee_centre_fen, (long long)rest_fen);
}

static enum clr_status say_fee(struct clr_account *account, const struct clr_rules *rules, const struct clr_cell_key *key,
                               const struct clr_cell_sum *sum, const struct clr_name *issuer, const struct clr_name *acquirer)
{
    char exact[64], limits[64];

    if (key->fee_row == CLR_FEE_NONE || key->fee_row >= rules->fee_count)
        return clr_why_say(account, "fee", true, "no row of fees.csv fits (rules version %u)", "费率表无适用行（规则版本 %u）",
                           key->rules_version);
    const struct clr_fee_row *const row = &rules->fee[key->fee_row];
    const char *const payer = payer_of(rules, row, issuer, acquirer);
    const clr_fen base_fen = row->on == CLR_FEE_ON_AMOUNT ? sum->amount_fen : row->on == CLR_FEE_ON_DISCOUNT ? sum->discount_fen : 1;
    if (sum->fee_count == 0)
        return clr_why_say(account, "fee", true, "row %u of fees.csv (on %s%.0s): nothing to charge, or kept on a refund",
                           "费率表第 %u 行（%.0s按%s）：无可计费，或退款不退费", key->fee_row + 1u, on_en(row), on_zh(row));
    if (account->verdict.first.reasons == account->verdict.reasons && key->kind != CLR_KIND_REFUND && key->kind != CLR_KIND_REVERSAL) {
        const clr_wide numerator = (clr_wide)row->rate_ppm * base_fen + (clr_wide)row->fixed_fen * CLR_PPM;
        ppm_text(numerator, exact, sizeof exact);
        limits_text(row, limits, sizeof limits);
        CLR_TRY(clr_why_say(account, "fee", true, "row %u of fees.csv, on %s%.0s: %lld ppm × %lld / 10^6 + %lld fixed = %s fen; limits %s",
                            "费率表第 %u 行，%.0s按%s：%lld ppm × %lld / 10^6 + 固定 %lld = %s 分；限额 %s", key->fee_row + 1u, on_en(row),
                            on_zh(row), (long long)row->rate_ppm, (long long)base_fen, (long long)row->fixed_fen, exact, limits));
    } else {
        CLR_TRY(clr_why_say(account, "fee", true, "row %u of fees.csv, on %s%.0s, rules version %u",
                            "费率表第 %u 行，%.0s按%s，规则版本 %u", key->fee_row + 1u, on_en(row), on_zh(row), key->rules_version));
    }
    if (!row->total) return say_shares(account, row, sum, payer);
    ppm_text(sum->fee_numerator, exact, sizeof exact);
    return clr_why_say(account, "fee-total", true, "%s pays it; %s fen are added to the window's sum exactly, rounded once at the close",
                       "由 %s 支付；%s 分精确累计入窗口合计，关窗时一次舍入", payer, exact);
}

/* ---- the obligation ---- */

static enum clr_status say_cell(struct clr_account *account, const struct clr_cell_key *key, const struct clr_cell_sum *sum,
                                struct clr_fault *fault)
{
    const struct clr_name issuer = clr_store_party_name(account->store, key->issuer),
                          acquirer = clr_store_party_name(account->store, key->acquirer);
    const struct clr_name *const payer = key->direction == 0 ? &issuer : &acquirer, *const payee =
                                                                                        key->direction == 0 ? &acquirer : &issuer;
    const struct clr_term kind = clr_kind_term(key->kind);
    const struct clr_rules *rules;
    char amount[CLR_YUAN_TEXT_SIZE], window[CLR_DAY_TEXT_SIZE];

    CLR_TRY(clr_store_rules_get(account->store, key->rules_version, &rules, fault));
    clr_yuan_text(sum->amount_fen, amount);
    clr_day_text(key->window, window);
    CLR_TRY(clr_why_say(account, "obligation", true, "%s pays %s %s yuan (%s%.0s), window %s, rules version %u",
                        "%s 应付 %s %s 元（%.0s%s），窗口 %s，规则版本 %u", payer->code, payee->code, amount, kind.en, kind.zh, window,
                        key->rules_version));
    return say_fee(account, rules, key, sum, &issuer, &acquirer);
}

/** What an event booked stands under its number. */
static enum clr_status say_event(struct clr_account *account, bool *any, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint8_t prefix[9] = { 'e' };
    enum clr_status status;

    *any = false;
    clr_put_be64(prefix + 1, account->verdict.event);
    CLR_TRY(clr_scan_open(account->tx, CLR_TABLE_delta, prefix, sizeof prefix, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_cell_key cell;
        struct clr_cell_sum sum;
        if (key.size != sizeof prefix + CLR_CELL_KEY_SIZE || value.size != CLR_CELL_SUM_SIZE) {
            status = CLR_DAMAGED;
            break;
        }
        clr_cell_key_unpack(key.data + sizeof prefix, &cell);
        clr_cell_sum_unpack(value.data, &sum);
        *any = true;
        status = say_cell(account, &cell, &sum, fault);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status say_nothing(struct clr_account *account)
{
    const uint16_t flags = account->txn.flags;
    const struct clr_term kind = clr_kind_term(account->txn.kind);
    if (flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY))
        return clr_why_say(account, "obligation", true, "none: bonus purse or pass", "无：优惠钱包或月票");
    if (account->txn.kind != CLR_KIND_PURCHASE && account->txn.kind != CLR_KIND_LOAD)
        return clr_why_say(account, "obligation", true, "none: a %s%.0s moves no money of its own", "无：%.0s%s本身不产生债务", kind.en,
                           kind.zh);
    return clr_why_say(account, "obligation", true, "none: 0 fen, and no fee on the count", "无：金额为0，且无按笔费用");
}

static enum clr_status say_cells(struct clr_account *account, const struct clr_cells *cells, struct clr_fault *fault)
{
    size_t count = 0;
    const struct clr_cell **const sorted = clr_cells_sorted(cells, &count);
    enum clr_status status = sorted != NULL ? CLR_OK : CLR_FULL;
    for (size_t i = 0; i < count && status == CLR_OK; i++) status = say_cell(account, &sorted[i]->key, &sorted[i]->sum, fault);
    free(sorted);
    if (status != CLR_OK || count > 0) return status;
    return say_nothing(account);
}

/** What the file booked for the record: the same computation on the same row or move. */
static enum clr_status say_booked(struct clr_account *account, struct clr_fault *fault)
{
    struct clr_move move = { .record = 0 };
    struct clr_cells cells;
    struct clr_booking booking = { .rules = account->rules, .txn = account->has_row ? &account->row.txn : &account->txn };
    if (clr_format_is_alone(account->file.format)) {
        CLR_TRY(clr_move_get(account->tx, account->verdict.id, &move, fault));
        booking.txn = &move.txn;
        booking.move = &move;
    }
    booking.issuer = booking.txn->issuer;
    booking.acquirer = booking.txn->acquirer;
    booking.window = booking.txn->window;
    booking.issuer_index = clr_store_participant(account->store, account->rules, booking.issuer);
    booking.acquirer_index = clr_store_participant(account->store, account->rules, booking.acquirer);
    clr_cells_init(&cells);
    enum clr_status status = booking.txn->kind == CLR_KIND_PURCHASE || booking.txn->kind == CLR_KIND_LOAD ? clr_book(&booking, &cells) : CLR_OK;
    if (status == CLR_OK) status = say_cells(account, &cells, fault);
    clr_cells_free(&cells);
    clr_move_free(&move);
    return status;
}

enum clr_status clr_why_money(struct clr_account *account, struct clr_fault *fault)
{
    const enum clr_verdict verdict = clr_verdict_of(account->verdict.reasons);
    const struct clr_term term = clr_verdict_term(verdict);
    bool any = false;

    if (verdict != CLR_VERDICT_ACCEPTED)
        return clr_why_say(account, "obligation", false, "none: the record is %s%.0s", "无：该记录为%.0s%s", term.en, term.zh);
    if (account->verdict.event != 0) CLR_TRY(say_event(account, &any, fault));
    if (any || !account->has_txn || clr_kind_is_about_original(account->txn.kind)) return CLR_OK;
    /* An event may have booked nothing (an entry, a pass); one that only superseded a twin leaves the file's booking as it was. */
    if (clr_verdict_of(account->verdict.first.reasons) != CLR_VERDICT_ACCEPTED) return say_nothing(account);
    return say_booked(account, fault);
}
