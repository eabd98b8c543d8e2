/* fuzz_codec.c: see fuzz_codec.h. */
#include "fuzz_codec.h"

#include "../codec_drive.h"
#include "model/txn.h"

enum { NOTE_MAX = 4096 };                      /* no note comes near; a wild size would */

struct watch {
    void (*plant)(const struct clr_raw *raw);
    uint64_t reached;                       /* end of the last record in the file */
    uint64_t hash;
};

static void demand(bool kept)
{
    if (!kept) __builtin_trap();
}

static void mix(uint64_t *hash, const void *data, size_t size)
{
    const uint8_t *const bytes = data;

    for (size_t i = 0; i < size; i++) *hash = (*hash ^ bytes[i]) * UINT64_C(0x100000001b3);
}

/* A slice points into the block, or into the record's own text. Its bytes count. */
static void check_slice(struct watch *watch, struct clr_bytes text, struct clr_bytes block, const struct clr_raw *raw)
{
    const bool in_block = text.data >= block.data && text.data + text.size <= block.data + block.size;
    const bool in_text = text.data >= raw->text && text.data + text.size <= raw->text + sizeof raw->text;

    demand(text.size == 0 || in_block || in_text);
    mix(&watch->hash, &text.size, sizeof text.size);
    if (text.size > 0) mix(&watch->hash, text.data, text.size);
}

/* A note may also be a constant of the codec. */
static void check_note(struct watch *watch, struct clr_bytes note)
{
    demand(note.size <= NOTE_MAX);
    if (note.size > 0) mix(&watch->hash, note.data, note.size);
}

static void check_toll(struct watch *watch, const struct clr_raw_toll *toll, struct clr_bytes block, const struct clr_raw *raw)
{
    const struct clr_bytes texts[] = { toll->pass_id, toll->trade_id, toll->units, toll->charges, toll->dues, toll->provinces, toll->province_parts,
                                       toll->station, toll->provider };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_slice(watch, texts[i], block, raw);
    demand(raw->id.size <= 96);
    demand(toll->reply <= CLR_REPLY_TOTALS && (toll->reply == CLR_REPLY_NONE || raw->kind == CLR_KIND_REPLY));
    mix(&watch->hash, &toll->message_id, sizeof *toll - offsetof(struct clr_raw_toll, message_id));
}

static void check_slices(struct watch *watch, const struct clr_codec *codec, const struct clr_raw *raw, struct clr_bytes block)
{
    check_slice(watch, raw->card, block, raw);
    check_slice(watch, raw->unit, block, raw);
    check_slice(watch, raw->city_card, block, raw);
    check_slice(watch, raw->city_trade, block, raw);
    check_slice(watch, raw->issuer_id, block, raw);
    if (!codec->alone) return;
    check_slice(watch, raw->id, block, raw);
    check_slice(watch, raw->orig_id, block, raw);
    check_slice(watch, raw->issuer_code, block, raw);
    check_slice(watch, raw->acquirer_code, block, raw);
    check_slice(watch, raw->reason_text, block, raw);
    check_note(watch, raw->note_text);
    if (codec->product == CLR_PRODUCT_TOLL) check_toll(watch, &raw->toll, block, raw);
}

