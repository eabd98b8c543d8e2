/* why_split.c: how a toll was split, or why it could not be: the way, then each share with its arithmetic's inputs. See explain.h. */
#include <stdio.h>

#include "model/rules_split.h"
#include "query/explain.h"
#include "settle/book_toll.h"

/** Rules by which it was booked: those that the event's obligation names; what waits is asked by the latest. */
static enum clr_status rules_of(struct clr_account *account, const struct clr_rules **out, struct clr_fault *fault)
{
    uint8_t prefix[9] = { 'e' };
    struct clr_scan scan;
    struct clr_bytes key, value;
    struct clr_cell_key cell;
    *out = account->rules;
    if (clr_verdict_of(account->verdict.reasons) != CLR_VERDICT_ACCEPTED) return clr_store_rules_get(account->store, account->store->rules_count, out, fault);
    if (account->verdict.event == 0) return CLR_OK;
    clr_put_be64(prefix + 1, account->verdict.event);
    CLR_TRY(clr_scan_open(account->tx, CLR_TABLE_delta, prefix, sizeof prefix, &scan, fault));
    const enum clr_status status = clr_scan_next(&scan, &key, &value, fault);
    if (status == CLR_OK && key.size == sizeof prefix + CLR_CELL_KEY_SIZE) clr_cell_key_unpack(key.data + sizeof prefix, &cell);
    clr_scan_close(&scan);
    if (status != CLR_OK) return status == CLR_NOT_FOUND ? CLR_OK : status;
    return clr_store_rules_get(account->store, cell.rules_version, out, fault);
}

static enum clr_status say_gap(struct clr_account *account, const struct clr_toll_shares *shares)
{
    const bool unknown = shares->gap == CLR_SPLIT_WHOLE;
    char seen[96];
    clr_show_text(shares->seen, seen, sizeof seen);
    return clr_why_say(account, "split", false, "%s%.0s%s%s", "%.0s%s%s%s",
                       unknown ? "no participant on that day for" : clr_split_gap_en(shares->gap),
                       unknown ? "当日没有对应的参与方：" : clr_split_gap_zh(shares->gap), shares->seen.size > 0 ? " " : "", seen);
}

static const char *way_en(enum clr_split_way way)
{
    switch (way) {
    case CLR_SPLIT_AS_CHARGED: return "the units' charges sum to the own part and are taken as they are";
    case CLR_SPLIT_BY_CHARGES: return "the own part by running sums of the units' charges";
    case CLR_SPLIT_BY_DUES: return "the own part by running sums of the units' dues";
    case CLR_SPLIT_TO_EXIT: return "no weights: the own part goes to the exit unit";
    }
    return "";
}
static const char *way_zh(enum clr_split_way way)
{
    switch (way) {
    case CLR_SPLIT_AS_CHARGED: return "各单元实收之和等于本省金额，按实收入账";
    case CLR_SPLIT_BY_CHARGES: return "本省金额按各单元实收的累计值拆分";
    case CLR_SPLIT_BY_DUES: return "本省金额按各单元应收的累计值拆分";
    case CLR_SPLIT_TO_EXIT: return "没有权重：本省金额归出口单元";
    }
    return "";
}

static const char *code_of(const struct clr_rules *rules, int participant) { return participant < 0 ? "-" : rules->participant[participant].code; }

/** Shares of the units as listed; behind them those of other provinces. */
static enum clr_status say_shares(struct clr_account *account, const struct clr_rules *rules, const struct clr_move *move,
                                  const struct clr_toll_shares *shares)
{
    struct clr_split_list list = { .count = 0 };
    if (!shares->suspense && clr_split_read(&list, clr_bytes_text(move->units), clr_bytes_text(move->charges), clr_bytes_text(move->dues)) != CLR_SPLIT_WHOLE)
        list.count = 0;
    for (size_t i = 0; i < shares->count; i++) {
        const struct clr_toll_share *const share = &shares->share[i];
        char unit[64];
        if (i >= list.count) {
            CLR_TRY(clr_why_say(account, "split-share", true, "%s: %lld fen", "%s：%lld 分", code_of(rules, share->payee), (long long)share->share_fen));
            continue;
        }
        struct clr_rules_unit found;
        clr_rules_unit(rules, list.unit[i], move->txn.trade_day, &found);
        clr_show_text(list.unit[i], unit, sizeof unit);
        CLR_TRY(clr_why_say(account, "split-share", true, "unit %s, section %s, owner %s: charged %lld, due %lld, share %lld fen",
                            "单元 %s，路段 %s，业主 %s：实收 %lld，应收 %lld，拆得 %lld 分", unit, found.section[0] != '\0' ? found.section : "-",
                            code_of(rules, share->payee), (long long)list.charge_fen[i], (long long)list.due_fen[i], (long long)share->share_fen));
    }
    return CLR_OK;
}

enum clr_status clr_why_split(struct clr_account *account, const struct clr_move *move, struct clr_fault *fault)
{
    const bool counts = clr_verdict_of(account->verdict.reasons) == CLR_VERDICT_ACCEPTED;
    struct clr_toll_shares shares;
    const struct clr_rules *rules;
    if (!clr_move_is_split(move) || move->txn.amount_fen == 0 || move->txn.trade_day == CLR_DAY_NONE) return CLR_OK;
    CLR_TRY(rules_of(account, &rules, fault));
    clr_move_split(rules, move, counts, &shares);
    if (shares.reasons != 0) return say_gap(account, &shares);
    if (shares.suspense) {
        CLR_TRY(say_gap(account, &shares));
        CLR_TRY(clr_why_say(account, "split", true, "the own part waits with the owner of the exit station", "本省金额暂记出口站业主"));
    } else {
        CLR_TRY(clr_why_say(account, "split", true, "%s%.0s", "%.0s%s", way_en(shares.way), way_zh(shares.way)));
    }
    return say_shares(account, rules, move, &shares);
}
