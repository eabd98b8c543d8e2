/* A move as it was read: texts copied, the card as its token. See moves_judge.h. */
#include <stdlib.h>

#include "ingest/moves_judge.h"

/** Slices as NUL-terminated texts, in one buffer. */
struct texts {
    char *to;
};

static const char *take(struct texts *texts, struct clr_bytes text)
{
    char *const out = texts->to;
    if (text.size > 0) memcpy(out, text.data, text.size);
    out[text.size] = '\0';
    texts->to += text.size + 1;
    return out;
}

/** What a move of its own format calls its parties (store/moves.h). */
static struct clr_bytes issuer_text(const struct clr_codec *codec, const struct clr_raw *raw)
{
    return clr_bytes_trim(clr_format_is_by_sender(codec->format) ? raw->issuer_code : raw->city_card);
}
static struct clr_bytes acquirer_text(const struct clr_codec *codec, const struct clr_raw *raw)
{
    if (clr_format_is_by_sender(codec->format)) return clr_bytes_trim(raw->acquirer_code);
    const struct clr_bytes unit = clr_bytes_trim(raw->unit);
    return unit.size > 0 ? unit : clr_bytes_trim(raw->city_trade);
}

static enum clr_status take_texts(const struct clr_codec *codec, const struct clr_raw *raw, struct clr_move *out)
{
    const struct clr_bytes issuer = issuer_text(codec, raw), acquirer = acquirer_text(codec, raw);
    size_t size = raw->id.size + raw->orig_id.size + issuer.size + acquirer.size + raw->reason_text.size + raw->note_text.size + 6;
    const bool toll = codec->product == CLR_PRODUCT_TOLL;
#define X(name) size += (toll ? raw->toll.name.size : 0) + 1;
    CLR_MOVE_MORE_TEXTS(X)
#undef X
    out->text = malloc(size);
    if (out->text == NULL) return CLR_FULL;
    struct texts texts = { out->text };
    out->id = take(&texts, raw->id);
    out->orig_id = take(&texts, raw->orig_id);
    out->issuer_code = take(&texts, issuer);
    out->acquirer_code = take(&texts, acquirer);
    out->reason = take(&texts, raw->reason_text);
    out->note = take(&texts, raw->note_text);
#define X(name) out->name = take(&texts, toll ? raw->toll.name : clr_bytes_of("", 0));
    CLR_MOVE_MORE_TEXTS(X)
#undef X
    return CLR_OK;
}

static void take_toll(const struct clr_raw_toll *toll, struct clr_move *out)
{
    out->message_id = toll->message_id;
    out->trans_id = toll->trans_id;
    out->stated_count = toll->stated_count;
    out->stated_disputed = toll->stated_disputed;
    out->result = toll->result;
    out->event = toll->event;
    out->reply = toll->reply;
    out->entered_at_s = toll->entered_at_s;
}

/** What the moves CSV does not have. */
static void take_more(const struct clr_raw *raw, struct clr_move *out)
{
    struct clr_txn *const txn = &out->txn;
    txn->type = raw->type;
    txn->sam = raw->sam;
    txn->sam_serial = raw->sam_serial;
    txn->counter = raw->counter;
    txn->tac = raw->flags & CLR_FLAG_HAS_TAC ? raw->tac : 0;
    txn->balance_fen = raw->flags & CLR_FLAG_HAS_BALANCE ? raw->balance_fen : 0;
}

enum clr_status clr_move_take_over(const struct clr_codec *codec, struct clr_tokenizer *tokenizer, const struct clr_raw *raw, struct clr_move *out)
{
    struct clr_txn *const txn = &out->txn;
    CLR_TRY(take_texts(codec, raw, out));
    txn->amount_fen = raw->amount_fen;
    txn->price_fen = raw->flags & CLR_FLAG_HAS_PRICE ? raw->price_fen : raw->amount_fen;
    txn->reasons = raw->reasons;
    txn->traded_at_s = raw->traded_at_s;
    txn->trade_day = raw->traded_at_s == CLR_TIME_NONE ? CLR_DAY_NONE : clr_day_of_time(raw->traded_at_s);
    txn->window = CLR_DAY_NONE;
    txn->file = clr_record_id_admission(out->record);
    txn->product = raw->product;
    txn->kind = raw->kind;
    txn->service = raw->service;
    txn->flags = raw->flags;
    txn->detail = raw->detail;
    out->negative = raw->negative;
    out->format = (uint8_t)codec->format;
    out->entered_at_s = CLR_TIME_NONE;
    out->stated_count = out->stated_disputed = UINT32_MAX;
    if (!clr_move_is_plain(out)) take_more(raw, out);
    if (codec->product == CLR_PRODUCT_TOLL) take_toll(&raw->toll, out);
    if (clr_bytes_trim(raw->card).size == 0) return CLR_OK;
    clr_card_block(tokenizer, raw->card, txn->card.byte);
    clr_tokens_of_blocks(tokenizer, &txn->card, 1);
    return CLR_OK;
}