static void check_values(const struct clr_codec *codec, const struct clr_raw *raw)
{
    const bool malformed = (raw->reasons & CLR_REASON_MASK(MALFORMED)) != 0;

    demand((raw->reasons & ~CLR_REASONS_ALL) == 0);
    demand((raw->detail != 0) == malformed);
    demand(raw->detail >> 8 <= codec->field_count && (raw->detail & 0xff) < CLR_RULE_COUNT);
    demand(raw->kind < CLR_KIND_COUNT && raw->service < CLR_SERVICE_COUNT && raw->product < CLR_PRODUCT_COUNT);
    demand(raw->amount_fen >= 0 && raw->amount_fen <= CLR_RECORD_FEN_MAX);
    demand(raw->price_fen >= 0 && raw->price_fen <= CLR_RECORD_FEN_MAX);
    demand((raw->flags & CLR_FLAG_HAS_TAC) != 0 || raw->tac == 0);
    demand((raw->flags & CLR_FLAG_HAS_BALANCE) != 0 || raw->balance_fen == 0);
    demand(malformed || (raw->reasons & CLR_REASON_MASK(BAD_DATE)) || raw->traded_at_s != CLR_TIME_NONE || raw->kind == CLR_KIND_DECIDE);
    demand(raw->reasons != 0 || raw->kind == CLR_KIND_DECIDE || raw->card.size > 0 || codec->format == CLR_FORMAT_MOVES ||
           raw->kind == CLR_KIND_REPLY || raw->kind == CLR_KIND_REFUND || (raw->flags & CLR_FLAG_AT_STATION) != 0);
}

static void ignore(void *context, unsigned field, struct clr_bytes text)
{
    uint64_t *const last = context;

    demand(field > *last);
    *last = field;
    if (text.size > 0) mix(last + 1, text.data, text.size);
}

static void visit(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block, uint64_t offset)
{
    struct watch *const watch = context;
    const uint64_t start = offset + raw->offset;
    uint64_t shown[2] = { 0, 0 };

    demand(raw->size > 0 && raw->offset < block.size && raw->size <= block.size - raw->offset);
    demand(start >= watch->reached);
    watch->reached = start + raw->size;
    check_values(file->codec, raw);
    check_slices(watch, file->codec, raw, block);
    mix(&watch->hash, &start, sizeof start);
    /* Everything from the size to the card; padding is zero, because decode() clears the record first. */
    mix(&watch->hash, &raw->size, offsetof(struct clr_raw, card) - offsetof(struct clr_raw, size));
    file->codec->explain(file, clr_bytes_of(block.data + raw->offset, raw->size), ignore, shown);
    demand(shown[0] <= file->codec->field_count);
    if (watch->plant != NULL) watch->plant(raw);
}

static uint64_t outcome(const struct clr_codec *codec, struct clr_bytes bytes, const struct drive_options *options,
                        void (*plant)(const struct clr_raw *raw))
{
    struct watch watch = { .plant = plant, .hash = UINT64_C(0xcbf29ce484222325) };
    const struct drive_result result = drive(codec, bytes, options, visit, &watch);

    demand(result.status == CLR_OK || result.status == CLR_REFUSED);
    demand(result.status == CLR_OK || (result.file.finding_count > 0 && result.fault.en[0] != '\0' && result.fault.zh[0] != '\0'));
    mix(&watch.hash, &result.status, sizeof result.status);
    mix(&watch.hash, &result.records, sizeof result.records);
    mix(&watch.hash, &result.too_long, sizeof result.too_long);
    for (unsigned i = 0; i < result.file.finding_count && !result.too_long; i++) {
        const struct clr_finding *const finding = &result.file.findings[i];
        demand(finding->reason < CLR_FILE_REASON_COUNT && memchr(finding->field, 0, sizeof finding->field) != NULL);
        demand(memchr(finding->declared, 0, sizeof finding->declared) != NULL && memchr(finding->seen, 0, sizeof finding->seen) != NULL);
        mix(&watch.hash, finding->seen, strlen(finding->seen));
    }
    return watch.hash;
}

void fuzz_codec(const struct clr_codec *codec, const uint8_t *data, size_t size, void (*plant)(const struct clr_raw *raw))
{
    if (size == 0) return;
    const struct drive_options whole = { .yuan = data[0] & 1, .gbk = (data[0] & 2) != 0, .name = "XF2026030301000000000001234001" };
    struct drive_options blocks = whole;

    blocks.block_size = (size_t)(data[0] >> 2) * 7 + 1;
    blocks.batch = 3;
    const struct clr_bytes bytes = clr_bytes_of(data + 1, size - 1);
    demand(outcome(codec, bytes, &whole, plant) == outcome(codec, bytes, &blocks, plant));
}
