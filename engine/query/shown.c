#include "query/shown.h"

#include <stdio.h>

void clr_shower_init(struct clr_shower *shower, struct clr_store *store, bool unmask)
{
    memset(shower, 0, sizeof *shower);
    shower->store = store;
    shower->unmask = unmask;
}

enum clr_status clr_show_verdict(struct clr_tx *tx, const struct clr_file *file, const struct clr_verdict_row *row, struct clr_record *out,
                                 struct clr_fault *fault)
{
    static const struct clr_name none = { "", "", "", -1 };
    *out = (struct clr_record){
        .id = row->id,
        .file_name = file->name,
        .sender = file->sender,
        .format = clr_format_term(file->format).name,
        .reasons = row->reasons,
        .first_reasons = row->first.reasons,
        .product = file->product,
        .detail = row->first.detail,
        .issuer = none,
        .acquirer = none,
        .amount_fen = row->first.amount_fen,
        .price_fen = row->first.amount_fen,
        .traded_at_s = CLR_TIME_NONE,
        .window = CLR_DAY_NONE,
    };
    return clr_verdict_link(tx, row, &out->link, fault);
}

/* ---- text ---- */

/** Size of the UTF-8 character at the front of `bytes`, 0 when there is none that may be shown. */
static size_t character_size(struct clr_bytes bytes)
{
    const uint8_t *const at = bytes.data;
    if (at[0] < 0x80) return at[0] >= 0x20 && at[0] != 0x7F ? 1 : 0;
    const size_t size = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || bytes.size < size) return 0;
    for (size_t i = 1; i < size; i++)
        if ((at[i] & 0xC0) != 0x80) return 0;
    const bool overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
    const bool outside = (at[0] == 0xED && at[1] > 0x9F) || (at[0] == 0xF4 && at[1] > 0x8F);
    const bool control = at[0] == 0xC2 && at[1] < 0xA0;
    return overlong || outside || control ? 0 : size;
}

const char *clr_show_text(struct clr_bytes bytes, char *text, size_t size)
{
    size_t used = 0;
    for (size_t at = 0; at < bytes.size;) {
        const size_t step = character_size(clr_bytes_of(bytes.data + at, bytes.size - at));
        if (used + (step > 0 ? step : 4) >= size) break;
        if (step > 0)
            memcpy(text + used, bytes.data + at, step);
        else
            snprintf(text + used, 5, "\\x%02x", bytes.data[at]);
        used += step > 0 ? step : 4;
        at += step > 0 ? step : 1;
    }
    text[used] = '\0';
    return text;
}

/* ---- parties ---- */

/** The first value of an unknown code's text: "yz316|unit=1234|city=3120" → "1234"; without any, "". */
static struct clr_bytes value_of(const char *text)
{
    for (const char *at = strchr(text, '='); at != NULL; at = strchr(at + 1, '=')) {
        const size_t size = strcspn(at + 1, "|");
        if (size > 0) return clr_bytes_of(at + 1, size);
    }
    return clr_bytes_of("", 0);
}

struct clr_name clr_show_party(struct clr_shower *shower, clr_party party, char text[CLR_SHOWN_CODE_SIZE])
{
    if (!clr_party_is_known(party)) {
        const char *const unknown = clr_party_text(&shower->store->parties, party);
        clr_show_text(value_of(unknown), text, CLR_SHOWN_CODE_SIZE);
        return (struct clr_name){ text, text, text, -1 };
    }
    const size_t slot = party % (sizeof shower->known / sizeof *shower->known);
    if (shower->known[slot].party != party) {
        shower->known[slot].party = party;
        shower->known[slot].name = clr_store_party_name(shower->store, party);
    }
    return shower->known[slot].name;
}

/* ---- fields ---- */

static void show_card(const struct clr_shower *shower, const struct clr_txn *txn, struct clr_bytes number, char card[CLR_CARD_TEXT_SIZE])
{
    char full[CLR_CARD_TEXT_SIZE];
    static const struct clr_token none = { { 0 } };

    full[0] = '\0';
    if (!clr_token_equal(&txn->card, &none)) clr_token_number(shower->store->tokenizer, &txn->card, full);
    if (strcmp(full, "?") == 0 && number.size > 0) clr_show_text(number, full, sizeof full);
    if (shower->unmask)
        memcpy(card, full, CLR_CARD_TEXT_SIZE);
    else
        clr_card_mask(full, card);
}

void clr_show_txn(struct clr_shower *shower, const struct clr_txn *txn, struct clr_bytes number, struct clr_record *out)
{
    out->decoded = true;
    out->product = txn->product;
    out->kind = txn->kind;
    out->service = txn->service;
    out->type = txn->type;
    out->flags = txn->flags;
    out->detail = txn->detail;
    out->sam = txn->sam;
    out->sam_serial = txn->sam_serial;
    out->counter = txn->counter;
    out->balance_fen = txn->balance_fen;
    out->tac = txn->tac;
    out->amount_fen = txn->amount_fen;
    out->price_fen = txn->price_fen;
    out->traded_at_s = txn->traded_at_s;
    out->issuer = clr_show_party(shower, txn->issuer, shower->issuer);
    out->acquirer = clr_show_party(shower, txn->acquirer, shower->acquirer);
    show_card(shower, txn, number, out->card);
}

void clr_show_window(const struct clr_verdict_row *row, clr_day window, struct clr_record *out)
{
    const enum clr_verdict verdict = clr_verdict_of(row->reasons);
    if (verdict == CLR_VERDICT_REJECTED || verdict == CLR_VERDICT_DUPLICATE) return;
    out->window = row->event != 0 && row->window != CLR_DAY_NONE ? row->window : window;
}
