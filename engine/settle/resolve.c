/* The resolve command: one pending or conflict record, accepted or rejected by a person (clr.h). */
#include "ingest/admission.h"
#include "ingest/finish.h"
#include "settle/decide.h"

static enum clr_status refuse(enum clr_decidable state, clr_record_id id, const struct clr_outcome *now, struct clr_fault *fault)
{
    char text[CLR_RECORD_ID_TEXT_SIZE];
    const struct clr_term verdict = clr_verdict_term(clr_verdict_of(now->to));
    clr_record_id_text(id, text);
    switch (state) {
    case CLR_NOT_WAITING:
        return clr_fault_say(fault, CLR_USAGE, "record %s is %s%.0s: only pending and conflict records can be decided",
                             "记录 %s%.0s 为“%s”：只能裁决待定或冲突的记录", text, verdict.en, verdict.zh);
    case CLR_PARTY_MISSING:
        return clr_fault_say(
            fault, CLR_USAGE,
            "record %s cannot count: the latest rules do not know its issuer or its acquirer; load rules that do, or reject it",
            "记录 %s 无法接受：最新规则不认识其发卡方或收单方；请先装入含该参与方的规则，或拒绝此记录", text);
    case CLR_ORIGINAL_MISSING:
        return clr_fault_say(fault, CLR_USAGE,
                             "record %s cannot count: the record it refers to is not here, or is itself waiting; decide that one first",
                             "记录 %s 无法接受：其所指的原记录尚未收到，或本身待定；请先裁决原记录", text);
    default:
        return clr_fault_say(
            fault, CLR_USAGE,
            "record %s cannot count: the record it refers to does not allow it (rejected, given back already, or less than asked for)",
            "记录 %s 无法接受：其所指的原记录不允许（已拒绝、已退，或余额不足）", text);
    }
}

/** The stamp of the decision: as given, else the store's last one. */
static enum clr_status find_stamp(struct clr_tx *tx, int64_t received_at, int64_t *out, struct clr_fault *fault)
{
    uint64_t last;
    char given_text[CLR_TIME_TEXT_SIZE], last_text[CLR_TIME_TEXT_SIZE];
    CLR_TRY(clr_meta_get(tx, CLR_META_LAST_STAMP, (uint64_t)CLR_TIME_NONE, &last, fault));
    *out = received_at != CLR_TIME_NONE ? received_at : (int64_t)last;
    if (*out >= (int64_t)last) return CLR_OK;
    return clr_fault_say(fault, CLR_REFUSED, "the stamp %s lies before the store's last one, %s", "时间 %s 早于存储中最后一次接收时间 %s",
                         clr_time_text(received_at, given_text), clr_time_text((int64_t)last, last_text));
}

static enum clr_status decide(struct clr_again *again, const struct clr_decision *decision, struct clr_resolved *out,
                              struct clr_fault *fault)
{
    enum clr_decidable state;
    struct clr_outcome outcome;
    uint64_t reasons, event;
    const enum clr_status status = clr_decision_make(again, decision, &state, &outcome, fault);
    if (status == CLR_NOT_FOUND) {
        char text[CLR_RECORD_ID_TEXT_SIZE];
        return clr_fault_say(fault, CLR_NOT_FOUND, "there is no record %s", "没有记录 %s", clr_record_id_text(decision->record, text));
    }
    CLR_TRY(status);
    if (state != CLR_DECIDABLE && state != CLR_DECIDED_ALREADY) return refuse(state, decision->record, &outcome, fault);
    *out = (struct clr_resolved){ .record = decision->record, .event = outcome.number, .from = outcome.from, .to = outcome.to,
                                  .window = outcome.window, .already = state == CLR_DECIDED_ALREADY };
    return out->already ? clr_event_latest(again->tx, decision->record, &reasons, &event, &out->window, fault) : CLR_OK;
}

static enum clr_status resolve(struct clr_store *store, struct clr_tx *tx, const struct clr_decision *decision, int64_t received_at,
                               struct clr_resolved *out, struct clr_fault *fault)
{
    struct clr_again again;
    int64_t stamp;
    CLR_TRY(find_stamp(tx, received_at, &stamp, fault));
    enum clr_status status = clr_again_open(&again, store, tx, stamp, 0, fault);
    if (status == CLR_OK) status = decide(&again, decision, out, fault);
    clr_again_close(&again);
    return status == CLR_OK && !out->already ? clr_stamp_put(tx, stamp, fault) : status;
}

enum clr_status clr_resolve(struct clr_store *store, clr_record_id id, bool accept, const char *reason, int64_t received_at,
                            bool dry_run, struct clr_resolved *out, struct clr_fault *fault)
{
    const struct clr_decision decision = { id, accept, CLR_CAUSE_RESOLVED, reason != NULL ? reason : "", 0 };
    struct clr_tx tx;
    memset(out, 0, sizeof *out);
    if (store->rules_count == 0)
        return clr_fault_say(fault, CLR_USAGE, "no rules are loaded; run `clear rules load DIR` first",
                             "尚未装入规则；请先运行 `clear rules load 目录`");
    if (!dry_run) CLR_TRY(clr_admission_drop(store, fault));
    CLR_TRY(clr_tx_begin(&store->env, true, &tx, fault));
    const enum clr_status status = resolve(store, &tx, &decision, received_at, out, fault);
    if (status == CLR_OK && !dry_run && !out->already) return clr_tx_commit(&tx, fault);
    clr_tx_abort(&tx);
    return status;
}
