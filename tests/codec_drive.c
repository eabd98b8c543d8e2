/* codec_drive.c: see codec_drive.h. */
#include "codec_drive.h"

#include <inttypes.h>
#include <stdlib.h>

#include "model/txn.h"

/* A copy with nothing readable behind it. */
static uint8_t *exact_copy(const uint8_t *data, size_t size)
{
    uint8_t *const copy = malloc(size == 0 ? 1 : size);

    if (copy == NULL) abort();
    if (size > 0) memcpy(copy, data, size);
    return copy;
}

static void decode_block(struct drive_result *result, const struct drive_options *options, struct clr_bytes block, uint64_t offset,
                         drive_visit *visit, void *context)
{
    const size_t max = options->batch == 0 ? 64 : options->batch;
    struct clr_raw *const raws = malloc(max * sizeof *raws);
    size_t at = 0;

    if (raws == NULL) abort();
    memset(raws, 0xa5, max * sizeof *raws);          /* what decode() forgets to write is seen */
    while (at < block.size) {
        size_t count = SIZE_MAX;
        const size_t before = at;
        result->file.codec->decode(&result->file, block, &at, raws, max, &count);
        if (count > max || at > block.size || (at == before && count == 0)) abort();
        for (size_t i = 0; i < count; i++) visit(context, &result->file, &raws[i], block, offset);
        result->records += count;
    }
    free(raws);
}

static void drive_blocks(struct drive_result *result, struct clr_bytes bytes, const struct drive_options *options, drive_visit *visit,
                         void *context)
{
    const size_t step = options->block_size == 0 ? bytes.size : options->block_size;
    size_t at = (size_t)result->file.data_offset, window = step;

    while (at < bytes.size) {
        const size_t left = bytes.size - at;
        const size_t size = window < left ? window : left;
        const bool last = size == left;
        uint8_t *const copy = exact_copy(bytes.data + at, size);
        const size_t used = result->file.codec->cut(&result->file, clr_bytes_of(copy, size), last);
        if (used > size) abort();
        free(copy);
        if (used > 0) {
            uint8_t *const block = exact_copy(bytes.data + at, used);
            decode_block(result, options, clr_bytes_of(block, used), at, visit, context);
            free(block);
        }
        at += used;
        if (last && at < bytes.size) result->too_long = true;
        if (used == 0 && size >= CLR_RECORD_SIZE_MAX) result->too_long = true;
        if (result->too_long) {
            result->stopped_at = at;
            return;
        }
        window = used > 0 ? step : window + step;
    }
}

struct walking {
    struct drive_result *result;
    struct clr_bytes whole;
    drive_visit *visit;
    void *context;
};

static enum clr_status walk_visit(void *context, const struct clr_raw *raw, struct clr_fault *fault)
{
    struct walking *const walking = context;

    (void)fault;
    walking->result->records++;
    walking->visit(walking->context, &walking->result->file, raw, walking->whole, 0);
    return CLR_OK;
}

/* A format whose file is one message. */
static void drive_whole(struct drive_result *result, struct clr_bytes bytes, drive_visit *visit, void *context)
{
    uint8_t *const copy = exact_copy(bytes.data, bytes.size);
    struct walking walking = { result, clr_bytes_of(copy, bytes.size), visit, context };

    result->status = result->file.codec->walk(&result->file, walking.whole, walk_visit, &walking, &result->fault);
    free(copy);
}

struct drive_result drive(const struct clr_codec *codec, struct clr_bytes bytes, const struct drive_options *options, drive_visit *visit,
                          void *context)
{
    struct drive_result result = { .file = { .codec = codec, .name = options->name == NULL ? "file" : options->name, .size = bytes.size,
                                             .units_yuan = options->yuan != codec->yuan, .encoding_gbk = options->gbk } };
    const size_t head_size = bytes.size < CLR_HEAD_SIZE ? bytes.size : CLR_HEAD_SIZE;
    uint8_t *const head = exact_copy(bytes.data, head_size);

    const int likeness = codec->sniff(clr_bytes_of(head, head_size), result.file.name);
    if (likeness < 0 || likeness > 2) abort();
    result.status = codec->open(&result.file, clr_bytes_of(head, head_size), &result.fault);
    free(head);
    if (result.status != CLR_OK) return result;
    if (codec->walk != NULL) drive_whole(&result, bytes, visit, context);
    else drive_blocks(&result, bytes, options, visit, context);
    if (result.status == CLR_OK && !result.too_long) codec->close(&result.file, result.records);
    result.file.name = NULL;
    return result;
}

/* ---- as text ---- */

static void print_bytes(FILE *to, const char *name, struct clr_bytes text)
{
    if (text.size == 0) return;
    fprintf(to, " %s=\"", name);
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t byte = text.data[i];
        if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\') fprintf(to, "\\x%02x", byte);
        else fputc(byte, to);
    }
    fputc('"', to);
}

static void print_flags(FILE *to, unsigned flags)
{
    static const char *const names[] = { "open", "gray", "lock", "bonus", "monthly", "transfer", "has-price", "has-balance", "has-tac",
                                         "has-gray", "has-purse", "has-monthly" };

    fputs(" flags=", to);
    for (unsigned i = 0, first = 1; i < sizeof names / sizeof *names; i++) {
        if (!(flags >> i & 1)) continue;
        fprintf(to, "%s%s", first ? "" : ",", names[i]);
        first = 0;
    }
}

