/* why_source.c: the bytes of a record and its fields, without what is personal. See explain.h. */
#include <stdlib.h>

#include "query/explain.h"

/** A number this long could be somebody's: masked where the fields cannot be told apart. */
#define PERSONAL_RUN 7

struct shown {
    struct clr_account *account;
    const struct clr_codec *codec;
    struct clr_bytes record;
    bool blind;     /* fields cannot be told apart: any long run of letters and digits is masked */
    unsigned count; /* fields shown */
    enum clr_status status;
};

static bool is_alnum(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

static void mask(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != ' ' && bytes[i] != '\r' && bytes[i] != '\n') bytes[i] = '*';
}

static void mask_runs(uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t end = at;
        while (end < size && is_alnum(bytes[end])) end++;
        if (end - at >= PERSONAL_RUN) mask(bytes + at, end - at);
        at = end + 1;
    }
}

/** Wherever else the number stands: a note, an inner number without its first digits. */
static void mask_number(uint8_t *bytes, size_t size, struct clr_bytes number)
{
    while (number.size > 0 && number.data[0] == '0') number = clr_bytes_of(number.data + 1, number.size - 1);
    if (number.size < PERSONAL_RUN) return;
    for (size_t at = 0; at + number.size <= size; at++)
        if (memcmp(bytes + at, number.data, number.size) == 0) mask(bytes + at, number.size);
}

/** Value of a field as shown: personal ones by the rule of cards, others whole. */
static void show_value(const struct shown *shown, bool personal, struct clr_bytes text, char *value, size_t size)
{
    uint8_t copy[256];
    char number[CLR_CARD_TEXT_SIZE];

    text = clr_bytes_trim(text);
    if (text.size > sizeof copy) text.size = sizeof copy;
    if (text.size > 0) memcpy(copy, text.data, text.size);
    if (!shown->account->unmask && personal) {
        clr_show_text(text, number, sizeof number);
        clr_card_mask(number, value);
        return;
    }
    if (!shown->account->unmask) {
        mask_number(copy, text.size, clr_bytes_trim(shown->account->source.raw->card));
        if (shown->blind) mask_runs(copy, text.size);
    }
    clr_show_text(clr_bytes_of(copy, text.size), value, size);
}

static void add_field(void *context, unsigned number, struct clr_bytes text)
{
    struct shown *const shown = context;
    struct clr_account *const account = shown->account;
    struct clr_why *const why = account->why;

    if (shown->status != CLR_OK || number < 1 || number > shown->codec->field_count) return;
    const struct clr_field_name *const name = &shown->codec->fields[number - 1];
    if (why->field_count == account->field_capacity) {
        const size_t capacity = account->field_capacity * 2 + 48;
        struct clr_why_field *const grown = realloc(why->field, capacity * sizeof *grown);
        if (grown == NULL) {
            shown->status = CLR_FULL;
            return;
        }
        why->field = grown;
        account->field_capacity = capacity;
    }
    struct clr_why_field *const field = &why->field[why->field_count++];
    memset(field, 0, sizeof *field);
    clr_show_text(clr_bytes_text(name->name), field->name, sizeof field->name);
    clr_show_text(clr_bytes_text(name->zh), field->zh, sizeof field->zh);
    show_value(shown, name->personal, text, field->value, sizeof field->value);
    shown->count++;
    const bool inside =
        text.size > 0 && text.data >= shown->record.data && text.data + text.size <= shown->record.data + shown->record.size;
    if (name->personal && !account->unmask && inside) mask(why->bytes + (text.data - shown->record.data), text.size);
}

enum clr_status clr_why_source(struct clr_account *account)
{
    struct clr_why *const why = account->why;
    const struct clr_bytes record = account->source.bytes;
    const struct clr_raw *const raw = account->source.raw;
    const struct clr_codec_file *const file = &account->fields.origin.job.file;

    why->offset = account->source.offset;
    why->size = record.size;
    why->bytes = malloc(record.size + 1);
    if (why->bytes == NULL) return CLR_FULL;
    memcpy(why->bytes, record.data, record.size);
    why->byte_count = record.size;
    /* A malformed record without a field number has no fields: its bytes may lie anywhere. */
    struct shown shown = { account, file->codec, record, (raw->reasons & CLR_REASON_MASK(MALFORMED)) != 0 && raw->detail >> 8 == 0,
                           0,       CLR_OK };
    file->codec->explain(file, record, add_field, &shown);
    if (shown.status != CLR_OK || account->unmask) return shown.status;
    mask_number(why->bytes, why->byte_count, clr_bytes_trim(raw->card));
    if (shown.blind || shown.count == 0) mask_runs(why->bytes, why->byte_count);
    return CLR_OK;
}
