/* codec_one.c: see codec_one.h. */
#include "codec_one.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct clr_bytes keep(struct one *one, struct clr_bytes text)
{
    char *const to = one->text + one->text_used;

    assert_true(text.size < sizeof one->text - one->text_used);
    if (text.size > 0) memcpy(to, text.data, text.size);
    one->text_used += text.size;
    return clr_bytes_of(to, text.size);
}

static void visit(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block, uint64_t offset)
{
    struct one *const one = context;
    const bool first = one->text_used == SIZE_MAX;

    (void)block;
    (void)offset;
    one->all_reasons |= raw->reasons;
    if (!first) return;
    one->text_used = 0;
    one->raw = *raw;
    one->raw.card = keep(one, raw->card);
    one->raw.unit = keep(one, raw->unit);
    one->raw.city_card = keep(one, raw->city_card);
    one->raw.city_trade = keep(one, raw->city_trade);
    one->raw.issuer_id = keep(one, raw->issuer_id);
    if (!file->codec->alone) return;
    one->raw.id = keep(one, raw->id);
    one->raw.orig_id = keep(one, raw->orig_id);
    one->raw.issuer_code = keep(one, raw->issuer_code);
    one->raw.acquirer_code = keep(one, raw->acquirer_code);
    one->raw.reason_text = keep(one, raw->reason_text);
    one->raw.note_text = keep(one, raw->note_text);
    if (file->codec->product != CLR_PRODUCT_TOLL) return;
    one->raw.toll.provider = keep(one, raw->toll.provider);
    one->raw.toll.trade_id = keep(one, raw->toll.trade_id);
    one->raw.toll.station = keep(one, raw->toll.station);
}

void one_decode(struct one *one, const struct clr_codec *codec, struct clr_bytes bytes, const struct drive_options *options)
{
    const struct drive_options plain = { .name = NULL };

    one->text_used = SIZE_MAX;
    one->all_reasons = 0;
    one->result = drive(codec, bytes, options == NULL ? &plain : options, visit, one);
    one->result.file.codec = codec;
}

void one_check(const struct one *one, const char *name, const struct want *want)
{
    const struct clr_raw *raw = &one->raw;
    const char *field = NULL;

    if (one->result.status != CLR_OK) fail_msg("%s: refused: %s", name, one->result.fault.en);
    if (one->result.records == 0) fail_msg("%s: no record", name);
    if (raw->reasons != want->reasons) fail_msg("%s: reasons %" PRIx64 ", wanted %" PRIx64, name, raw->reasons, want->reasons);
    if (raw->detail != 0) field = raw->detail >> 8 == 0 ? "" : one->result.file.codec->fields[(raw->detail >> 8) - 1].name;
    if ((field == NULL) != (want->detail_field == NULL)) fail_msg("%s: detail is %s", name, field == NULL ? "none" : field);
    if (field == NULL) return;
    if (strcmp(field, want->detail_field) != 0 || (raw->detail & 0xff) != want->detail_rule) {
        fail_msg("%s: detail is %s: %s, wanted %s: %s", name, field, clr_rule_en(raw->detail & 0xff), want->detail_field,
                 clr_rule_en(want->detail_rule));
    }
}

void one_check_findings(const struct one *one, const char *name, unsigned reasons)
{
    unsigned found = 0;

    for (unsigned i = 0; i < one->result.file.finding_count; i++) found |= 1u << one->result.file.findings[i].reason;
    if (found != reasons) fail_msg("%s: findings %x, wanted %x", name, found, reasons);
}

void one_check_text(const char *name, struct clr_bytes text, const char *want)
{
    if (!clr_bytes_equal(text, clr_bytes_text(want))) fail_msg("%s: \"%.*s\", wanted \"%s\"", name, (int)text.size,
                                                               (const char *)text.data, want);
}