static void print_reasons(FILE *to, const struct clr_codec *codec, const struct clr_raw *raw)
{
    const unsigned field = raw->detail >> 8;

    if (raw->reasons == 0) return;
    fputs(" reasons=", to);
    for (unsigned bit = 0, first = 1; bit < CLR_REASON_COUNT; bit++) {
        if (!(raw->reasons >> bit & 1)) continue;
        fprintf(to, "%s%s", first ? "" : ",", clr_reason_term(bit).name);
        first = 0;
    }
    const char *const name = field == 0 ? "record" : codec->fields[field - 1].name;
    if (raw->detail != 0) fprintf(to, " detail=\"%s: %s\"", name, clr_rule_en(raw->detail & 0xff));
}

static void print_toll(FILE *to, const struct clr_raw_toll *toll)
{
    static const char *const replies[] = { "none", "confirmation", "account", "dispute", "totals" };
    char time[CLR_TIME_TEXT_SIZE];

    if (toll->reply != CLR_REPLY_NONE) fprintf(to, " reply=%s", replies[toll->reply]);
    if (toll->event != 0) fprintf(to, " event=%u", toll->event);
    print_bytes(to, "pass", toll->pass_id);
    print_bytes(to, "trade", toll->trade_id);
    print_bytes(to, "units", toll->units);
    print_bytes(to, "charges", toll->charges);
    print_bytes(to, "dues", toll->dues);
    print_bytes(to, "provinces", toll->provinces);
    print_bytes(to, "province_parts", toll->province_parts);
    print_bytes(to, "station", toll->station);
    print_bytes(to, "provider", toll->provider);
    if (toll->message_id != 0) fprintf(to, " message=%" PRIu64, toll->message_id);
    if (toll->trans_id != 0) fprintf(to, " trans=%u", toll->trans_id);
    if (toll->stated_count != UINT32_MAX && toll->reply != CLR_REPLY_NONE) fprintf(to, " count=%u", toll->stated_count);
    if (toll->stated_disputed != UINT32_MAX && toll->reply != CLR_REPLY_NONE) fprintf(to, " disputed=%u", toll->stated_disputed);
    if (toll->result != 0) fprintf(to, " result=%u", toll->result);
    if (toll->entered_at_s != CLR_TIME_NONE) fprintf(to, " entered=%s", clr_time_text(toll->entered_at_s, time));
}

void drive_print(FILE *to, const struct clr_codec *codec, const struct clr_raw *raw, uint64_t offset)
{
    char time[CLR_TIME_TEXT_SIZE], day[CLR_DAY_TEXT_SIZE];

    fprintf(to, "@%" PRIu64 "+%u %s %s", offset, raw->size, clr_kind_term(raw->kind).name, clr_service_term(raw->service).name);
    if (raw->product != codec->product) fprintf(to, " %s", clr_product_term(raw->product).name);
    fprintf(to, " type=%u amount=%s%" PRId64 " price=%" PRId64, raw->type, raw->negative ? "-" : "", raw->amount_fen, raw->price_fen);
    fprintf(to, " before=%u counter=%u tac=%08X sam=%" PRIu64 " serial=%" PRIu64, raw->balance_fen, raw->counter, raw->tac, raw->sam,
            raw->sam_serial);
    fprintf(to, " at=%s declared=%s", clr_time_text(raw->traded_at_s, time), clr_day_text(raw->declared_day, day));
    print_bytes(to, "card", raw->card);
    print_bytes(to, "unit", raw->unit);
    print_bytes(to, "city_card", raw->city_card);
    print_bytes(to, "city_trade", raw->city_trade);
    if (codec->product == CLR_PRODUCT_TOLL) print_toll(to, &raw->toll);
    if (codec->alone) {
        print_bytes(to, "id", raw->id);
        print_bytes(to, "orig_id", raw->orig_id);
        print_bytes(to, "issuer", raw->issuer_code);
        print_bytes(to, "acquirer", raw->acquirer_code);
        print_bytes(to, "reason", raw->reason_text);
        print_bytes(to, "note", raw->note_text);
    }
    print_flags(to, raw->flags);
    print_reasons(to, codec, raw);
    fputc('\n', to);
}

static void print_visit(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block,
                        uint64_t offset)
{
    (void)block;
    drive_print(context, file->codec, raw, offset + raw->offset);
}

char *drive_dump(const struct clr_codec *codec, struct clr_bytes bytes, const struct drive_options *options)
{
    char *text = NULL;
    size_t size;
    FILE *const to = open_memstream(&text, &size);

    if (to == NULL) abort();
    const struct drive_result result = drive(codec, bytes, options, print_visit, to);
    if (result.status != CLR_OK) {
        fprintf(to, "refused: %s: %s | %s\n", result.fault.field, result.fault.en, result.fault.zh);
    } else if (result.too_long) {
        fprintf(to, "too long at %" PRIu64 "\n", result.stopped_at);
    } else {
        fprintf(to, "data_offset=%" PRIu64 " records=%" PRIu64, result.file.data_offset, result.records);
        if (result.file.declared_records != UINT64_MAX) fprintf(to, " declared=%" PRIu64, result.file.declared_records);
        if (result.file.file_id[0] != '\0') fprintf(to, " file_id=%s", result.file.file_id);
        if (result.file.sender[0] != '\0') fprintf(to, " sender=%s", result.file.sender);
        fputc('\n', to);
    }
    for (unsigned i = 0; i < result.file.finding_count && !result.too_long; i++) {
        const struct clr_finding *finding = &result.file.findings[i];
        fprintf(to, "finding %s record=%" PRIu64 " offset=%" PRIu64 " %s: declared \"%s\", seen \"%s\"\n",
                clr_file_reason_term(finding->reason).name,
                finding->record, finding->offset, finding->field, finding->declared, finding->seen);
    }
    fclose(to);
    return text;
}
