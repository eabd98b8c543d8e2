/* show_figures.c: a file's figures in JSON, as the contract draws them. */
#include "cmds.h"

static void tally(struct json *json, const char *key, const struct clr_tally *tally)
{
    json_open(json, key, '{');
    json_count(json, "count", tally->count);
    json_fen(json, "amount_fen", tally->amount_fen);
    json_close(json);
}

static void kinds(struct json *json, const struct clr_figures *figures)
{
    json_open(json, "kinds", '[');
    for (unsigned i = 0; i < CLR_KIND_COUNT; i++) {
        if (figures->kind[i].count == 0) continue;
        json_open(json, NULL, '{');
        json_text(json, "kind", clr_kind_term(i).name);
        json_count(json, "count", figures->kind[i].count);
        json_fen(json, "amount_fen", figures->kind[i].amount_fen);
        json_close(json);
    }
    json_close(json);
}

static void reason(struct json *json, const char *name, enum clr_verdict verdict, const struct clr_tally *tally)
{
    if (tally->count == 0) return;
    json_open(json, NULL, '{');
    json_text(json, "reason", name);
    json_text(json, "verdict", clr_verdict_term(verdict).name);
    json_count(json, "count", tally->count);
    json_fen(json, "amount_fen", tally->amount_fen);
    json_close(json);
}

void figures_json(struct json *json, const struct clr_figures *figures, bool details)
{
    json_count(json, "records", figures->records);
    for (unsigned i = 0; i < CLR_VERDICT_COUNT; i++) tally(json, clr_verdict_term(i).name, &figures->verdict[i]);
    if (!details) return;
    kinds(json, figures);
    json_open(json, "reasons", '[');
    for (unsigned i = 0; i < CLR_REASON_COUNT; i++)
        reason(json, clr_reason_term(i).name, clr_verdict_of(UINT64_C(1) << i), &figures->reason[i]);
    json_close(json);
    json_open(json, "notes", '[');
    for (unsigned i = 0; i < CLR_NOTE_COUNT; i++) reason(json, clr_note_term(i).name, CLR_VERDICT_ACCEPTED, &figures->note[i]);
    json_close(json);
}
